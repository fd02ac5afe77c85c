"""Answer or claim check → plain text for a terminal.

First the answer with its citation numbers, then each citation with its source, place and quote.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.types import Wording
from rag.types import Answer, Citation, Sentence

if TYPE_CHECKING:  # they load what a claim is checked with
    from rag.check.claim import ClaimVerdict
    from rag.check.evidence import Finding

FINDINGS: "Mapping[Finding, str]" = {
    "supported": "Supported",
    "contradicted": "Contradicted",
    "not_found": "Not found in the corpus",
}


def answer_text(answer: Answer, *, whole: bool = False) -> str:
    """Return an answer as lines of text: what answers and what disputes that, or the whole."""
    shown = answer.sentences if whole else answer.shown
    wordings = {citation.number: citation.source.wording for citation in answer.citations}
    parts = [
        answer.notice,
        answer.reason,
        *_paragraphs(shown, wordings),
        _left_out(answer.sentences, shown),
        _withheld(len(answer.withheld)),
    ]
    if cited := answer.cited_by(shown):
        parts.append(_listed("Citations", cited))
    if answer.nearest:
        parts.append(_listed("Closest passages", answer.nearest))
    if answer.suggestions:
        parts.append("\n".join(["You could ask:", *(f"  {one}" for one in answer.suggestions)]))
    return "\n\n".join(part for part in parts if part)


def claim_text(verdict: "ClaimVerdict") -> str:
    """Return the verdict on a claim, why, and the citations that support and contradict it."""
    parts = [f"{FINDINGS[verdict.finding]}: {verdict.reason}."]
    for heading, bearing in (("Supports it", "supports"), ("Contradicts it", "contradicts")):
        evidence = [piece for piece in verdict.evidence if piece.bearing == bearing]
        if evidence:
            parts.append(_listed(heading, [piece.citation for piece in evidence]))
    return "\n\n".join(parts)


def _left_out(sentences: Sequence[Sentence], shown: Sequence[Sentence]) -> str | None:
    """Return in words what an answer holds beside what is shown; None where that is all."""
    hidden = [sentence for sentence in sentences if sentence not in shown]
    supporting = sum(sentence.relation == "supports" for sentence in hidden)
    others = len(hidden) - supporting
    counts = []
    if supporting:
        counts.append(f"{supporting} supporting {'note' if supporting == 1 else 'notes'}")
    if others:
        counts.append(f"{others} more {'passage' if others == 1 else 'passages'}")
    return f"({' and '.join(counts)}: --all shows them.)" if counts else None


def _withheld(count: int) -> str | None:
    """Return how many sentences are withheld, in words; None where none is."""
    if count == 0:
        return None
    sentences = "1 sentence was" if count == 1 else f"{count} sentences were"
    return f"{sentences} withheld: what was written does not stand in the texts."


def _paragraphs(sentences: Iterable[Sentence], wordings: Mapping[int, Wording]) -> list[str]:
    """Return a paragraph for each change of speaker."""
    paragraphs: list[str] = []
    for sentence in sentences:
        line = _line(sentence, wordings)
        if sentence.intro or not paragraphs:
            paragraphs.append(line)
        else:
            paragraphs[-1] += f" {line}"
    return paragraphs


def _line(sentence: Sentence, wordings: Mapping[int, Wording]) -> str:
    """Return a sentence behind who says it, with its citation numbers."""
    quoted = sentence.verdict == "quoted" and all(
        wordings[number] == "verbatim" for number in sentence.citations
    )
    words = _words(sentence.text, in_quotation_marks=quoted)
    mark = " (reworded)" if sentence.verdict == "supported" else ""
    numbers = "".join(f"[{number}]" for number in sentence.citations)
    return f"{sentence.intro}{words}{mark} {numbers}".rstrip()


def _words(text: str, *, in_quotation_marks: bool) -> str:
    """Return words as they are shown.

    A note is in our words: quotation marks would pass it off as the source's.
    """
    return f"“{text}”" if in_quotation_marks else " ".join(text.split())


def _listed(heading: str, citations: Iterable[Citation]) -> str:
    return "\n".join([f"{heading}:", *map(_citation, citations)])


def _citation(citation: Citation) -> str:
    source = citation.source
    place = f"{citation.locator}, characters {citation.start}–{citation.end}"
    words = _words(citation.quote, in_quotation_marks=source.wording == "verbatim")
    lines = [
        f"  [{citation.number}] {source.title} ({_about(citation)}), {place}:",
        f"      {words}",
    ]
    if source.url:
        lines.append(f"      {source.url}")
    return "\n".join(lines)


def _about(citation: Citation) -> str:
    """Return where a source is from, whose words are cited, and how they bear on the essay."""
    source = citation.source
    # The author of a source did not write the note on it.
    author = source.author if source.wording == "verbatim" else None
    origin = [part for part in (author, source.publisher, source.date) if part]
    parts = [", ".join(origin) or source.id]
    parts.append("note in our words" if source.wording == "note" else "verbatim")
    if citation.relation == "context":
        parts.append("context")
    elif citation.relation != "essay":
        parts.append(f"{citation.relation} the essay")
    return "; ".join(parts)
