"""Broad questions are answered from the guide and the claim map, and every word of it is held."""

from pathlib import Path

import pytest

from eval.metrics.answers import relation_true, sentences_held
from eval.types import Case, Observed
from ingest.claims import ClaimMap
from ingest.neighbours import read_neighbours
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.about.central import Central
from rag.about.claims import NO_MAP, NOT_THERE, ClaimAnswers
from rag.about.guide import NO_GUIDE, GuideAnswers, read_names
from rag.about.suggest import read_suggestions
from rag.check.quotes import Verifier
from rag.decide.missing import read_vocabulary
from rag.quote.engine import QuoteEngine
from rag.types import Answer, Decision, Draft, Hit, Told, Turn
from rag.wire import answer_json
from tests.fakes import GUIDE, NOTES, WordVectors, write_corpus


@pytest.fixture
def guided(tmp_path: Path) -> Corpus:
    return read_corpus(write_corpus(tmp_path / "guided", notes=NOTES, guide=GUIDE))


def engine_of(corpus: Corpus) -> QuoteEngine:
    passages = split_corpus(corpus, max_chars=600)
    return QuoteEngine(corpus, ClaimMap(corpus, passages), read_neighbours(corpus, passages))


def guide_of(corpus: Corpus) -> GuideAnswers:
    engine = engine_of(corpus)
    central = Central(corpus, engine.neighbours, WordVectors())
    return GuideAnswers(engine, central, read_names(corpus))


def claims_of(corpus: Corpus, *, missing: str = "nothing") -> ClaimAnswers:
    engine = engine_of(corpus)

    def search(question: str) -> tuple[Hit, ...]:
        words = {word for word in question.split() if len(word) > 3}
        return tuple(
            Hit(passage, corpus.source(passage.source_id), 1.0)
            for passage in engine.neighbours.passages
            if any(word in passage.text for word in words) and missing not in passage.text
        )

    return ClaimAnswers(engine, search, read_vocabulary(corpus))


def checked(corpus: Corpus, told: Told) -> Answer:
    answer = Verifier(corpus)("Q", "Q", told.hits, told.decision, told.draft)
    seen = Observed(Case("a", "summary", "Q"), answer, (), corpus)
    assert answer.withheld == ()
    assert sentences_held(seen) in (1.0, None)
    assert relation_true(seen) in (1.0, None)
    return answer


def test_a_summary_is_the_guides_and_tells_what_disputes_it(guided: Corpus) -> None:
    answer = checked(guided, guide_of(guided).summary())
    lead = [s for s in answer.sentences if s.part == "lead"]
    assert [s.text for s in lead] == [
        "The text says the mills closed.",
        "Why, it says nobody knows.",
    ]
    assert [s.verdict for s in lead] == ["curated", "curated"]
    assert lead[0].intro == "Summary in our words: "
    assert "A source disagrees (note on County Office): one ran until 1934" in answer.text
    assert "It rises in the north." not in answer.text
    assert any(s.intro == "The river: " for s in answer.sentences if s.part == "more")
    [claim, *_] = answer_json(answer)["claims"]
    assert claim["contradicts"]


def test_thesis_and_conclusion_are_the_guides(guided: Corpus) -> None:
    guide = guide_of(guided)
    assert "The river fed mills." in checked(guided, guide.thesis()).text
    assert "It ends in doubt." in checked(guided, guide.conclusion()).text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["river"], ["The river rises up north."], id="a name"),
        pytest.param(["valley", "mill"], ["There were three mills."], id="another name"),
        pytest.param(
            ["mill"], ["There were three mills.", "The mills closed."], id="of several topics each"
        ),
        pytest.param(["mill", "loud"], ["There were three mills.", "The mills closed."], id="lost"),
        pytest.param(["mill", "1931"], [], id="a number is not lost"),
        pytest.param(["loud"], [], id="none"),
        pytest.param([], [], id="no words"),
    ],
)
def test_a_topic_is_told_by_its_names(guided: Corpus, words: list[str], says: list[str]) -> None:
    assert [one.says for one in guide_of(guided).gist(words)] == says


def test_without_a_guide_sentences_stand_for_the_text(tmp_path: Path) -> None:
    body = "\n\n".join(
        f"Part {n} tells of ferry {n} and of how the ferries ran to the island in that year. "
        "Nobody drowned in those days, and the ferries were full of salt and of sheep. " * 2
        for n in range(12)
    )
    corpus = read_corpus(write_corpus(tmp_path / "c", {"ferry.txt": body}))
    answer = checked(corpus, guide_of(corpus).summary())
    assert answer.notice == NO_GUIDE
    assert {s.verdict for s in answer.sentences} == {"quoted"}
    assert 1 <= len(answer.citations) <= 6
    ending = checked(corpus, guide_of(corpus).conclusion())
    assert ending.citations[-1].end == len(body.rstrip())


def test_a_corpus_of_one_short_line_has_a_summary_too(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c", {"a.txt": "It rained."}))
    assert checked(corpus, guide_of(corpus).summary()).text == "The essay says: It rained."


def test_all_that_disputes_the_text_is_told_contradictions_first(guided: Corpus) -> None:
    answer = checked(guided, claims_of(guided).whole("disputes", "Who disagrees?"))
    assert answer.notice == "All that the claim map holds: 1 contradiction, by 1 source."
    assert [s.relation for s in answer.sentences] == ["essay", "contradicts"]
    assert answer.sentences[1].text == "The last mill shut in 1934."


def test_all_that_supports_the_text_is_told(guided: Corpus) -> None:
    answer = checked(guided, claims_of(guided).whole("supports", "Who agrees?"))
    assert [s.relation for s in answer.sentences] == ["essay", "supports"]


def test_a_corpus_without_notes_says_so(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c"))
    answer = checked(corpus, claims_of(corpus).whole("disputes", "Who disagrees?"))
    assert (answer.status, answer.reason) == ("not_in_corpus", NO_MAP)


def test_who_disputes_a_claim_is_told_with_the_claim(guided: Corpus) -> None:
    answer = checked(guided, claims_of(guided).on("disputes", "Who says that mills closed later?"))
    assert [s.relation for s in answer.sentences[:2]] == ["essay", "contradicts"]


def test_what_nobody_supports_is_said_to_have_no_support(guided: Corpus) -> None:
    claims = claims_of(guided, missing="feeds")
    answer = checked(guided, claims.on("supports", "Who confirms that mills closed?"))
    assert answer.notice == NOT_THERE["supports"]
    assert "contradicts" in {s.relation for s in answer.sentences}, "what disputes it stands there"


def test_all_that_a_source_bears_on_is_told_where_it_is_named(guided: Corpus) -> None:
    claims = claims_of(guided)
    answer = checked(guided, claims.on("disputes", "Does the county agree?", "County Office"))
    assert [s.relation for s in answer.sentences] == ["essay", "contradicts"]
    assert {c.source.id for c in answer.citations} == {"river", "record"}


def test_a_corpus_without_notes_says_so_beside_the_claim(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c"))
    answer = checked(corpus, claims_of(corpus).on("disputes", "Who says mills closed later?"))
    assert (answer.status, answer.reason) == ("partly", NO_MAP)
    assert "mills" in answer.text


def test_of_a_name_that_no_text_has_nothing_is_told(guided: Corpus) -> None:
    answer = checked(guided, claims_of(guided).on("disputes", "Who disputes what Zorro closed?"))
    assert answer.status == "not_in_corpus"
    assert "Zorro" in (answer.reason or "")


def test_where_nothing_is_found_that_is_said(guided: Corpus) -> None:
    answer = checked(guided, claims_of(guided).on("disputes", "who disputes the yield"))
    assert (answer.status, answer.reason) == ("not_in_corpus", "The texts do not answer this.")


def test_every_claim_of_the_shipped_map_is_told_once_for_each_fact() -> None:
    corpus = read_corpus()
    told = claims_of(corpus).whole("disputes", "Who disagrees?")
    answer = checked(corpus, told)
    shown = {(c.source.id, c.locator) for c in answer.citations}
    disputing = {
        (source.id, bearing.because)
        for source in corpus.sources
        for bearing in source.bears
        if bearing.relation in ("contradicts", "qualifies")
    }
    assert {(c.source.id) for c in answer.citations} >= {source_id for source_id, _ in disputing}
    assert {s.because for s in answer.sentences} >= {because for _, because in disputing}
    assert len(shown) <= len(answer.citations)


def asked(corpus: Corpus, question: str, *history: str) -> tuple[str, ...]:
    told = guide_of(corpus).thesis()
    answer = Verifier(corpus)(question, question, (), told.decision, told.draft)
    return read_suggestions(corpus)(answer, tuple(Turn(one) for one in history))


def test_suggestions_go_on_with_the_topic(guided: Corpus) -> None:
    assert asked(guided, "What is it about?") == (
        "When did the mills close?",
        "How many mills does it feed?",
        "Where does the river rise?",
    )


def test_what_was_asked_is_not_suggested(guided: Corpus) -> None:
    suggested = asked(guided, "When did the mills close?", "how many mills does the river feed")
    assert suggested == ("Where does the river rise?", "Does anybody know why they closed?")


def test_a_corpus_without_a_guide_suggests_nothing(river: Corpus) -> None:
    blank = Verifier(river)("Q", "Q", (), Decision("not_in_corpus", "No."), Draft(()))
    assert read_suggestions(river)(blank, ()) == ()


def test_what_disputes_a_sentence_that_stands_for_the_text_is_shown(river: Corpus) -> None:
    answer = checked(river, guide_of(river).summary())
    quoted = [s for s in answer.sentences if s.relation == "essay"]
    assert any("closed in 1931" in s.text for s in quoted)
    assert "contradicts" in {s.relation for s in answer.sentences}
