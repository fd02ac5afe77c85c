"""The facts of a text that can be compared exactly: numbers, dates, names, quotations, negation, opposites.

Pure functions over strings. `compare` says in words which fact of a claim its evidence lacks or
contradicts; a support score reads meaning, but "2,740" beside "2,704" looks the same to an
embedding. What counts as the same:

- A number is an interval. "over 80" is above 80, "almost 80" from 76 up to but not 80, "about
2,700" within half a unit
  of its last figure that is not zero (and 5%), a range what it spans; plain "2,700" is exactly that. A claim fits when
  its interval holds the evidence's: 83 fits "over 80", 2,704 fits "about 2,700" and not "2,700". Repeating a figure
  without its "about" is forgiven.
- Numbers are compared with those that count the same thing (a shared noun, percent, a currency)
where there are any.
- A date may be less precise than its evidence, not more: 2015 fits September 2015. "Last year" is
left alone.
- A name is found by any variant or adjective of it (Tartous, ISIS, Russian), however the evidence
writes it.
- A word is stated otherwise where the evidence denies it, or has not it but its opposite ("rose"
and "fell").
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from math import inf, nextafter
from typing import Literal

from rag.language import english
from rag.language.english import Bound

Kind = Literal["number", "date", "name", "quotation", "negation", "opposite", "role", "addition"]

AFFIRMED, DENIED = (
    "does not deny",
    "denies",
)  # what the evidence does to a word that the claim denies, or states
SLACK = (
    0.05  # what "about" and "almost" allow: Reuters calls 49 of 64 (76.6%) "close to 80 percent"
)
NEAR_DIGITS = 2  # digits in which a slip of the pen differs: 2,740 for 2,704
MIN_PREFIXED = (
    3  # letters of a stem that "un-" or "dis-" can turn round: "agr(ee)", not the "it" of "unit"
)

_INTERVALS: dict[Bound, Callable[[float, float], tuple[float, float]]] = {
    "exact": lambda value, slack: (value, value),
    "about": lambda value, slack: (value - slack, value + slack),
    "almost": lambda value, slack: (value * (1 - SLACK), nextafter(value, -inf)),
    "just over": lambda value, slack: (nextafter(value, inf), value * (1 + SLACK)),
    "over": lambda value, slack: (nextafter(value, inf), inf),
    "at least": lambda value, slack: (value, inf),
    "under": lambda value, slack: (-inf, nextafter(value, -inf)),
    "at most": lambda value, slack: (-inf, value),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity: its figure, the interval it stands for (both ends included), its unit and the nouns it counts."""

    text: str
    value: float
    low: float
    high: float
    bound: Bound
    unit: str
    nouns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Date:
    """A date as precise as it was given: years (first, last), month 1 to 12, day 1 to 31.

    None where not given.
    """

    text: str
    years: tuple[int, int] | None
    month: int | None
    day: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text states that can be compared exactly.

    `negated` and `asserted` map stems of words to the words.
    """

    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]
    names: tuple[str, ...]
    quotations: tuple[str, ...]
    negated: Mapping[str, str]
    asserted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A fact of the claim that the evidence lacks (`evidence` is None) or states otherwise."""

    kind: Kind
    claim: str
    evidence: str | None

    def words(self, speaker: str = "the evidence") -> str:
        """Return the mismatch as a clause for a reader: "the essay says 746 children, not 764 children"."""
        if self.kind == "negation":
            return f"{speaker} {self.evidence} “{self.claim}”"
        if self.kind == "role":
            return f"{speaker} has {self.claim} and {self.evidence} the other way round"
        if self.kind == "quotation":
            return f"{speaker} does not hold the words “{self.claim}”"
        if self.evidence is None:
            return f"{speaker} does not mention {self.claim}"
        return f"{speaker} says {self.evidence}, not {self.claim}"


def extract(text: str, known: frozenset[str] = frozenset()) -> Facts:
    """Return the facts of a text.

    `known` are names, as `names` gives them, known even where they open a sentence.
    """
    dates, rest = _dates(text)
    negated, asserted = _polarity(text)
    return Facts(_numbers(rest), dates, names(text, known), _quotations(text), negated, asserted)


def compare(claim: str, evidence: str, known: frozenset[str] = frozenset()) -> tuple[Mismatch, ...]:
    """Return what the claim states and the evidence lacks or states otherwise.

    `known` are further names to know at the start of a sentence, such as those of the whole corpus.
    """
    known = known | frozenset(names(evidence))
    stated, given = extract(claim, known), extract(evidence, known)
    words = frozenset(_fold(word) for word in re.findall(r"\w+", canonical(evidence)))
    said = _plain(evidence)
    found = [
        *(_number_mismatch(number, given) for number in stated.numbers),
        *(_date_mismatch(date, given) for date in stated.dates),
        *(None if _named(name, words) else Mismatch("name", name, None) for name in stated.names),
        *(
            None if _plain(quote) in said else Mismatch("quotation", quote, None)
            for quote in stated.quotations
        ),
        *_polarity_mismatches(stated.negated, given.asserted, given.negated, AFFIRMED),
        *_polarity_mismatches(stated.asserted, given.negated, given.asserted, DENIED),
        *opposites(stated, given),
    ]
    return tuple(dict.fromkeys(mismatch for mismatch in found if mismatch))


def names(text: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the words of proper names, in order, once each, variants as one ("Tartous" as "Tartus").

    A capital at the start of a sentence makes a name only of an abbreviation, a possessive, or a
    name known elsewhere.
    """
    text = canonical(text)
    inner: dict[str, None] = {}
    initial: dict[str, None] = {}
    for match in re.finditer(r"\b[A-Z]\w*", text):
        word = match.group()
        if _fold(word) in english.FUNCTION_WORDS or _fold(word) in english.TITLES or len(word) == 1:
            continue
        opens = english.OPENING.search(text[max(0, match.start() - 6) : match.start()])
        sure = (
            not opens
            or (word.isupper() and word.isalpha())
            or text[match.end() : match.end() + 2] in {"'s", "\u2019s"}
        )
        (inner if sure else initial)[word] = None
    return tuple(dict.fromkeys([*inner, *(word for word in initial if word in known)]))


def stem(word: str) -> str:
    """Return a word without endings of number and tense: "complied" is "comply", "children" is "child"."""
    word = _fold(word)
    word = english.IRREGULAR.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") else word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            word = word[: -len(ending)]
            word = word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
            break
    return word[:-1] + "i" if word.endswith("y") else word.rstrip("e") or word


def _numbers(text: str) -> tuple[Number, ...]:
    return tuple(_number(match, text) for match in english.NUMBER.finditer(text))


def _number(match: re.Match[str], text: str) -> Number:
    bound: Bound = next((name for name in english.BOUNDS if match[name.replace(" ", "_")]), "exact")
    if match["part"]:
        top, _, bottom = match["part"].lower().replace("-", " ").rpartition(" ")
        value, unit = 100 * english.ONES.get(top, 1) / english.PARTS[bottom.removesuffix("s")], "%"
    else:
        value, unit = _value(match["low"], match["scale"]), _unit(match)
    low, high = _INTERVALS[bound](value, min(SLACK * value, _half_unit(match["low"] or "1", value)))
    if match["high"]:
        high = max(_value(match["high"], match["scale"]), high)
    counted = english.COUNTED.match(text, match.end())
    after = re.split("[ -]", counted[1]) if counted else []
    nouns = list(takewhile(lambda word: _fold(word) not in english.FUNCTION_WORDS, after))[:2]
    end = text.index(nouns[-1], match.end()) + len(nouns[-1]) if nouns and not unit else match.end()
    start = (
        match.end("change")
        if match["change"]
        else match.end("between")
        if not match["high"]
        else -1
    )
    said = " ".join(text[max(start, match.start()) : end].split())
    return Number(said, value, low, high, bound, unit, frozenset(map(stem, nouns)))


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
        value = float(
            sum(
                english.TENS.get(part, english.ONES.get(part, 0)) for part in re.split("[- ]", word)
            )
        )
    for scale in re.findall("[a-z]+", (scales or "").lower()):
        value *= english.SCALES[{"bn": "billion", "m": "million"}.get(scale, scale)]
    return value


def _half_unit(figure: str, value: float) -> float:
    """Return half of one in the last place that is not zero: 50 for 2,700, 0.5 for 2,704, 5 for 80."""
    digits = figure.replace(",", "")
    if not digits.isdigit() or not value:
        return SLACK * value
    return value / float(digits) * 10.0 ** (len(digits) - len(digits.rstrip("0"))) / 2


def _unit(match: re.Match[str]) -> str:
    if ":" in match["low"]:
        return "o'clock"
    unit = (match["money"] or match["unit"] or "").strip(" -\n").lower()
    return (
        "%"
        if unit.startswith(("%", "per"))
        else english.CURRENCIES.get(unit, unit.removesuffix("s"))
    )


def _dates(text: str) -> tuple[tuple[Date, ...], str]:
    """Return the dates of a text, and the text with blanks in their place."""
    found: list[tuple[int, Date]] = []
    for pattern in english.DATES:
        for match in pattern.finditer(text):
            part = match.groupdict()
            year, month = part.get("year"), part.get("month")
            years = (int(year), _last_year(year, part)) if year else None
            number = (
                english.MONTHS.index(month) + 1
                if month
                else int(part["numeral"])
                if part.get("numeral")
                else None
            )
            said = match.group() if not month or year or part.get("day") else month
            found.append(
                (
                    match.start(),
                    Date(said, years, number, int(part["day"]) if part.get("day") else None),
                )
            )
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return tuple(date for _, date in sorted(found, key=lambda pair: pair[0])), text


def _last_year(year: str, part: Mapping[str, str | None]) -> int:
    """Return the last year of "1990s", "2018-19" or "2018"."""
    return int(year) + 9 if part.get("decade") else int(year[:2] + (part.get("last") or year[2:]))


def _polarity(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the words that a text denies and those that it asserts, by stem.

    A negator denies the next such word, and what "to" or "or" joins to it: "not prepared to give up
    or share".
    """
    negated: dict[str, str] = {}
    asserted: dict[str, str] = {}
    for clause in re.split(r"[.,;:!?()\n]", text):
        denying, carried = False, False
        for word in re.findall(r"[A-Za-z]+(?:[\u2019']t)?|\d+", clause):
            low = word.lower()
            if (
                low in english.NEGATORS
                or low.endswith(("n't", "n\u2019t"))
                or (carried and low in english.CARRIERS)
            ):
                denying = True
            elif low == "only":
                denying = False
            elif low not in english.FUNCTION_WORDS and not _skipped(word, denying):
                (negated if denying else asserted).setdefault(stem(low), word)
                denying, carried = False, denying
    return negated, asserted


def _polarity_mismatches(
    stated: Mapping[str, str], opposite: Mapping[str, str], same: Mapping[str, str], verb: str
) -> list[Mismatch]:
    return [
        Mismatch("negation", stated[key], verb)
        for key in stated
        if key in opposite and key not in same
    ]


def opposites(stated: Facts, given: Facts) -> list[Mismatch]:
    """Return the words of which the evidence has only an opposite, listed or by prefix ("disagree", "uncontrolled")."""
    held = given.asserted.keys() | given.negated.keys()
    return [
        Mismatch("opposite", word, given.asserted[other])
        for key, word in stated.asserted.items()
        if key not in held
        for other in _OPPOSITES.get(key, ()) + _prefixed(key)
        if other in given.asserted
    ]


def _prefixed(key: str) -> tuple[str, ...]:
    """Return the opposites of a stem that a prefix makes, either way: long enough to be words of their own."""
    bare = tuple(key.removeprefix(prefix) for prefix in english.PREFIXES if key.startswith(prefix))
    longer = tuple(prefix + key for prefix in english.PREFIXES)
    return tuple(
        other
        for other in (*bare, *longer)
        if min(len(other), len(key)) >= MIN_PREFIXED and not english.NO_OPPOSITE & {key, other}
    )


def _skipped(word: str, denying: bool) -> bool:
    """Tell whether a word is a name, or an adverb that a negator reaches past ("not fully comply")."""
    return word[0].isupper() or (denying and word.endswith("ly") and not word.endswith("ply"))


def _quotations(text: str) -> tuple[str, ...]:
    return tuple(next(filter(None, match.groups())) for match in english.QUOTED.finditer(text))


def _number_mismatch(number: Number, given: Facts) -> Mismatch | None:
    same_unit = [other for other in given.numbers if other.unit == number.unit]
    rivals = [other for other in same_unit if number.unit or number.nouns & other.nouns]
    open_to = [other for other in same_unit if not other.nouns] if rivals else same_unit
    if any(_holds(number, other) for other in [*rivals, *open_to]):
        return None
    rivals = rivals or [other for other in given.numbers if _slip(number, other)]
    nearest = min(rivals, key=lambda other: abs(other.value - number.value), default=None)
    return Mismatch("number", number.text, nearest.text if nearest else None)


def _holds(claim: Number, evidence: Number) -> bool:
    if claim.low <= evidence.low and evidence.high <= claim.high:
        return True
    if "about" in {claim.bound, evidence.bound}:
        return claim.value == evidence.value or (
            claim.bound == "about" and claim.low <= evidence.value <= claim.high
        )
    return claim.value == evidence.value and {claim.bound, evidence.bound} <= {"over", "at least"}


def _slip(claim: Number, evidence: Number) -> bool:
    """Tell whether a number is another by a slip: a few digits, or the unit."""
    if claim.unit != evidence.unit:
        return claim.value == evidence.value and "" not in (claim.unit, evidence.unit)
    one, two = f"{claim.value:g}", f"{evidence.value:g}"
    return (
        3 <= len(one) == len(two)
        and sum(a != b for a, b in zip(one, two, strict=True)) <= NEAR_DIGITS
    )


def _date_mismatch(date: Date, given: Facts) -> Mismatch | None:
    if any(_dated(date, other, given.dates) for other in given.dates):
        return None
    if (
        date.years
        and not date.month
        and any(number.value == date.years[0] for number in given.numbers)
    ):
        return None  # "1946 men" without its comma looks like a year
    rivals = [other for other in given.dates if _rivals(date, other)]
    return Mismatch("date", date.text, rivals[0].text if rivals else None)


def _dated(claim: Date, evidence: Date, others: tuple[Date, ...]) -> bool:
    if (claim.month and claim.month != evidence.month) or (claim.day and claim.day != evidence.day):
        return False
    if not claim.years:
        return True
    spans = [evidence.years] if evidence.years else [other.years for other in others]
    return any(
        years is not None and claim.years[0] <= years[0] and years[1] <= claim.years[1]
        for years in spans
    )


def _rivals(claim: Date, evidence: Date) -> bool:
    """Tell whether the evidence gives such a date otherwise: as precise, and in one part the same if it has parts."""
    if bool(claim.month) != bool(evidence.month) or bool(claim.day) != bool(evidence.day):
        return False
    shared = claim.years == evidence.years or (claim.month, claim.day) == (
        evidence.month,
        evidence.day,
    )
    return shared or not claim.month


def canonical(text: str) -> str:
    """Return a text with every name that has variants in one of them: Tartous is Tartus, Islamic State is ISIS."""
    for pattern, name in english.VARIANTS:
        text = pattern.sub(name, text)
    return text


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode() or word
    return re.sub(r"['\u2019]s?$", "", plain.lower())


def same_name(one: str, other: str) -> bool:
    """Tell whether two names have a word in common, as it is or as an adjective: "Soviet Union" and "Soviet"."""
    words = frozenset(map(_fold, other.split()))
    return any(_named(word, words) for word in one.split())


def _named(name: str, words: frozenset[str]) -> bool:
    """Tell whether a name is among folded words, as it is or as an adjective: Syria, Syrian (up to three letters)."""
    name = _fold(name)
    return name in words or any(
        min(len(name), len(word)) >= 4
        and abs(len(name) - len(word)) <= 3
        and (word.startswith(name) or name.startswith(word))
        for word in words
    )


def _plain(text: str) -> str:
    """Return a text with white space, capitals and the styles of quotation marks folded."""
    return " ".join(
        text.casefold().translate(str.maketrans("“”«»\u2018\u2019", '""""\'\'')).split()
    ).strip(" .,")


def _pairs(listed: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, other in (pair.split() for pair in listed.split(",")):
        for key, value in ((stem(one), stem(other)), (stem(other), stem(one))):
            found[key] = (*found.get(key, ()), value)
    return found


_OPPOSITES = _pairs(english.OPPOSITES_LISTED)
