"""Made-up sources, citations and answers."""

from typing import Any

from ingest.types import Source
from rag.types import Answer, Citation, Sentence

MAIN = Source(
    "essay",
    "A text",
    "An author",
    "A paper",
    "2016-12",
    "https://example.org/a",
    "CC BY",
    "main",
    "verbatim",
)
NOTE = Source(
    "count",
    "A count",
    None,
    "Count House (CH)",
    "2016",
    "https://example.org/b",
    "ours",
    "sources",
    "note",
)


def answer(*citations: Citation, **values: Any) -> Answer:
    sentences = values.pop(
        "sentences", tuple(Sentence(c.quote, "quoted", (c.number,)) for c in citations)
    )
    fields: dict[str, Any] = {
        "status": "answered",
        "reason": None,
        "nearest": (),
        "engine": "quote",
        "corpus": "sha256:0",
    } | values
    return Answer("Why?", "Why?", sentences=sentences, citations=citations, **fields)


def cited(source: Source, quote: str = "These words.", **values: Any) -> Citation:
    fields: dict[str, Any] = {
        "number": 1,
        "locator": "paragraph 3",
        "start": 4,
        "end": 4 + len(quote),
    } | values
    return Citation(source=source, quote=quote, **fields)
