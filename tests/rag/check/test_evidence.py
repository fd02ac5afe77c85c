"""A claim is supported, contradicted or not found, by the words of the essay and the notes."""

from collections.abc import Sequence

import pytest

from ingest.types import Passage, Source, Voice, Wording
from ingest.voices import speaker
from rag.check.evidence import check, mend, weigh
from rag.language.compare import AFFIRMED, Mismatch, compare, read_facts
from rag.language.words import stems
from rag.types import Hit


class WordScorer:
    """Supports a claim by the share of its words that stand in the evidence.

    Remembers what it was asked.
    """

    def __init__(self) -> None:
        """Start with nothing asked."""
        self.asked: list[tuple[str, str]] = []

    def score(self, evidence: Sequence[str], claims: Sequence[str]) -> list[float]:
        """Return the share of content words found, for each pair."""
        self.asked += zip(evidence, claims, strict=True)
        return [
            self._share(stems(claim), stems(one))
            for one, claim in zip(evidence, claims, strict=True)
        ]

    @staticmethod
    def _share(words: list[str], held: list[str]) -> float:
        return sum(word in held for word in words) / len(words)


def _hit(
    text: str,
    publisher: str | None = None,
    title: str = "The tyrants bring the invaders",
    score: float = 9.0,
) -> Hit:
    voice: Voice = "sources" if publisher else "main"
    wording: Wording = "note" if publisher else "verbatim"
    source = Source(publisher or "essay", title, None, publisher, None, None, None, voice, wording)
    return Hit(Passage(source.id, 0, len(text), text, "paragraph 1", 0, len(text)), source, score)


KILLED = _hit(
    "In the first 305 days of its intervention, Russian airstrikes killed 2,704 civilians, "
    "including 746 children."
)
EIGHTY = _hit(
    "Yet over 80% of Russian bombs have fallen nowhere near territory controlled by the terror "
    "group."
)
MILITIAS = _hit(
    "Already in Aleppo\u2019s evacuation deal, Iran\u2019s sectarian militias did not comply."
)
STUDENTS = _hit("Syrian students often studied in Russia or other eastern bloc countries.")
REUTERS = _hit(
    "Reuters found that close to 80 percent of the bombs of Russia fell nowhere near territory "
    "of Islamic State.",
    "Reuters",
    "Most of Russia's strikes don't target Islamic State",
)
LEASE = _hit(
    "The agreement on the base at Tartus runs for 49 years.",
    "TASS",
    "Putin signs order on Russia's naval base",
)
HITS = (KILLED, EIGHTY, MILITIAS, STUDENTS, REUTERS, LEASE)


@pytest.mark.parametrize(
    ("claim", "finding", "supports", "contradicts"),
    [
        pytest.param(
            "Russian airstrikes killed 2,704 civilians", "supported", [KILLED], [], id="number"
        ),
        pytest.param(
            "Russian airstrikes killed over 2,000 civilians", "supported", [KILLED], [], id="bound"
        ),
        pytest.param(
            "Russian airstrikes killed 2,740 civilians",
            "contradicted",
            [],
            [KILLED],
            id="digits-swapped",
        ),
        pytest.param(
            "Russian airstrikes killed 746 civilians",
            "contradicted",
            [],
            [KILLED],
            id="figure-of-the-children",
        ),
        pytest.param(
            "over 80% of Russian bombs have fallen nowhere near territory",
            "supported",
            [EIGHTY],
            [REUTERS],
            id="essay-first",
        ),
        pytest.param(
            "almost 80% of Russian bombs fell nowhere near territory",
            "contradicted",
            [REUTERS],
            [EIGHTY],
            id="voices-differ",
        ),
        pytest.param(
            "The agreement on the base at Tartous runs for 49 years",
            "supported",
            [LEASE],
            [],
            id="variant",
        ),
        pytest.param(
            "The agreement on the base at Tartus runs for 99 years",
            "contradicted",
            [],
            [LEASE],
            id="note",
        ),
        pytest.param(
            "Iran\u2019s sectarian militias complied", "contradicted", [], [MILITIAS], id="negation"
        ),
        pytest.param("Assad studied in Moscow", "not_found", [], [], id="other-names"),
        pytest.param("Ghouta was bombed with sarin", "not_found", [], [], id="not-in-the-corpus"),
    ],
)
def test_a_claim_gets_the_verdict_a_reader_would_give(
    claim: str, finding: str, supports: list[Hit], contradicts: list[Hit]
) -> None:
    verdict = check(claim, HITS, WordScorer())
    assert verdict.finding == finding
    assert [one.hit for one in verdict.evidence if one.bearing == "supports"] == supports
    assert [one.hit for one in verdict.evidence if one.bearing == "contradicts"] == contradicts


def test_a_contradiction_says_who_says_what() -> None:
    verdict = check("Russian airstrikes killed 2,740 civilians", HITS, WordScorer())
    assert verdict.reason == "the essay says 2,704 civilians, not 2,740 civilians"


def test_a_claim_not_found_says_what_the_nearest_passage_lacks() -> None:
    verdict = check("Syrian students often studied in Moscow", (STUDENTS,), WordScorer())
    assert verdict.reason == "the nearest passage does not say so: it does not mention Moscow"


def test_a_passage_on_another_subject_is_no_evidence() -> None:
    claim = "Syrian students often studied in Russia"
    assert check(claim, (_hit(claim, score=1.0),), WordScorer()).finding == "not_found"
    assert (
        check(claim, (_hit(claim, score=1.0),), WordScorer(), relevant=0.5).finding == "supported"
    )


def test_another_number_for_another_time_contradicts_nothing() -> None:
    november = _hit("By November 2015 Russian airstrikes had killed 329 civilians.", "VDC")
    claim = "Russian airstrikes killed 2,704 civilians"
    assert [one.hit for one in check(claim, (KILLED, november), WordScorer()).evidence] == [KILLED]
    assert check(f"{claim} by November 2015", (november,), WordScorer()).finding == "contradicted"


def test_no_passage_is_no_verdict() -> None:
    verdict = check("Russia came", (), WordScorer())
    assert (verdict.finding, verdict.evidence, verdict.reason) == (
        "not_found",
        (),
        "no passage was found",
    )


def test_a_name_may_stand_around_the_passage() -> None:
    hit = _hit("It showcases its advanced weaponry.")
    claim = "It is Russia that showcases advanced weaponry"
    assert check(claim, (hit,), WordScorer()).finding == "not_found"
    known = check(
        "Syria lets Russia showcase advanced weaponry",
        (hit,),
        WordScorer(),
        context=lambda _: "Russia and Syria",
    )
    assert known.finding == "supported"


def test_a_passage_that_cannot_bear_on_the_claim_is_not_scored() -> None:
    scorer = WordScorer()
    check("Russian airstrikes killed 2,740 civilians", HITS, scorer)
    assert scorer.asked == [(KILLED.passage.text, "Russian airstrikes killed 2,704 civilians")]


@pytest.mark.parametrize(
    ("claim", "mismatch", "mended"),
    [
        pytest.param(
            "2,740  civilians",
            Mismatch("number", "2,740 civilians", "2,704 civilians"),
            "2,704 civilians",
            id="space",
        ),
        pytest.param(
            "They complied",
            Mismatch("negation", "complied", "denies"),
            "They not complied",
            id="deny",
        ),
        pytest.param(
            "They did not comply", Mismatch("negation", "comply", AFFIRMED), None, id="denial"
        ),
        pytest.param(
            "Exports fell", Mismatch("opposite", "fell", "rose"), "Exports rose", id="opposite"
        ),
        pytest.param(
            "In Moscow", Mismatch("name", "Moscow", None), None, id="nothing-to-put-there"
        ),
    ],
)
def test_a_claim_is_put_right_where_the_evidence_says_how(
    claim: str, mismatch: Mismatch, mended: str | None
) -> None:
    assert mend(claim, [mismatch]) == mended


def test_a_claim_put_right_has_no_mismatch_left() -> None:
    claim = "Russian airstrikes killed 2,740 civilians, including 764 children"
    mended = mend(claim, compare(read_facts(claim), read_facts(KILLED.passage.text)))
    assert mended is not None
    assert compare(read_facts(mended), read_facts(KILLED.passage.text)) == ()


def test_relevance_speaks_for_a_passage_or_against_it() -> None:
    assert weigh(0.5, 6.5) < weigh(0.5, 7.5) == 0.5 < weigh(0.5, 8.5)
    assert weigh(0.0, 7.5) == pytest.approx(0, abs=0.01)
    assert weigh(1.0, 7.5) == pytest.approx(1, abs=0.01)


def test_a_denial_in_other_words_is_not_called_a_contradiction() -> None:
    verdict = check("Russian bombs did not target Islamic State", (REUTERS,), WordScorer())
    assert "contradicts" not in [one.bearing for one in verdict.evidence]


def test_a_note_is_never_said_to_be_the_source() -> None:
    assert [speaker(hit.source) for hit in (KILLED, REUTERS)] == ["essay", "note on Reuters"]
