"""The values of the evaluation: what is asked, what came back, what it is worth.

A `Case` asks; an `Observed` is what a chain did with it; a `Metric` makes a number of it; a
`Figure` is the number over all cases, with its interval and its trivial baselines; a `Report` holds
everything that is printed, compared and gated.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.types import Corpus, Place
from rag.types import Answer, Event, Hit, Turn

Half = Literal["dev", "test"]
SuiteKind = Literal[
    "essay_fact", "essay_reason", "source_fact", "disagreement", "follow_up", "independent",
    "summary", "list", "compare", "map", "yes_no",
    "near_miss", "off_topic", "false_premise", "attack",
]  # fmt: skip
PublicKind = Literal["answerable", "unanswerable"]
Kind = SuiteKind | PublicKind

# Kinds of conversation: all their cases have a history, no other case has one.
IN_CONVERSATION: frozenset[Kind] = frozenset(("follow_up", "independent"))
ANSWERABLE: frozenset[Kind] = frozenset(
    (
        *("essay_fact", "essay_reason", "source_fact", "disagreement", "answerable"),
        *("summary", "list", "compare", "map", "yes_no"),
        *IN_CONVERSATION,
    )
)
UNANSWERABLE: frozenset[Kind] = frozenset(("near_miss", "off_topic", "attack", "unanswerable"))


@dataclass(frozen=True, slots=True)
class Gold:
    """One thing that a right answer cites.

    The first span is the author's choice, the others answer equally well.
    """

    spans: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what is known of its right answer.

    `says` and `never_says` are regular expressions.
    """

    id: str
    kind: Kind
    question: str
    evidence: tuple[Gold, ...] = ()
    history: tuple[Turn, ...] = ()
    standalone: str | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    language: str | None = None
    half: Half | None = None


class Answering(Protocol):
    """What the suite needs of a chain: its corpus, and the events of an answer."""

    @property
    def corpus(self) -> Corpus:
        """The texts that every span points into."""

    def stream(self, input: Any, /) -> Iterator[Event]:
        """Yield `Found` first and the `Answer` last."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What a chain did with a case.

    After a crash `answer` is empty and `error` says what was raised. `alone` is the answer to an
    independent question without its history.
    """

    case: Case
    answer: Answer
    hits: tuple[Hit, ...]
    corpus: Corpus = field(repr=False)
    error: str | None = None
    seconds: float = field(default=0.0, compare=False)
    alone: Answer | None = None


Measure = Callable[[Observed], float | None]
Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure, its meaning in a line, and whether a value short of the best fails the case."""

    name: str
    measure: Measure
    meaning: str
    decides: bool = False
    lower_is_better: bool = False
    of_retriever: bool = False

    def fails(self, value: float) -> bool:
        """Say whether this value fails its case."""
        return self.decides and value != (0.0 if self.lower_is_better else 1.0)


@dataclass(frozen=True, slots=True)
class Summary:
    """A figure that is no mean of its cases: a row of each case, and a statistic of all rows."""

    name: str
    row: Callable[[Observed], tuple[float, float] | None]
    statistic: Callable[[Rows], float]
    meaning: str
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over all cases it applies to: a mean or an area, with its 95% interval.

    `baselines` holds the same of each trivial chain, by name.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    lower_is_better: bool = False
    baselines: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case as reported: its values by metric, and the names of the metrics that fail it."""

    observed: Observed
    values: Mapping[str, float]
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A run of the suite. `title` says what was run.

    `curve` holds (coverage, risk) points; seconds are kept apart.
    """

    title: Mapping[str, str]
    figures: tuple[Figure, ...]
    outcomes: tuple[Outcome, ...]
    curve: tuple[tuple[float, float], ...]
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    def figure(self, name: str) -> Figure | None:
        """Return the figure of that name, None if no case of this run has it."""
        return next((figure for figure in self.figures if figure.name == name), None)
