"""A public set → each question with the paragraph that answers it or comes nearest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.sets.public import load_questions
from eval.types import Case
from ingest.embed import load_embeddings
from ingest.sources import read_corpus
from ingest.types import Span
from rag.search.keywords import KeywordRanking

# Share of the embedding in finding the paragraph that a question without an answer is about.
DENSE = 0.6


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document; `place` are its characters that answer the question."""

    document: str
    text: str
    place: Span | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A question, the paragraph that answers it or comes nearest, and the next nearest."""

    case: Case
    paragraph: Paragraph
    other: Paragraph


def place_questions(folder: Path) -> Iterator[Placed]:
    """Yield each question of a set with its paragraphs."""
    corpus = read_corpus(folder / "corpus")
    spans = [(text.source_id, span) for text in corpus.texts for span in _paragraphs(text.body)]
    texts = [corpus.body(document)[start:end] for document, (start, end) in spans]
    cases = load_questions(folder, corpus)
    nearest = _nearest([case.question for case in cases], texts)
    for case, near in zip(cases, nearest, strict=True):
        row, place = _answering(case, spans) or (near[0], None)
        other = next((i for i in near if i != row), row)
        yield Placed(
            case,
            Paragraph(spans[row][0], texts[row], place),
            Paragraph(spans[other][0], texts[other]),
        )


def _paragraphs(body: str) -> Iterator[Span]:
    at = 0
    for paragraph in body.split("\n\n"):
        if paragraph.strip():
            yield at, at + len(paragraph)
        at += len(paragraph) + 2


def _answering(case: Case, paragraphs: Sequence[tuple[str, Span]]) -> tuple[int, Span] | None:
    """Return which paragraph holds the first of the answers of a question, and where in it."""
    for answer in (span for item in case.evidence for span in item.spans):
        for row, (document, (start, end)) in enumerate(paragraphs):
            if document == answer.source_id and start <= answer.start and answer.end <= end:
                return row, (answer.start - start, answer.end - start)
    return None


def _nearest(questions: Sequence[str], texts: Sequence[str]) -> Iterator[list[int]]:
    """Yield for each question the two texts that an embedding and BM25 together rank first."""
    embeddings, keywords = load_embeddings(), KeywordRanking(texts)
    asked = np.asarray(embeddings.embed_documents(list(questions)))
    held = np.asarray(embeddings.embed_documents(list(texts)))
    for question, dense in zip(questions, asked @ held.T, strict=True):
        bm25 = keywords.scores(question)
        fused = DENSE * _of_best(dense) + (1 - DENSE) * _of_best(bm25)
        yield [int(row) for row in np.argsort(-fused, kind="stable")[:2]]


def _of_best(scores: np.ndarray) -> np.ndarray:
    """Return scores as shares of the best one."""
    return np.asarray(scores / max(float(scores.max()), 1e-9))
