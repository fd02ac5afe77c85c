"""The values of the answering stage: each step has its own type.

A `Draft` is unchecked. Only an `Answer` can be rendered, sent or scored, and only
`rag.check.quotes` makes one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ingest.types import DISPUTES, Passage, Relation, Source, Voice

Status = Literal["answered", "partly", "not_in_corpus"]
Verdict = Literal["quoted", "supported", "unsupported", "uncited", "metadata", "curated"]
WITHHELD: tuple[Verdict, ...] = ("unsupported", "uncited")
Engine = Literal["quote", "write"]
# How much a question asks for: one thing, several, or things side by side.
Form = Literal["one", "several", "compare"]
# What answers; what bears on that; what else the texts say.
Part = Literal["lead", "sources", "more"]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and the answer it got ("" if not known)."""

    question: str
    answer: str = ""
    status: Status = "answered"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    `score` is what it is ranked by: a logit, comparable across the hits of a question.
    `parts` holds the rankings and scores it was made from ("dense", "bm25", "sentence",
    "paragraph"), for `--explain`.
    """

    passage: Passage
    source: Source
    score: float
    parts: Mapping[str, float] = field(default_factory=dict, hash=False)


def of_voice(hits: Iterable[Hit], voice: Voice) -> list[Hit]:
    """Return the hits in a text of this voice, in their order."""
    return [hit for hit in hits if hit.source.voice == voice]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the corpus answers a question. `reason` says in words what is missing.

    It is None when the status is "answered". `confidence` is the estimated probability, in [0, 1],
    that it does; `features` is what the estimate was made from.
    """

    status: Status
    reason: str | None = None
    confidence: float | None = None
    features: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a draft wants to cite, and where it says they stand, end exclusive."""

    source_id: str
    start: int
    end: int
    text: str
    locator: str

    @classmethod
    def whole(cls, passage: Passage) -> "Quote":
        """Return the quote of a whole passage."""
        return cls(passage.source_id, passage.start, passage.end, passage.text, passage.locator)


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft: who speaks (`intro`), the words, and what it rests on.

    `text` is None where the sentence is its quotes, word for word, joined by an ellipsis. `stated`
    are the data of the corpus (an author, a date, how many sources) that a sentence about the
    corpus itself states; it quotes nothing. A person wrote the sentences of the guide and the
    clauses of the claim map; any other `text` is a language model's.
    """

    text: str | None
    quotes: tuple[Quote, ...]
    intro: str = ""
    relation: Relation = "essay"
    stated: tuple[str, ...] = ()
    part: Part = "lead"
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What an engine proposes. `unknown_markers` are citation numbers that a model invented.

    `notice` tells the reader how the draft came about, where that is not the usual way. `reason`
    says what the engine found missing where the decision found nothing: the answer is then "partly"
    at best.
    """

    sentences: tuple[DraftSentence, ...]
    engine: Engine = "quote"
    unknown_markers: tuple[str, ...] = ()
    notice: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a written sentence found.

    `problems` are clauses that say what its passages do not bear out.
    """

    verdict: Verdict
    support: float | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What the corpus' own data give to a question about the corpus itself.

    It stands in place of what is found, decided and written.
    """

    hits: tuple[Hit, ...]
    decision: Decision
    draft: Draft


@dataclass(frozen=True, slots=True)
class Citation:
    """A checked quotation: `quote` equals characters `start:end` of the text of `source`.

    `relation` is how it bears on the claim that it is shown with; "context" if it is shown alone.
    """

    number: int
    source: Source
    locator: str
    start: int
    end: int
    quote: str
    relation: Relation = "essay"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer. `citations` are numbers of the answer's citations.

    `intro` says who speaks ("A source disagrees: … Note on Jewish News: "); `relation` how that
    bears on the essay, and `because` in a clause of ours what differs. `support` is in [0, 1] or
    None. `part` is "lead" for what answers, "sources" for what bears on that, "more" for the rest.
    """

    text: str
    verdict: Verdict
    citations: tuple[int, ...]
    intro: str = ""
    relation: Relation = "essay"
    support: float | None = None
    part: Part = "lead"
    because: str | None = None

    @property
    def disputes_lead(self) -> bool:
        """Whether it is a fact that qualifies or contradicts what the lead quotes."""
        return self.part == "sources" and self.relation in DISPUTES


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer. `reason` says what is missing unless the status is "answered".

    `nearest` is what comes closest. `confidence` is the estimated probability, in [0, 1], that the
    corpus answers the question. `suggestions` are questions to go on with.
    """

    question: str
    standalone_question: str
    status: Status
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    reason: str | None
    nearest: tuple[Citation, ...]
    engine: Engine
    corpus: str
    confidence: float | None = None
    seconds: float = field(default=0.0, compare=False)
    withheld: tuple[Sentence, ...] = ()
    unknown_markers: tuple[str, ...] = ()
    notice: str | None = None
    suggestions: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Sentence, ...]:
        """The sentences that a reader must not miss: the lead, and what disputes it."""
        return tuple(s for s in self.sentences if s.part == "lead" or s.disputes_lead)

    def cited_by(self, sentences: Iterable[Sentence]) -> tuple[Citation, ...]:
        """Return the citations of these of its sentences, in their order."""
        numbers = {number for sentence in sentences for number in sentence.citations}
        return tuple(citation for citation in self.citations if citation.number in numbers)

    @property
    def text(self) -> str:
        """What is shown, in words, behind the reason if there is one."""
        spoken = [f"{s.intro}{s.text}" for s in self.shown]
        return " ".join([self.reason, *spoken] if self.reason else spoken)


@dataclass(frozen=True, slots=True)
class Found:
    """The first event of a stream: the passages retrieved, before any answer."""

    question: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Words of a language model as they come, not yet checked.

    A new `attempt` replaces what the one before it showed.
    """

    text: str
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """A sentence of the current attempt with its verdict, as soon as it is checked.

    The `Answer` may still drop it.
    """

    sentence: Sentence
    attempt: int = 0


Event = Found | Written | Settled | Answer
