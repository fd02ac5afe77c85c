"""The words of an English text: sentences, words, stems, names, and the words that say nothing.

One of each for the whole program, so that whatever compares two texts compares them alike.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import sentencex
import Stemmer

WORD = re.compile(r"\w+(?:[.,]\w+)*")  # "2,704" and "U.S" are one word
CAPITALISED = re.compile(r"\b[A-Z]\w*")
HYPHENED = re.compile(r"\b[A-Z]\w*(?:[-’'](?!s\b)\w+)*")  # "Al-Shami", "PPR-9088"
# What stands before a word that opens a sentence, a line or a quotation.
OPENING = re.compile(r"(?:^|[.!?:]\s|[\n“\"(•]\s?)\W*$")
OPENING_CHARS = 6
REMEMBERED_STEMS = 50_000


def word_set(words: str) -> frozenset[str]:
    """Return the words of a string as a set."""
    return frozenset(words.split())


FUNCTION_WORDS = word_set(
    """
    a about according after all also although am an and another any are as at be because been
    before being between both but by can could despite did do does doing during each earlier even
    every fewer for from had has have having he her here hers herself him himself his how however
    i if in into is it its itself just later less longer many may me might more most must my myself
    of on only or other our ours ourselves out over same several she should since so some still
    such than that the their theirs them themselves then there these they this those though through
    to today too under until up very was we were what when where which while who whom whose why
    will with would yesterday yet you your yours yourself yourselves
    """
)
NEGATORS = word_set(
    """
    not no never neither nor none nobody nothing without cannot hardly fail fails failed refuse
    refuses refused
    """
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
TITLES = word_set("mr mrs ms dr president minister prime general king chairman") | {
    month.lower() for month in MONTHS
}
NO_NAMES = FUNCTION_WORDS | TITLES
IRREGULAR = {"men": "man", "women": "woman", "people": "person", "children": "child"}
# Names that are written in more than one way, or whose adjective is not made by an ending.
VARIANTS = {
    "ISIS": (
        r"\b(?:Islamic State(?: of Iraq and (?:Syria|al-Sham|the Levant))?"
        r"|Isis|ISIL|Isil|IS|Daesh)\b"
    ),
    "US": (
        r"\b(?:the )?(?:United States(?: of America)?|U\.S\.A?\.?|USA|Americans?|America)(?!\w)"
    ),
    "UN": r"\b(?:the )?United Nations\b|\bU\.N\.",
    "UK": r"\b(?:the )?(?:United Kingdom|Great Britain|Britain|British|U\.K\.)(?!\w)",
    "Soviet": r"\b(?:USSR|Soviets?(?: Union)?)\b",
    "Tartus": r"\bTartous\b",
    "Turkey": r"\bTurk(?:ish|s)\b",
    "Kurdistan": r"\bKurd(?:ish|s)?\b",
    "France": r"\bFrench\b",
    "Qaeda": r"\bQa[ie]da\b",
}
_VARIANTS = tuple((re.compile(pattern), name) for name, pattern in VARIANTS.items())
ADJECTIVE_CHARS = 3  # by which a name and its adjective may differ: Syria, Syrian
MIN_NAME_CHARS = 4  # of a name that has an adjective made by an ending

_stemmer = Stemmer.Stemmer("english")


def split(text: str) -> list[str]:
    """Return the sentences of a text, line by line; at least one, which may be empty.

    The splitter is sentencex (https://github.com/wikimedia/sentencex).
    """
    lines = (line for line in text.splitlines() if line.strip())
    sentences = (sentence for line in lines for sentence in sentencex.segment("en", line))
    return [one.strip() for one in sentences if WORD.search(one)] or [text.strip()]


def fold(word: str) -> str:
    """Return a word in lower case, without accents and a possessive ending.

    >>> fold("Erdoğan’s")
    'erdogan'
    """
    bare = re.sub(r"['’]s?$", "", word.lower())
    return unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode() or bare


@lru_cache(REMEMBERED_STEMS)
def stem(word: str) -> str:
    """Return the stem of a word (Snowball's English stemmer, https://snowballstem.org).

    >>> stem("complied") == stem("comply"), stem("children") == stem("child")
    (True, True)
    """
    folded = fold(word)
    return str(_stemmer.stemWord(IRREGULAR.get(folded, folded)))


def stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order.

    >>> stems("What was said of the mills")
    ['said', 'mill']
    """
    words = WORD.findall(text.replace("’s", "").replace("'s", ""))
    return [stem(word) for word in words if word.lower() not in FUNCTION_WORDS]


def all_stems(text: str) -> list[str]:
    """Return the stems of all words, in order."""
    return [stem(word) for word in WORD.findall(text)]


def canonical(text: str) -> str:
    """Return a text with every name that has variants in one of them.

    >>> canonical("The base in Tartous is American.")
    'The base in Tartus is US.'
    """
    for pattern, name in _VARIANTS:
        text = pattern.sub(name, text)
    return text


def name_matches(
    text: str, pattern: re.Pattern[str] = CAPITALISED
) -> Iterator[tuple[re.Match[str], bool]]:
    """Yield the words that may be of proper names, and whether they surely are.

    A capital at the start of a sentence makes a sure name only of an abbreviation or a possessive.
    """
    for match in pattern.finditer(text):
        word = match.group()
        if len(word) == 1 or fold(word) in NO_NAMES:
            continue
        before = text[max(0, match.start() - OPENING_CHARS) : match.start()]
        possessive = text[match.end() : match.end() + 2] in {"'s", "’s"}
        yield match, not OPENING.search(before) or word.isupper() or possessive


def full_names(text: str) -> list[str]:
    """Return the proper names as they stand, those that follow each other as one.

    >>> full_names("Why does Leila Al-Shami write of Iran?")
    ['Leila Al-Shami', 'Iran']
    """
    spans: list[tuple[int, int]] = []
    for match, sure in name_matches(text, HYPHENED):
        if not sure:
            continue
        if spans and text[spans[-1][1] : match.start()] == " ":
            spans[-1] = (spans[-1][0], match.end())
        else:
            spans.append(match.span())
    return list(dict.fromkeys(text[start:end] for start, end in spans))


def names(text: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the words of proper names, in order, once each, variants as one.

    A word that opens a sentence is one if it is `known` to be, as names are given here.

    >>> names("Assad fell. The base at Tartous is Russian.", frozenset({"Assad"}))
    ('Tartus', 'Russian', 'Assad')
    """
    matches = list(name_matches(canonical(text)))
    sure = [match.group() for match, is_sure in matches if is_sure]
    opening = [match.group() for match, is_sure in matches if not is_sure]
    return tuple(dict.fromkeys([*sure, *(word for word in opening if word in known)]))


def same_name(one: str, other: str) -> bool:
    """Tell whether two names have a word in common, as it is or as an adjective.

    >>> same_name("Soviet Union", "Soviet"), same_name("Syria", "Syrian")
    (True, True)
    """
    words = frozenset(map(fold, other.split()))
    return any(named(word, words) for word in one.split())


def named(name: str, words: frozenset[str]) -> bool:
    """Tell whether a name is among folded words, as it is or as an adjective."""
    name = fold(name)
    return name in words or any(_adjective(name, word) for word in words)


def _adjective(name: str, word: str) -> bool:
    """Tell whether one of two words is the other with an ending of up to three letters."""
    short, long = sorted((name, word), key=len)
    close = len(short) >= MIN_NAME_CHARS and len(long) - len(short) <= ADJECTIVE_CHARS
    return close and long.startswith(short)
