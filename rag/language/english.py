"""How English writes numbers, dates, names, denials and opposites: the words and patterns that `rag.language.facts` reads texts by."""

import re
from collections.abc import Iterable
from typing import Literal

Bound = Literal["exact", "almost", "just over", "at most", "at least", "over", "under", "about"]

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
ONES = {word: n for n, word in enumerate(SMALL.split())}
TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
SCALES = {
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "half": 2}
CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
BOUNDS: dict[Bound, str] = {
    "almost": "almost|nearly|close to|just under|just short of|not quite|approaching|near",
    "just over": "(?:just|slightly|a little) (?:over|more than|above)",
    "at most": "at most|up to|(?:no|not) (?:more|greater) than|a maximum of",
    "at least": "at least|(?:no|not) (?:fewer|less) than|a minimum of",
    "over": "(?:well )?over|more than|above|in excess of|exceeding|upwards of|greater than",
    "under": "under|below|less than|fewer than",
    "about": "about|around|roughly|approximately|some|an estimated|estimated|circa|~",
}


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LARGE, COUNT = _any(SCALES), _any(list(ONES)[2:10])
ARTICLE = rf"(?:half an?|an?|one)(?=[ -](?:{LARGE})\b)"  # "a hundred", "half a dozen"
SPELLED = (
    rf"\b(?:(?:{_any(TENS)})(?:[- ](?:one|{COUNT}))?|{_any(list(ONES)[2:])}|{ARTICLE})(?![a-z])"
)
DIGITS = r"(?<![A-Za-z]-)(?<![\w.,/])(?:\d{1,2}:\d\d|(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?!\d|:\d|,\d|st\b|nd\b|rd\b|th\b)"
FIGURE = rf"(?:{DIGITS}|{SPELLED})"
PART = rf"\b(?:{COUNT})[- ](?:{_any(PARTS)})s\b|\b(?:(?:an?|one)[- ](?:{_any(PARTS)})|half)(?= of\b(?! \d))"
BOUND = "|".join(rf"(?P<{name.replace(' ', '_')}>{phrases})" for name, phrases in BOUNDS.items())
NUMBER = re.compile(
    rf"(?:(?:(?<!\w)(?:{BOUND})(?:, not [a-z ]+,)?|\b(?P<change>from)|\b(?P<between>between))\s*)?"
    rf"(?:US)?(?P<money>[$€£])?(?:(?P<part>{PART})|(?P<low>{FIGURE})"
    rf"(?:(?(change)(?!)|(?(between)\s+and\s+|(?:\s?[-\u2013]\s?|\s+to\s+)))(?P<high>{FIGURE}))?)"
    rf"(?P<scale>(?:[\s-]?(?:{LARGE}|bn|m)\b)*)(?P<unit>\s?%|[\s-]per\s?cent\b|\s(?:dollar|euro|pound)s?\b)?",
    re.IGNORECASE,
)
COUNTED = re.compile(
    r"[\s-]*(?:(?:of|the|were|are|was|other|whom) )*((?:[A-Za-z\u2019']+[ -]){0,2}[A-Za-z\u2019']+)"
)
YEAR, MONTH = r"(?P<year>1\d{3}|20\d{2})", rf"(?P<month>{'|'.join(MONTHS)})"
DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){YEAR}-(?P<numeral>\d\d)-(?P<day>\d\d)(?!\d)",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? {YEAR})?\b",
        rf"\b{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d)(?:,? {YEAR})?",
        rf"\b{MONTH},? (?:of )?{YEAR}\b",
        rf"\b{YEAR}(?P<decade>s)\b",
        rf"(?<![\d,.])\b{YEAR}[-/\u2013](?P<last>\d\d)(?![\d-])",
        rf"(?i:\b(?:in|since|until|by|early|late|mid|of|between|from|to|last)[ -]){MONTH}\b",
        rf"(?<![\d,.$€£/-]){YEAR}(?![\d%]|,\d|\.\d|\s?(?:per ?cent|million|billion|thousand))",
    )
)
CARRIERS = _set("to or nor")
NEGATORS = _set(
    "not no never neither nor none nobody nothing without cannot hardly fail fails failed refuse refuses refused"
)
OPPOSITES_LISTED = """
    increase decrease, rise fall, rose fell, grow shrink, grew shrank, gain lose, gained lost, buy sell, bought sold,
    win lose, won lost, majority minority, support oppose, accept reject, allow ban, permit forbid, succeed fail,
    success failure, open close, begin end, start stop, start end, first last, high low, higher lower, large small,
    north south, northern southern, east west, eastern western, inside outside, ally enemy, friend enemy,
    victory defeat, strengthen weaken, strong weak, capture lose, alive dead, permanent temporary, public private,
    former current, arrive leave, enter leave, man woman, boy girl, father mother, brother sister, husband wife,
    import export, lend borrow, attack defend, early late, old new, best worst, better worse, always never, day night,
    true false, guilty innocent, praise criticise, welcome condemn, confirm deny, expand reduce, legal illegal,
    peace war
"""
# Two sides of one event: who asks who sold it to A is answered by what A bought.
CONVERSE = _set(
    "buy buys sell sells bought sold buying selling lend lends borrow borrows lent import imports export exports"
)
FUNCTION_WORDS = _set(
    "a an the and or but of in on at to for from by with as is are was were be been being has have had do does did it "
    "its he she they them his her their this that these those there who whom which what will would can could may might "
    "must should than then so such also any all some more most other into over under about after before during between "
    "through while where when how out up down only very both each i we you him our your if because since until still "
    "just even yet however although though fewer less longer many several another same according despite later earlier "
    "today yesterday"
)
# Words that leave a doubt or a limit, and words that leave none.
DOUBTFUL = _set("may might could some many most few if")
SURE = _set("will would must shall all every everyone always because is are was were")
# Who speaks, and how: what a sentence may add to the words that it repeats.
SPEAKING = _set(
    "essay article author text note source report paper say says said writes wrote argues notes reports states describes "
    "claims according adds explains tells told mentions"
)
TITLES = _set("mr mrs ms dr president minister prime general king chairman") | {
    month.lower() for month in MONTHS
}
VARIANTS = tuple(
    (re.compile(pattern), name)
    for name, pattern in {
        "ISIS": r"\b(?:Islamic State(?: of Iraq and (?:Syria|al-Sham|the Levant))?|Isis|ISIL|Isil|IS|Daesh)\b",
        "US": r"\b(?:the )?(?:United States(?: of America)?|U\.S\.A?\.?|USA|Americans?|America)(?!\w)",
        "UN": r"\b(?:the )?United Nations\b|\bU\.N\.",
        "UK": r"\b(?:the )?(?:United Kingdom|Great Britain|Britain|British|U\.K\.)(?!\w)",
        "Soviet": r"\b(?:USSR|Soviets?(?: Union)?)\b",
        "Tartus": r"\bTartous\b",
        "Turkey": r"\bTurk(?:ish|s)\b",
        "Kurdistan": r"\bKurd(?:ish|s)?\b",
        "France": r"\bFrench\b",
        "Qaeda": r"\bQa[ie]da\b",
    }.items()
)
PREFIXES = ("un", "dis", "non")  # not "in" and "im": information is not the opposite of a formation
NO_OPPOSITE = _set("displai discover discount disclos discharg disput dismiss")
IRREGULAR = {"children": "child", "men": "man", "women": "woman", "people": "person"}
QUOTED = re.compile(r"“([^”]{3,})”|\"([^\"]{3,})\"|«([^»]{3,})»")
OPENING = re.compile(r"(?:^|[.!?:]\s|[\n“\"(•]\s?)\W*$")
