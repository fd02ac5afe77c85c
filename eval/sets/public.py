"""Public question sets: a folder `corpus/*.txt` and `questions.jsonl` → cases.

A row is `{"id", "question", "answerable", "spans"}`, a span `{"document", "start", "end", "text"}`
with `corpus/<document>.txt[start:end] == text` in characters.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.types import Case, Gold, PublicKind
from ingest.errors import CaseError
from ingest.types import Corpus, Place


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
    """Return the questions of a set as cases of kind `answerable` or `unanswerable`.

    Each span is an item of gold. Raises CaseError, naming the file and the question, for a row that
    is invalid or a span that is not in its document.
    """
    file = folder / "questions.jsonl"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"questions {str(file)!r} cannot be read: {error}") from error
    return tuple(_case(row, corpus) for row in _rows(file, lines))


def _rows(file: Path, lines: list[str]) -> Iterator[QuestionRow]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield QuestionRow.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]["msg"]
            raise CaseError(f"{str(file)!r}, line {number}: {problem}") from error


def _case(row: QuestionRow, corpus: Corpus) -> Case:
    if row.answerable != bool(row.spans):
        raise CaseError(f"question {row.id!r}: an answerable question has spans, and no other has")
    kind: PublicKind = "answerable" if row.answerable else "unanswerable"
    gold = tuple(Gold((_place(row.id, span, corpus),)) for span in row.spans)
    return Case(row.id, kind, row.question, gold)


def _place(question_id: str, span: SpanRow, corpus: Corpus) -> Place:
    try:
        words = corpus.body(span.document)[span.start : span.end]
    except KeyError as error:
        raise CaseError(
            f"question {question_id!r}: the corpus has no document {span.document!r}"
        ) from error
    if words != span.text:
        raise CaseError(
            f"question {question_id!r}: {span.document}[{span.start}:{span.end}] is {words!r}, "
            f"not {span.text!r}"
        )
    return Place(span.document, span.start, span.end)
