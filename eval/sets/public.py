"""Public question sets: a folder `corpus/*.txt` and `questions.jsonl` → cases and metrics, so that figures can be compared.

A row is `{"id", "question", "answerable", "spans"}`, a span `{"document", "start", "end", "text"}`
with
`corpus/<document>.txt[start:end] == text` in characters.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.metrics.answers import METRICS, Metric
from eval.metrics.gold import holds, places_of, refused, shown
from eval.metrics.ranking import hit_at
from eval.types import Case, Gold, Observed, Place
from ingest.errors import CaseError
from ingest.types import Corpus

# What the suite measures on its own cases and this set has as well.
_SHARED = """completed partly_wrongly quotes_exact quotes_whole voices_true sentences_held citation_recall citation_precision
citations_shown recall_at_1 recall_at_3 recall_at_5 recall_at_20 ndcg_at_10"""
SHARED = frozenset(_SHARED.split())


class SpanRow(BaseModel):
    """Words of a document that answer a question."""

    model_config = ConfigDict(frozen=True)

    document: str
    start: int
    end: int
    text: str


class QuestionRow(BaseModel):
    """A question of a public set."""

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    answerable: bool
    spans: list[SpanRow]


def load_questions(folder: Path, corpus: Corpus) -> tuple[Case, ...]:
    """Return the questions of a set as cases of kind `answerable` or `unanswerable`, each span one item of gold.

    Raises CaseError, naming the file and the question, for a row that is invalid or a span that is
    not in its document.
    """
    file = folder / "questions.jsonl"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"questions {str(file)!r} cannot be read: {error}") from error
    return tuple(_case(row, corpus) for row in _rows(file, lines))


def _rows(file: Path, lines: list[str]) -> Iterator[QuestionRow]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield QuestionRow.model_validate_json(line)
            except ValidationError as error:
                raise CaseError(
                    f"{str(file)!r}, line {number}: {error.errors()[0]['msg']}"
                ) from error


def _case(row: QuestionRow, corpus: Corpus) -> Case:
    if row.answerable != bool(row.spans):
        raise CaseError(f"question {row.id!r}: an answerable question has spans, and no other has")
    gold = tuple(Gold((_span(row.id, span, corpus),)) for span in row.spans)
    return Case(row.id, "answerable" if row.answerable else "unanswerable", row.question, gold)


def _span(question_id: str, span: SpanRow, corpus: Corpus) -> Place:
    try:
        words = corpus.body(span.document)[span.start : span.end]
    except KeyError as error:
        raise CaseError(
            f"question {question_id!r}: the corpus has no document {span.document!r}"
        ) from error
    if words != span.text:
        raise CaseError(
            f"question {question_id!r}: {span.document}[{span.start}:{span.end}] is {words!r}, not {span.text!r}"
        )
    return Place(span.document, span.start, span.end)


def evidence_cited_when_answered(seen: Observed) -> float | None:
    """Return whether an answer to a question with an answer cites one of its spans.

    None when it was refused.
    """
    return (
        None if refused(seen) or seen.case.kind != "answerable" else float(any(_supporting(seen)))
    )


def supporting_first(seen: Observed) -> float | None:
    """Return whether the first citation holds one of the spans; 0 when the question was refused."""
    return float(_supporting(seen)[:1] == [True]) if seen.case.kind == "answerable" else None


def supporting_first_when_answered(seen: Observed) -> float | None:
    """Return whether the first citation holds one of the spans.

    None when the question was refused.
    """
    return None if refused(seen) else supporting_first(seen)


def answer_rate(seen: Observed) -> float | None:
    """Return whether a question with an answer was answered, `partly` not counted."""
    return float(seen.answer.status == "answered") if seen.case.kind == "answerable" else None


def refusal_rate(seen: Observed) -> float | None:
    """Return whether a question without an answer was refused, `partly` counted."""
    return float(seen.answer.status != "answered") if seen.case.kind == "unanswerable" else None


def _supporting(seen: Observed) -> list[bool]:
    """Return, for each citation in the order shown, whether it holds a span."""
    spans = [span for item in seen.case.evidence for span in item.spans]
    return [any(holds(place, span) for span in spans) for place in places_of(shown(seen.answer))]


HITS: tuple[Metric, ...] = (
    Metric("hit_at_1", hit_at(1), "retriever: a gold span in the first hit", of_retriever=True),
    Metric("hit_at_5", hit_at(5), "retriever: a gold span among the first 5", of_retriever=True),
)
PUBLIC_METRICS: tuple[Metric, ...] = (
    Metric(
        "evidence_cited_when_answered",
        evidence_cited_when_answered,
        "answered: a gold span cited",
        decides=True,
    ),
    Metric(
        "supporting_first",
        supporting_first,
        "all with an answer: the first citation holds a gold span",
    ),
    Metric(
        "supporting_first_when_answered",
        supporting_first_when_answered,
        "answered: the first citation holds one",
    ),
    Metric(
        "answer_rate",
        answer_rate,
        "questions with an answer: answered, partly not counted",
        decides=True,
    ),
    Metric(
        "refusal_rate", refusal_rate, "questions without one: refused, partly counted", decides=True
    ),
    *(metric for metric in METRICS if metric.name in SHARED),
    *HITS,
)
