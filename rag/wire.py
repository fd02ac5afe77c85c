"""Answers and claim checks → JSON, questions and claims from JSON.

There is one form, for the API, the command line, the widget and the evaluation. What comes from
outside is validated here: unknown keys are refused.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote as percent_encode

from pydantic import BaseModel, ConfigDict

from rag.types import Answer, Citation, Sentence, Status, Turn

if TYPE_CHECKING:  # it loads what a claim is checked with
    from rag.check.claim import CitedEvidence, ClaimVerdict

Json = dict[str, Any]

# Words of a quote that a link names in full; of a longer one, so many at each end.
WHOLE_WORDS = 12
END_WORDS = 5
SIDES = ("contradicts", "qualifies", "supports")


def answer_json(answer: Answer) -> Json:
    """Return the JSON form of an answer: plain dicts, lists, strings, numbers and None."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status,
        "text": answer.text,
        "sentences": [_sentence_json(sentence) for sentence in answer.sentences],
        "citations": [citation_json(citation) for citation in answer.citations],
        "reason": answer.reason,
        "nearest": [citation_json(citation) for citation in answer.nearest],
        "withheld": [_withheld_json(sentence) for sentence in answer.withheld],
        "unknown_markers": list(answer.unknown_markers),
        "notice": answer.notice,
        "suggestions": list(answer.suggestions),
        "claims": _claims_json(answer),
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "engine": answer.engine,
        "corpus": answer.corpus,
        "seconds": round(answer.seconds, 3),
    }


def _claims_json(answer: Answer) -> list[Json]:
    """Return the claims that an answer quotes, each with the facts that bear on it, by relation.

    All are numbers of citations. A claim is a quote of a main text; what comes after it and before
    the next one bears on it.
    """
    claims: list[Json] = []
    for sentence in answer.sentences:
        if sentence.relation == "essay":
            claims.append({"citations": list(sentence.citations), **{name: [] for name in SIDES}})
        elif claims and sentence.relation in SIDES:
            claims[-1][sentence.relation] += sentence.citations
    return [claim for claim in claims if any(claim[name] for name in SIDES)]


def _sentence_json(sentence: Sentence) -> Json:
    return {
        "part": sentence.part,
        "intro": sentence.intro,
        "text": sentence.text,
        "relation": sentence.relation,
        "because": sentence.because,
        "verdict": sentence.verdict,
        "support": sentence.support,
        "citations": list(sentence.citations),
    }


def _withheld_json(sentence: Sentence) -> Json:
    return {
        "text": sentence.text,
        "verdict": sentence.verdict,
        "citations": list(sentence.citations),
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
        "relation": citation.relation,
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
        "evidence": [_evidence_json(evidence) for evidence in verdict.evidence],
        "citations": [citation_json(evidence.citation) for evidence in verdict.evidence],
        "corpus": verdict.corpus,
    }


def _evidence_json(evidence: "CitedEvidence") -> Json:
    return {
        "bearing": evidence.bearing,
        "support": round(evidence.support, 4),
        "words": evidence.words,
        "citation": evidence.citation.number,
    }


def deep_link(citation: Citation) -> str | None:
    """Return the address of the source, made to open at the quoted words.

    They are named by a text fragment, https://wicg.github.io/scroll-to-text-fragment/. A note is
    never the page's own wording, so it gets none.
    """
    source = citation.source
    if source.url is None or source.wording == "note":
        return source.url
    hash_sign = "" if "#" in source.url else "#"
    return f"{source.url}{hash_sign}:~:text={_text_fragment(citation.quote)}"


def _text_fragment(quote: str) -> str:
    """Return the quote as a text fragment names it: a long one by its first and last words."""
    words = quote.split()
    ends = [words] if len(words) <= WHOLE_WORDS else [words[:END_WORDS], words[-END_WORDS:]]
    return ",".join(_encode(" ".join(end)) for end in ends)


def _encode(words: str) -> str:
    # A hyphen has a meaning of its own in a text fragment.
    return percent_encode(words, safe="").replace("-", "%2D")


class TurnForm(BaseModel):
    """An earlier turn as it comes from outside: `{"question": …, "answer": …, "status": …}`.

    The answer may be empty or left out; so may the status, which is that of the answer: what was
    refused is not leaned on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    answer: str = ""
    status: Status = "answered"


class AskForm(BaseModel):
    """A question as it comes from outside: `{"question": …, "history": […]}`.

    Unknown keys are refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    history: tuple[TurnForm, ...] = ()

    def turns(self) -> tuple[Turn, ...]:
        """Return the history as turns."""
        return tuple(Turn(turn.question, turn.answer, turn.status) for turn in self.history)


class ClaimForm(BaseModel):
    """A line of claims to check: `{"id": …, "claim": …}`; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str | int
    claim: str


class BatchForm(AskForm):
    """A line of a batch: a question with an id of the caller's."""

    id: str | int
