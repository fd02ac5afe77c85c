"""The numbers of a text, and when two of them are the same.

- A number is an interval. "over 80" is above 80, "almost 80" from 76 up to but not 80, "about
  2,700" within half a unit of its last figure that is not zero (and 5%), a range what it spans;
  plain "2,700" is exactly that. A claim fits when its interval holds the evidence's: 83 fits "over
  80", 2,704 fits "about 2,700" and not "2,700". Repeating a figure without its "about" is forgiven.
- Numbers are compared with those that count the same thing (a shared noun, percent, a currency)
  where there are any.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import inf, nextafter
from typing import Literal

from rag.language.words import FUNCTION_WORDS, fold, stem

Bound = Literal["exact", "almost", "just over", "at most", "at least", "over", "under", "about"]

SLACK = (
    0.05  # what "about" and "almost" allow: Reuters calls 49 of 64 (76.6%) "close to 80 percent"
)
NEAR_DIGITS = 2  # digits in which a slip of the pen differs: 2,740 for 2,704
MIN_SLIP_DIGITS = 3  # of a figure that can be a slip of another
MAX_NOUNS = 2  # words after a number that say what it counts

SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {word: value for value, word in enumerate(SMALL.split())}
TENS = {word: 10 * value for value, word in enumerate(ROUND.split(), start=2)}
SCALES = {
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "half": 2}
CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound"}
BOUNDS: dict[Bound, str] = {
    "almost": "almost|nearly|close to|just under|just short of|not quite|approaching|near",
    "just over": "(?:just|slightly|a little) (?:over|more than|above)",
    "at most": "at most|up to|(?:no|not) (?:more|greater) than|a maximum of",
    "at least": "at least|(?:no|not) (?:fewer|less) than|a minimum of",
    "over": "(?:well )?over|more than|above|in excess of|exceeding|upwards of|greater than",
    "under": "under|below|less than|fewer than",
    "about": "about|around|roughly|approximately|some|an estimated|estimated|circa|~",
}
INTERVALS: dict[Bound, Callable[[float, float], tuple[float, float]]] = {
    "exact": lambda value, slack: (value, value),
    "about": lambda value, slack: (value - slack, value + slack),
    "almost": lambda value, slack: (value * (1 - SLACK), nextafter(value, -inf)),
    "just over": lambda value, slack: (nextafter(value, inf), value * (1 + SLACK)),
    "over": lambda value, slack: (nextafter(value, inf), inf),
    "at least": lambda value, slack: (value, inf),
    "under": lambda value, slack: (-inf, nextafter(value, -inf)),
    "at most": lambda value, slack: (-inf, value),
}


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


# ASCII throughout: in Unicode "thouſand" would be a number that no table has.
FLAGS = re.IGNORECASE | re.ASCII
SPACE = r"[\s\u00a0\u2009\u202f]"  # white space of print is none in ASCII
LARGE = _any(word for word in SCALES if len(word) > len("bn"))
COUNT = _any(list(ONES)[2:10])
ARTICLE = rf"(?:half an?|an?|one)(?=[ -](?:{LARGE})\b)"  # "a hundred", "half a dozen"
SPELLED = (
    rf"\b(?:(?:{_any(TENS)})(?:[- ](?:one|{COUNT}))?|{_any(list(ONES)[2:])}|{ARTICLE})(?![a-z])"
)
# More than 15 digits are a code, and more than a float can tell apart.
DIGITS = (
    r"(?<![A-Za-z]-)(?<![\w.,/])"
    r"(?:\d{1,2}:\d\d|(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,15})?)"
    r"(?!\d|:\d|,\d|st\b|nd\b|rd\b|th\b)"
)
FIGURE = rf"(?:{DIGITS}|{SPELLED})"
PART = (
    rf"\b(?:{COUNT})[- ](?:{_any(PARTS)})s\b"
    rf"|\b(?:(?:an?|one)[- ](?:{_any(PARTS)})|half)(?= of\b(?! \d))"
)
BOUND = "|".join(rf"(?P<{name.replace(' ', '_')}>{phrases})" for name, phrases in BOUNDS.items())
TO = rf"(?:{SPACE}?[-\u2013]{SPACE}?|{SPACE}+to{SPACE}+)"
RANGE = rf"(?(change)(?!)|(?(between){SPACE}+and{SPACE}+|{TO}))"
NUMBER = re.compile(
    rf"(?:(?:(?<!\w)(?:{BOUND})(?:, not [a-z ]+,)?"
    rf"|\b(?P<change>from)|\b(?P<between>between)){SPACE}*)?"
    rf"(?:US)?(?P<money>[$€£])?"
    rf"(?:(?P<part>{PART})|(?P<low>{FIGURE})(?:{RANGE}(?P<high>{FIGURE}))?)"
    rf"(?P<scale>(?:(?:{SPACE}|-)?(?:{LARGE}|bn|m)\b)*)"
    rf"(?P<unit>{SPACE}?%|(?:{SPACE}|-)per{SPACE}?cent\b|{SPACE}(?:dollar|euro|pound)s?\b)?",
    FLAGS,
)
COUNTED = re.compile(
    r"[\s-]*(?:(?:of|the|were|are|was|other|whom) )*((?:[A-Za-z\u2019']+[ -]){0,2}[A-Za-z\u2019']+)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity: its figure, the interval it stands for, its unit and the nouns it counts.

    Both ends of the interval are included; nouns are stems.
    """

    text: str
    value: float
    low: float
    high: float
    bound: Bound
    unit: str
    nouns: frozenset[str]


def read_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text from which the dates were taken (`rag.language.dates`)."""
    return tuple(_number(match, text) for match in NUMBER.finditer(text))


def _number(match: re.Match[str], text: str) -> Number:
    bound: Bound = next((name for name in BOUNDS if match[name.replace(" ", "_")]), "exact")
    value, unit = _amount(match)
    slack = min(SLACK * value, _half_unit(match["low"] or "1", value))
    low, high = INTERVALS[bound](value, slack)
    if match["high"]:
        high = max(_value(match["high"], match["scale"]), high)
    nouns = _counted(match, text)
    end = match.end()
    if nouns and not unit:
        end = text.index(nouns[-1], end) + len(nouns[-1])
    said = " ".join(text[_begins(match) : end].split())
    return Number(said, value, low, high, bound, unit, frozenset(map(stem, nouns)))


def _amount(match: re.Match[str]) -> tuple[float, str]:
    """Return the value and the unit; a fraction ("two thirds") is a percentage."""
    if not match["part"]:
        return _value(match["low"], match["scale"]), _unit(match)
    top, _, bottom = match["part"].lower().replace("-", " ").rpartition(" ")
    return 100 * ONES.get(top, 1) / PARTS[bottom.removesuffix("s")], "%"


def _counted(match: re.Match[str], text: str) -> list[str]:
    """Return the words that say what a number counts."""
    counted = COUNTED.match(text, match.end())
    after = re.split("[ -]", counted[1]) if counted else []
    return list(takewhile(lambda word: fold(word) not in FUNCTION_WORDS, after))[:MAX_NOUNS]


def _begins(match: re.Match[str]) -> int:
    """Return where a number begins, without the "from" or "between" of a range that it is not."""
    if match["change"]:
        return match.end("change")
    if match["between"] and not match["high"]:
        return match.end("between")
    return match.start()


def _value(figure: str, scales: str | None) -> float:
    word = figure.lower().replace(",", "")
    if ":" in word:
        hours, _, minutes = word.partition(":")
        return int(hours) + int(minutes) / 60
    if word[0].isdigit():
        value = float(word)
    elif word in {"a", "an", "half a", "half an"}:
        value = 0.5 if word.startswith("half") else 1.0
    else:
        parts = re.split("[- ]", word)
        value = float(sum(TENS.get(part, ONES.get(part, 0)) for part in parts))
    for scale in re.findall("[a-z]+", (scales or "").lower()):
        value *= SCALES[scale]
    return value


def _half_unit(figure: str, value: float) -> float:
    """Return half of one in the last place that is not zero: 50 for 2,700, 0.5 for 2,704."""
    digits = figure.replace(",", "")
    if not digits.isdigit() or not value:
        return SLACK * value
    zeros = len(digits) - len(digits.rstrip("0"))
    return value / float(digits) * 10.0**zeros / 2


def _unit(match: re.Match[str]) -> str:
    if ":" in match["low"]:
        return "o'clock"
    unit = (match["money"] or match["unit"] or "").strip(" -\n").lower()
    if unit.startswith(("%", "per")):
        return "%"
    return CURRENCIES.get(unit, unit.removesuffix("s"))


def stated_number(claim: Number, evidence: Sequence[Number]) -> bool:
    """Tell whether one of the numbers is that of the claim, and may count the same thing."""
    same_unit = [other for other in evidence if other.unit == claim.unit]
    rivals = _rivals(claim, same_unit)
    open_to = [other for other in same_unit if not other.nouns] if rivals else same_unit
    return any(_holds(claim, other) for other in [*rivals, *open_to])


def other_number(claim: Number, evidence: Sequence[Number]) -> Number | None:
    """Return the nearest number for the same thing, or of which the claim's may be a slip."""
    rivals = _rivals(claim, [other for other in evidence if other.unit == claim.unit])
    rivals = rivals or [other for other in evidence if _slip(claim, other)]
    return min(rivals, key=lambda other: abs(other.value - claim.value), default=None)


def _rivals(claim: Number, same_unit: Sequence[Number]) -> list[Number]:
    """Return the numbers that count what the claim's does."""
    return [other for other in same_unit if claim.unit or claim.nouns & other.nouns]


def _holds(claim: Number, evidence: Number) -> bool:
    if claim.low <= evidence.low and evidence.high <= claim.high:
        return True
    bounds = {claim.bound, evidence.bound}
    if claim.value == evidence.value:
        return "about" in bounds or bounds <= {"over", "at least"}
    return claim.bound == "about" and claim.low <= evidence.value <= claim.high


def _slip(claim: Number, evidence: Number) -> bool:
    """Tell whether a number is another by a slip: a few digits, or the unit."""
    if claim.unit != evidence.unit:
        return claim.value == evidence.value and "" not in (claim.unit, evidence.unit)
    one, two = f"{claim.value:g}", f"{evidence.value:g}"
    if not MIN_SLIP_DIGITS <= len(one) == len(two):
        return False
    return sum(a != b for a, b in zip(one, two, strict=True)) <= NEAR_DIGITS
