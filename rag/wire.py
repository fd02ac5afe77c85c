"""Answer or claim check → JSON, question or claim from JSON: one form for API, command line, widget and evaluation."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote as percent_encode

from pydantic import BaseModel, ConfigDict

from rag.types import Answer, Citation, Turn

if TYPE_CHECKING:  # it loads what a claim is checked with
    from rag.check.claim import ClaimVerdict

Json = dict[str, Any]


def answer_json(answer: Answer) -> Json:
    """Return the JSON form of an answer: plain dicts, lists, strings, numbers and None."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status,
        "text": answer.text,
        "sentences": [
            {
                "lead": s.lead,
                "text": s.text,
                "relation": s.relation,
                "verdict": s.verdict,
                "support": s.support,
                "citations": list(s.citations),
            }
            for s in answer.sentences
        ],
        "citations": [citation_json(c) for c in answer.citations],
        "reason": answer.reason,
        "nearest": [citation_json(c) for c in answer.nearest],
        "withheld": [
            {"text": s.text, "verdict": s.verdict, "citations": list(s.citations)}
            for s in answer.withheld
        ],
        "unknown_markers": list(answer.unknown_markers),
        "notice": answer.notice,
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "engine": answer.engine,
        "corpus": answer.corpus,
        "seconds": round(answer.seconds, 3),
    }


def citation_json(citation: Citation) -> Json:
    """Return the JSON form of a citation.

    `start` and `end` are characters into the text of the source.
    """
    source = citation.source
    return {
        "number": citation.number,
        "source_id": source.id,
        "title": source.title,
        "author": source.author,
        "publisher": source.publisher,
        "date": source.date,
        "licence": source.licence,
        "wording": source.wording,
        "relation": source.relation,
        "locator": citation.locator,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "url": deep_link(citation),
    }


def claim_json(verdict: "ClaimVerdict") -> Json:
    """Return the JSON form of a claim check; `citation` is the number of a citation."""
    return {
        "claim": verdict.claim,
        "verdict": verdict.finding,
        "reason": verdict.reason,
        "evidence": [
            {
                "bearing": one.bearing,
                "support": round(one.support, 4),
                "words": one.words,
                "citation": one.citation.number,
            }
            for one in verdict.evidence
        ],
        "citations": [citation_json(one.citation) for one in verdict.evidence],
        "corpus": verdict.corpus,
    }


def deep_link(citation: Citation) -> str | None:
    """Return the address of the source, with a text fragment where the quote is the page's own wording.

    https://wicg.github.io/scroll-to-text-fragment/ (a note is never the page's wording, so it gets
    none).
    """
    source = citation.source
    if source.url is None or source.wording == "note":
        return source.url
    words = citation.quote.split()
    ends = [" ".join(words)] if len(words) <= 12 else [" ".join(words[:5]), " ".join(words[-5:])]
    fragment = ",".join(percent_encode(end, safe="").replace("-", "%2D") for end in ends)
    return f"{source.url}{'' if '#' in source.url else '#'}:~:text={fragment}"


class TurnForm(BaseModel):
    """An earlier turn as it comes from outside: `{"question": …, "answer": …}`.

    The answer may be empty or left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    answer: str = ""


class AskForm(BaseModel):
    """A question as it comes from outside: `{"question": …, "history": […]}`.

    Unknown keys are refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    history: tuple[TurnForm, ...] = ()

    def turns(self) -> tuple[Turn, ...]:
        """Return the history as turns."""
        return tuple(Turn(turn.question, turn.answer) for turn in self.history)


class ClaimForm(BaseModel):
    """A line of claims to check: `{"id": …, "claim": …}`; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str | int
    claim: str


class BatchForm(AskForm):
    """A line of a batch: a question with an id of the caller's."""

    id: str | int
