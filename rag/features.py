"""A question and its hits → the numbers from which `rag.answerable` estimates whether the corpus answers it.

A reranker's score says that a passage is about the question, not that it answers it. What tells the two apart is mostly
what is missing: a name, a figure, a date, the thing counted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.types import Corpus
from rag.keywords import stems
from rag.types import Hit

TOP = 3  # hits whose words count as found
FLOOR = -12.0  # the logit of a passage that has nothing to do with the question

NUMBER_ASKED = re.compile(
    r"\bhow (many|much|long|old|far|often|big|large|high)\b|\b(number|percentage|share|percent|cost|total|budget|toll)\b", re.I
)
TIME_ASKED = re.compile(r"\b(when|what (year|month|day|date|time)|which (year|month|day)|since when|how long ago)\b", re.I)
PERSON_ASKED = re.compile(r"\b(who|whom|whose|which (person|general|minister|leader|politician|journalist|author))\b", re.I)
YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
FIGURE = re.compile(
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|millions?|billions?|half|third|quarter|"
    r"several|most|percent)\b",
    re.I,
)
TIME = re.compile(
    r"\b(1[5-9]\d\d|20\d\d|january|february|march|april|may|june|july|august|september|october|november|december|monday|"
    r"tuesday|wednesday|thursday|friday|saturday|sunday|century|decade|years?|months?|days?)\b",
    re.I,
)
NAME = re.compile(r"\b[A-Z][\w’'-]*\w")
FIRST_WORD = re.compile(r"^\W*\w+")
COUNTED = re.compile(r"\bhow (?:many|much)\s+(?:of\s+the\s+|of\s+)?((?:[\w’'-]+\s+)?[\w’'-]+)", re.I)
QUESTION_WORDS = frozenset(
    stems(
        "who whom whose what which when where why how does did do is are was were say says said tell essay author article text"
    )
)


def read_vocabulary(corpus: Corpus) -> frozenset[str]:
    """Return the stems of every word of a corpus, its sources' titles and names with it."""
    words: set[str] = set()
    for source, text in zip(corpus.sources, corpus.texts, strict=True):
        words.update(stems(" ".join(filter(None, [text.body, source.title, source.author, source.publisher]))))
    return frozenset(words)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a question names or asks for that the best passages do not have; empty or false where nothing is missing."""

    names_in_corpus: tuple[str, ...]
    names_in_passages: tuple[str, ...]
    years: tuple[str, ...]
    number: bool
    time: bool
    person: bool
    counted: str


def content(question: str) -> list[str]:
    """Return the stems of a question that carry its meaning, once each."""
    return [word for word in dict.fromkeys(stems(question)) if word not in QUESTION_WORDS]


def names(question: str) -> list[str]:
    """Return the capitalised words of a question but its first, which any sentence begins with a capital."""
    first = FIRST_WORD.match(question)
    found = [match.group() for match in NAME.finditer(question, first.end() if first else 0)]
    return list(dict.fromkeys(name for name in found if content(name)))


def missing(question: str, hits: Sequence[Hit], vocabulary: frozenset[str]) -> Missing:
    """Return what the corpus and the best hits (best first) lack of what the question names or asks for."""
    words = _words(hits[:TOP])
    held = set(stems(words))
    named = [(name, set(stems(name))) for name in names(question)]
    asked = COUNTED.search(question)
    counted = content(asked.group(1)) if asked else []
    return Missing(
        names_in_corpus=tuple(name for name, stemmed in named if not stemmed <= vocabulary),
        names_in_passages=tuple(name for name, stemmed in named if not stemmed <= held),
        years=tuple(year for year in dict.fromkeys(YEAR.findall(question)) if year not in words),
        number=bool(NUMBER_ASKED.search(question)) and not FIGURE.search(words),
        time=bool(TIME_ASKED.search(question)) and not TIME.search(words),
        person=bool(PERSON_ASKED.search(question)) and not NAME.search(words),
        counted=asked.group(1) if asked and counted and counted[-1] not in held else "",
    )


def _words(hits: Sequence[Hit]) -> str:
    return " ".join(f"{hit.passage.text} {hit.source.title if hit.source.wording == 'note' else ''}" for hit in hits)


def measure(question: str, hits: Sequence[Hit], lacks: Missing) -> dict[str, float]:
    """Return the features of a question and its hits by name; none of them grows with the corpus."""
    return {
        "sentence": max((hit.parts.get("sentence", FLOOR) for hit in hits), default=FLOOR),
        "paragraph": max((hit.parts.get("paragraph", FLOOR) for hit in hits), default=FLOOR),
        "dense": max((hit.parts.get("dense", 0.0) for hit in hits), default=0.0),
        "name_not_in_corpus": float(bool(lacks.names_in_corpus)),
        "year_not_in_passages": float(bool(lacks.years)),
        "number_asked": float(bool(NUMBER_ASKED.search(question))),
        "number_asked_none_there": float(lacks.number),
        "time_asked_none_there": float(lacks.time),
        "counted_not_in_passages": float(bool(lacks.counted)),
    }
