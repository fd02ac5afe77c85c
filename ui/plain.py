"""Answer → plain text for a terminal: the answer with its numbers, then each citation with source, place and quote."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ingest.types import Wording
from rag.types import Answer, Citation, Sentence

if TYPE_CHECKING:  # they load what a claim is checked with
    from rag.check.claim import ClaimVerdict, Finding

FINDINGS: "Mapping[Finding, str]" = {
    "supported": "Supported",
    "contradicted": "Contradicted",
    "not_found": "Not found in the corpus",
}


def answer_text(answer: Answer) -> str:
    """Return the whole answer as lines of text."""
    parts = [
        answer.notice,
        answer.reason,
        *_paragraphs(answer.sentences, {c.number: c.source.wording for c in answer.citations}),
        _withheld(len(answer.withheld)),
    ]
    if answer.citations:
        parts.append(_listed("Citations", answer.citations))
    if answer.nearest:
        parts.append(_listed("Closest passages", answer.nearest))
    return "\n\n".join(part for part in parts if part)


def claim_text(verdict: "ClaimVerdict") -> str:
    """Return the verdict on a claim, why, and each citation with how it bears on the claim, as lines of text."""
    parts = [f"{FINDINGS[verdict.finding]}: {verdict.reason}."]
    for heading, bearing in (("Supports it", "supports"), ("Contradicts it", "contradicts")):
        citations = [one.citation for one in verdict.evidence if one.bearing == bearing]
        parts += [_listed(heading, citations)] if citations else []
    return "\n\n".join(parts)


def _withheld(count: int) -> str | None:
    """Return how many sentences are withheld, in words; None where none is."""
    if count == 0:
        return None
    sentences = "1 sentence was" if count == 1 else f"{count} sentences were"
    return f"{sentences} withheld: what was written does not stand in the texts."


def _paragraphs(sentences: Iterable[Sentence], wording: Mapping[int, Wording]) -> list[str]:
    """Return a paragraph for each change of speaker."""
    paragraphs: list[str] = []
    for sentence in sentences:
        quoted = sentence.verdict == "quoted" and all(
            wording[number] == "verbatim" for number in sentence.citations
        )
        words = f"“{sentence.text}”" if quoted else " ".join(sentence.text.split())
        mark = " (reworded)" if sentence.verdict == "supported" else ""
        line = (
            f"{sentence.lead}{words}{mark} {''.join(f'[{n}]' for n in sentence.citations)}".rstrip()
        )
        if sentence.lead or not paragraphs:
            paragraphs.append(line)
        else:
            paragraphs[-1] += f" {line}"
    return paragraphs


def _words(text: str, wording: Wording) -> str:
    """Return quoted words as they are shown: a note is in our words, quotation marks would pass it off as the source's."""
    return f"“{text}”" if wording == "verbatim" else " ".join(text.split())


def _listed(heading: str, citations: Iterable[Citation]) -> str:
    return "\n".join([f"{heading}:", *map(_citation, citations)])


def _citation(citation: Citation) -> str:
    source = citation.source
    kind = "note in our words" if source.wording == "note" else "verbatim"
    relation = (
        ""
        if source.voice == "main"
        else f"; {source.relation} the essay"
        if source.relation != "context"
        else "; context"
    )
    origin = ", ".join(
        filter(
            None,
            [
                source.author if source.wording == "verbatim" else None,
                source.publisher,
                source.date,
            ],
        )
    )
    where = f"{citation.locator}, characters {citation.start}–{citation.end}"
    lines = [
        f"  [{citation.number}] {source.title} ({origin or source.id}; {kind}{relation}), {where}:",
        f"      {_words(citation.quote, source.wording)}",
    ]
    return "\n".join([*lines, f"      {source.url}"] if source.url else lines)
