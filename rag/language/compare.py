"""The facts of two texts compared: which fact of a claim its evidence lacks or states otherwise.

Facts are what can be compared exactly: numbers, dates, names, quotations, denials, opposites. A
support score reads meaning, but "2,740" beside "2,704" looks the same to an embedding. When two
numbers or dates are the same is said in their modules. A name is found by any variant or adjective
of it (Tartous, ISIS, Russian), however the evidence writes it. A word is stated otherwise where the
evidence denies it, or has not it but its opposite ("rose" and "fell").
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rag.language.dates import Date, bare_year, other_date, read_dates, stated_date
from rag.language.numbers import Number, other_number, read_numbers, stated_number
from rag.language.words import (
    FUNCTION_WORDS,
    NEGATORS,
    canonical,
    fold,
    name_matches,
    named,
    stem,
    word_set,
)

FactKind = Literal[
    "number", "date", "name", "quotation", "negation", "opposite", "role", "addition"
]

# What the evidence does to a word that the claim denies, or states.
AFFIRMED, DENIED = "does not deny", "denies"
CARRIERS = word_set("to or nor")  # join a second word to a denied one
OPPOSITES_LISTED = """
    increase decrease, rise fall, rose fell, grow shrink, grew shrank, gain lose, gained lost,
    buy sell, bought sold, win lose, won lost, majority minority, support oppose, accept reject,
    allow ban, permit forbid, succeed fail, success failure, open close, begin end, start stop,
    start end, first last, high low, higher lower, large small, north south, northern southern,
    east west, eastern western, inside outside, ally enemy, friend enemy, victory defeat,
    strengthen weaken, strong weak, capture lose, alive dead, permanent temporary, public private,
    former current, arrive leave, enter leave, man woman, boy girl, father mother, brother sister,
    husband wife, import export, lend borrow, attack defend, early late, old new, best worst,
    better worse, always never, day night, true false, guilty innocent, praise criticise,
    welcome condemn, confirm deny, expand reduce, legal illegal, peace war
"""
PREFIXES = ("un", "dis", "non")  # not "in" and "im": information is not the opposite of a formation
NO_OPPOSITE = frozenset(
    map(stem, ("display", "discover", "discount", "disclose", "discharge", "dispute", "dismiss"))
)
MIN_PREFIXED = 3  # letters of a stem that "un-" or "dis-" can turn round: not the "it" of "unit"
QUOTED = re.compile(r"“([^”]{3,})”|\"([^\"]{3,})\"|«([^»]{3,})»")
CLAUSE_END = re.compile(r"[.,;:!?()\n]")
CLAUSE_WORD = re.compile(r"[A-Za-z]+(?:[’']t)?|\d+")
QUOTATION_MARKS = str.maketrans("“”«»‘’", '""""\'\'')


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text states that can be compared exactly; made by `read_facts`.

    `openers` are words that open a sentence with a capital: names if they are known to be.
    `negated` and `asserted` map stems of words to the words; `words` are folded.
    """

    text: str
    numbers: tuple[Number, ...]
    dates: tuple[Date, ...]
    names: tuple[str, ...]
    openers: tuple[str, ...]
    quotations: tuple[str, ...]
    negated: Mapping[str, str]
    asserted: Mapping[str, str]
    words: frozenset[str]

    def all_names(self, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Return the names, and the openers that are known to be names."""
        opening = (word for word in self.openers if word in known)
        return tuple(dict.fromkeys([*self.names, *opening]))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A fact of the claim that the evidence lacks (`evidence` is None) or states otherwise."""

    kind: FactKind
    claim: str
    evidence: str | None

    def words(self, speaker: str = "the evidence") -> str:
        """Return the mismatch as a clause for a reader.

        >>> Mismatch("number", "764 children", "746 children").words("the essay")
        'the essay says 746 children, not 764 children'
        """
        if self.kind == "negation":
            return f"{speaker} {self.evidence} “{self.claim}”"
        if self.kind == "role":
            return f"{speaker} has {self.claim} and {self.evidence} the other way round"
        if self.kind == "quotation":
            return f"{speaker} does not hold the words “{self.claim}”"
        if self.evidence is None:
            return f"{speaker} does not mention {self.claim}"
        return f"{speaker} says {self.evidence}, not {self.claim}"


def read_facts(text: str) -> Facts:
    """Return the facts of a text."""
    dates, rest = read_dates(text)
    plain = canonical(text)
    capitalised = [(match.group(), sure) for match, sure in name_matches(plain)]
    negated, asserted = _polarity(text)
    return Facts(
        text=text,
        numbers=read_numbers(rest),
        dates=dates,
        names=tuple(dict.fromkeys(word for word, sure in capitalised if sure)),
        openers=tuple(dict.fromkeys(word for word, sure in capitalised if not sure)),
        quotations=tuple(_quotations(text)),
        negated=negated,
        asserted=asserted,
        words=frozenset(map(fold, re.findall(r"\w+", plain))),
    )


def compare(
    claim: Facts, evidence: Facts, known: frozenset[str] = frozenset()
) -> tuple[Mismatch, ...]:
    """Return what the claim states and the evidence lacks or states otherwise, once each.

    `known` are further names to know at the start of a sentence, such as those of the whole corpus.
    """
    known = known | frozenset(evidence.names)
    mismatches = [
        *_number_mismatches(claim, evidence),
        *_date_mismatches(claim, evidence),
        *_name_mismatches(claim, evidence, known),
        *_quotation_mismatches(claim, evidence),
        *_denials(claim.negated, evidence.asserted, evidence.negated, AFFIRMED),
        *_denials(claim.asserted, evidence.negated, evidence.asserted, DENIED),
        *opposites(claim, evidence),
    ]
    return tuple(dict.fromkeys(mismatches))


def _number_mismatches(claim: Facts, evidence: Facts) -> Iterator[Mismatch]:
    for number in claim.numbers:
        if not stated_number(number, evidence.numbers):
            other = other_number(number, evidence.numbers)
            yield Mismatch("number", number.text, other.text if other else None)


def _date_mismatches(claim: Facts, evidence: Facts) -> Iterator[Mismatch]:
    for date in claim.dates:
        year = bare_year(date)
        counted = year is not None and any(number.value == year for number in evidence.numbers)
        if not counted and not stated_date(date, evidence.dates):
            other = other_date(date, evidence.dates)
            yield Mismatch("date", date.text, other.text if other else None)


def _name_mismatches(claim: Facts, evidence: Facts, known: frozenset[str]) -> Iterator[Mismatch]:
    for name in claim.all_names(known):
        if not named(name, evidence.words):
            yield Mismatch("name", name, None)


def _quotation_mismatches(claim: Facts, evidence: Facts) -> Iterator[Mismatch]:
    said = _plain(evidence.text)
    for quotation in claim.quotations:
        if _plain(quotation) not in said:
            yield Mismatch("quotation", quotation, None)


def _denials(
    stated: Mapping[str, str], opposite: Mapping[str, str], same: Mapping[str, str], verb: str
) -> Iterator[Mismatch]:
    for key, word in stated.items():
        if key in opposite and key not in same:
            yield Mismatch("negation", word, verb)


def opposites(claim: Facts, evidence: Facts) -> list[Mismatch]:
    """Return the words of which the evidence has only an opposite, listed or by prefix."""
    held = evidence.asserted.keys() | evidence.negated.keys()
    mismatches = []
    for key, word in claim.asserted.items():
        if key in held:
            continue
        for other in (*_OPPOSITES.get(key, ()), *_prefixed(key)):
            if other in evidence.asserted:
                mismatches.append(Mismatch("opposite", word, evidence.asserted[other]))
    return mismatches


def _prefixed(key: str) -> tuple[str, ...]:
    """Return the opposites of a stem that a prefix makes, either way."""
    bare = [key.removeprefix(prefix) for prefix in PREFIXES if key.startswith(prefix)]
    longer = [prefix + key for prefix in PREFIXES]
    long_enough = [other for other in (*bare, *longer) if min(len(other), len(key)) >= MIN_PREFIXED]
    return tuple(other for other in long_enough if not NO_OPPOSITE & {key, other})


def _polarity(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the words that a text denies and those that it asserts, by stem.

    A negator denies the next such word, and what "to" or "or" joins to it: "not prepared to give up
    or share".
    """
    negated: dict[str, str] = {}
    asserted: dict[str, str] = {}
    for clause in CLAUSE_END.split(text):
        denying, carried = False, False
        for word in CLAUSE_WORD.findall(clause):
            low = word.lower()
            if _denies(low) or (carried and low in CARRIERS):
                denying = True
            elif low == "only":
                denying = False
            elif low not in FUNCTION_WORDS and not _skipped(word, denying=denying):
                side = negated if denying else asserted
                side.setdefault(stem(low), word)
                denying, carried = False, denying
    return negated, asserted


def _denies(word: str) -> bool:
    return word in NEGATORS or word.endswith(("n't", "n’t"))


def _skipped(word: str, *, denying: bool) -> bool:
    """Tell whether a word is a name, or an adverb that a negator reaches past."""
    return word[0].isupper() or (denying and word.endswith("ly") and not word.endswith("ply"))


def _quotations(text: str) -> Iterator[str]:
    for match in QUOTED.finditer(text):
        yield next(filter(None, match.groups()))


def _plain(text: str) -> str:
    """Return a text with white space, capitals and the styles of quotation marks folded."""
    return " ".join(text.casefold().translate(QUOTATION_MARKS).split()).strip(" .,")


def _both_ways(listed: str) -> dict[str, tuple[str, ...]]:
    opposite: dict[str, tuple[str, ...]] = {}
    for pair in listed.split(","):
        one, other = map(stem, pair.split())
        opposite[one] = (*opposite.get(one, ()), other)
        opposite[other] = (*opposite.get(other, ()), one)
    return opposite


_OPPOSITES = _both_ways(OPPOSITES_LISTED)
