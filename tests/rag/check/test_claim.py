"""A claim is checked against what is retrieved, if it stands in its text."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ingest.errors import QuestionError
from ingest.passages import split_corpus
from ingest.settings import read_settings
from ingest.types import Corpus, Passage
from rag.check.claim import ClaimChecker, clean_claim
from rag.language.words import stems
from rag.question.scope import read_scope
from rag.types import Hit
from rag.wire import claim_json
from ui.plain import claim_text


class WordScorer:
    """Supports a claim by the share of its words that stand in the evidence."""

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        pairs = zip(evidence, claims, strict=True)
        return [
            sum(word in stems(one) for word in stems(claim)) / len(stems(claim))
            for one, claim in pairs
        ]


def checker(corpus: Corpus, passages: Sequence[Passage], relevant: float = 6.0) -> ClaimChecker:
    """Return the checker that is given these passages for any claim."""
    hits = tuple(Hit(passage, corpus.source(passage.source_id), 9.0) for passage in passages)
    return ClaimChecker(
        corpus=corpus,
        retrieve=lambda claim: hits,
        scorer=WordScorer(),
        clean=lambda claim: clean_claim(claim, read_settings()),
        relevant=relevant,
    )


def test_a_claim_in_another_language_is_not_found_and_why(
    river: Corpus, passages: Sequence[Passage]
) -> None:
    known = checker(river, passages)
    checked = replace(known, foreign=read_scope(river, any_language=False).foreign)
    verdict = checked("Die letzte Mühle wurde im Jahr 1934 geschlossen, sagt das Amt.")
    assert (verdict.finding, verdict.evidence) == ("not_found", ())
    assert verdict.reason == "this looks like German; the texts are in English"
    assert checked("The last mill closed in 1934.") == known("The last mill closed in 1934.")


@pytest.fixture
def passages(river: Corpus) -> tuple[Passage, ...]:
    return split_corpus(river, max_chars=600)


def test_both_voices_are_cited_by_exact_words_the_text_first(
    river: Corpus, passages: Sequence[Passage]
) -> None:
    verdict = checker(river, passages)("The last mill closed in 1934.")
    assert verdict.finding == "contradicted"
    assert [one.citation.number for one in verdict.evidence] == [
        *range(1, len(verdict.evidence) + 1)
    ]
    first = verdict.evidence[0]
    assert (first.citation.source.id, first.bearing) == ("river", "contradicts")
    assert first.words == "the essay says 1931, not 1934"
    for one in verdict.evidence:
        citation = one.citation
        assert river.body(citation.source.id)[citation.start : citation.end] == citation.quote


def test_a_passage_that_does_not_stand_in_its_text_is_no_evidence(
    river: Corpus, passages: Sequence[Passage]
) -> None:
    [closed] = [passage for passage in passages if "closed in" in passage.text]
    shifted = replace(closed, start=closed.start + 1, end=closed.end + 1)
    assert checker(river, [closed])("The mills closed in 1931.").finding == "supported"
    assert checker(river, [shifted])("The mills closed in 1931.").finding == "not_found"


def test_what_scores_too_low_is_no_evidence(river: Corpus, passages: Sequence[Passage]) -> None:
    assert checker(river, passages, relevant=9.5)("The mills closed in 1931.").evidence == ()


@pytest.mark.parametrize(
    ("claim", "named"),
    [("?!", "the claim holds no word"), ("x" * 3000, "the claim has 3,000 characters")],
)
def test_a_claim_without_words_or_too_long_is_refused(
    river: Corpus, claim: str, named: str
) -> None:
    with pytest.raises(QuestionError, match=named):
        checker(river, ())(claim)


def test_the_json_form_refers_to_its_citations_by_number(
    river: Corpus, passages: Sequence[Passage]
) -> None:
    form = claim_json(checker(river, passages)("The mills closed in 1931."))
    assert (form["claim"], form["verdict"]) == ("The mills closed in 1931.", "supported")
    assert [one["citation"] for one in form["evidence"]] == [
        citation["number"] for citation in form["citations"]
    ]
    assert form["citations"][0]["quote"] == "The mills closed in 1931."
    assert form["corpus"] == river.fingerprint


@pytest.mark.parametrize(
    ("claim", "opening", "heading"),
    [
        (
            "The mills closed in 1931.",
            "Supported: the essay says so; the note on County Office says 1934, not 1931.",
            "Supports it:\n  [1] river",
        ),
        (
            "The mills closed in 1951.",
            "Contradicted: the essay says 1931, not 1951",
            "Contradicts it:\n  [1] river",
        ),
        (
            "Ghouta was shelled.",
            "Not found in the corpus: the nearest passage does not say so",
            None,
        ),
    ],
    ids=["supported", "contradicted", "not found"],
)
def test_a_reader_gets_the_verdict_why_and_where(
    river: Corpus, passages: Sequence[Passage], claim: str, opening: str, heading: str | None
) -> None:
    text = claim_text(checker(river, passages)(claim))
    assert text.startswith(opening)
    assert heading is None or heading in text
    assert heading is not None or "[1]" not in text


def test_the_headings_keep_what_supports_and_what_contradicts_apart(
    river: Corpus, passages: Sequence[Passage]
) -> None:
    verdict = checker(river, passages)("The mills closed in 1931.")
    other = replace(
        verdict.evidence[0],
        bearing="contradicts",
        citation=replace(verdict.evidence[0].citation, number=2),
    )
    text = claim_text(replace(verdict, evidence=(verdict.evidence[0], other)))
    supports, contradicts = text.split("Contradicts it:")
    assert "[1]" in supports
    assert "[2]" not in supports
    assert "[2]" in contradicts
