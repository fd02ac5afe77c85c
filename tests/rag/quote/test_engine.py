"""The quote engine says nothing of its own: exact words, who speaks, and who disagrees."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.claims import ClaimMap
from ingest.neighbours import read_neighbours
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Corpus, Passage
from rag.chain import EssayChain
from rag.quote.engine import QuoteEngine, choose
from rag.types import Decision, Draft, DraftSentence, Hit
from tests.fakes import write_corpus

ANSWERED = Decision("answered", None, 0.9)
# Logits of a sentence that answers plainly, of one that comes near, and of all others.
ANSWERS, NEAR, FAR = 8.0, 6.5, -11.0


def drafted(
    corpus: Corpus,
    decision: Decision = ANSWERED,
    *,
    answers: Sequence[str] = (),
    near: Sequence[str] = (),
    hits: int = 100,
) -> Draft:
    """Return the draft over hits that score by the words which stand in them."""
    passages = split_corpus(corpus, max_chars=600)
    found = []
    for passage in passages:
        score = FAR + (ANSWERS - FAR) * any(word in passage.text for word in answers)
        score = NEAR if any(word in passage.text for word in near) else score
        found.append(Hit(passage, corpus.source(passage.source_id), score))
    found.sort(key=lambda hit: (hit.source.voice != "main", -hit.score))
    engine = QuoteEngine(corpus, ClaimMap(corpus, passages), read_neighbours(corpus, passages))
    return engine("When did the mills close?", tuple(found[:hits]), decision)


def words(draft: Draft) -> str:
    return " | ".join(quote.text for sentence in draft.sentences for quote in sentence.quotes)


def test_the_sentence_that_answers_is_quoted_with_who_says_it(river: Corpus) -> None:
    first, *_ = drafted(river, answers=["rises"]).sentences
    assert "The river rises in the north." in first.quotes[0].text
    assert first.relation == "essay"
    assert first.intro


def test_every_sentence_is_exact_words_of_its_source(river: Corpus) -> None:
    draft = drafted(river, answers=["closed in", "shut"], near=["rises", "spring"])
    assert len(draft.sentences) > 1
    for sentence in draft.sentences:
        assert sentence.text is None
        for quote in sentence.quotes:
            assert river.body(quote.source_id)[quote.start : quote.end] == quote.text


def test_what_scores_far_below_is_not_quoted(river: Corpus) -> None:
    assert "Nobody knows" not in words(drafted(river, answers=["rises"]))


def test_a_note_that_contradicts_what_is_quoted_is_marked(river: Corpus) -> None:
    draft = drafted(river, answers=["closed in"], near=["shut"])
    assert "The mills closed in 1931." in words(draft)
    [note] = [sentence for sentence in draft.sentences if sentence.relation == "contradicts"]
    assert "disagrees" in note.intro
    assert "Note on County Office" in note.intro
    assert note.because == "one ran until 1934"
    assert "The last mill shut in 1934." in note.quotes[0].text


def test_a_note_that_answers_does_not_hide_the_claim_it_contradicts(river: Corpus) -> None:
    draft = drafted(river, answers=["shut"])
    assert {"essay", "contradicts"} <= {sentence.relation for sentence in draft.sentences}
    assert "The mills closed in 1931." in words(draft)


def test_every_note_is_said_to_be_one(river: Corpus) -> None:
    draft = drafted(river, answers=["shut", "spring"], near=["closed in"])
    notes = [sentence for sentence in draft.sentences if sentence.quotes[0].source_id != "river"]
    assert len(notes) == 2
    assert all("Note on" in note.intro for note in notes)


def test_sentences_of_a_paragraph_come_in_its_order(river: Corpus) -> None:
    draft = drafted(river, answers=["Nobody"], near=["closed in"])
    starts = [quote.start for s in draft.sentences if s.relation == "essay" for quote in s.quotes]
    assert starts == sorted(starts)
    assert words(draft).index("The mills closed") < words(draft).index("Nobody knows")


@pytest.mark.parametrize(
    ("answers", "quoted"),
    [
        pytest.param(["One", "Two"], ["One. Two."], id="neighbours"),
        pytest.param(["One", "Four"], ["One. Two. Three. Four."], id="two sentences between them"),
        pytest.param(["One", "Five"], ["One.", "Five."], id="three between them"),
        pytest.param(["Five", "Six"], ["Five.", "Six."], id="two paragraphs"),
        pytest.param(["Nine"], ["Nine. It is odd."], id="what leans on it"),
    ],
)
def test_sentences_that_stand_close_together_are_one_quote(
    tmp_path: Path, answers: list[str], quoted: list[str]
) -> None:
    body = "One. Two. Three. Four. Five.\n\nSix. Seven. Eight. Nine. It is odd."
    corpus = read_corpus(write_corpus(tmp_path / "corpus", {"numbers.txt": body}))
    assert sorted(words(drafted(corpus, answers=answers)).split(" | ")) == sorted(quoted)


def test_facts_between_two_notes_are_not_quoted(tmp_path: Path) -> None:
    note = {
        "id": "count",
        "title": "A count",
        "claim": "A river",
        "relation": "context",
        "facts": ["One.", "Two.", "Three."],
    }
    corpus = read_corpus(write_corpus(tmp_path / "corpus", {"river.txt": "A river."}, notes=[note]))
    assert "One. | Three." in words(drafted(corpus, answers=["One", "Three"]))


def test_nothing_is_quoted_twice(river: Corpus) -> None:
    draft = drafted(
        river, answers=["closed in", "Nobody", "shut"], near=["rises", "feeds", "owner"]
    )
    quoted = [
        (quote.source_id, at)
        for s in draft.sentences
        for quote in s.quotes
        for at in range(quote.start, quote.end)
    ]
    assert len(quoted) == len(set(quoted))


def test_nothing_is_drafted_where_the_corpus_does_not_answer(river: Corpus) -> None:
    assert drafted(river, Decision("not_in_corpus", "Nothing."), answers=["rises"]).sentences == ()


def test_nothing_is_drafted_without_hits(river: Corpus) -> None:
    assert drafted(river, answers=["rises"], hits=0).sentences == ()


@pytest.mark.slow
def test_a_source_that_disagrees_with_the_essay_is_shown_beside_it(essay_chain: EssayChain) -> None:
    answer = essay_chain.invoke("Did Russia sell military drones to Israel?")
    assert {"essay", "contradicts"} <= {sentence.relation for sentence in answer.sentences}


@pytest.mark.slow
def test_an_answer_of_the_engine_is_quoted_throughout(essay_chain: EssayChain) -> None:
    answer = essay_chain.invoke("How many children did Russian airstrikes kill?")
    assert {sentence.verdict for sentence in answer.sentences} <= {"quoted", "curated"}
    assert all(s.text == f"{s.because}." for s in answer.sentences if s.verdict == "curated")
    assert answer.withheld == ()
    assert any("746 children" in citation.quote for citation in answer.citations)
    for citation in answer.citations:
        assert (
            essay_chain.corpus.body(citation.source.id)[citation.start : citation.end]
            == citation.quote
        )


@pytest.fixture(scope="module")
def shipped() -> QuoteEngine:
    corpus = read_corpus()
    passages = split_corpus(corpus, max_chars=600)
    return QuoteEngine(corpus, ClaimMap(corpus, passages), read_neighbours(corpus, passages))


def hit_of(engine: QuoteEngine, passage: Passage) -> Hit:
    return Hit(passage, engine.corpus.source(passage.source_id), 1.0)


def covered(engine: QuoteEngine, sentence: DraftSentence) -> list[Passage]:
    [quote] = sentence.quotes
    return engine.neighbours.within(quote.source_id, quote.start, quote.end)


@pytest.mark.parametrize("as_lead", [True, False], ids=["lead", "more"])
def test_whatever_is_quoted_of_the_essay_what_disputes_it_stands_beside(
    shipped: QuoteEngine, as_lead: bool
) -> None:
    mains = {source.id for source in shipped.corpus.mains}
    for passage in shipped.neighbours.passages:
        hits = [hit_of(shipped, passage)]
        draft = shipped.compose(hits) if as_lead else shipped.compose([], hits)
        shown = {p for sentence in draft.sentences for p in covered(shipped, sentence)}
        for quoted in shown:
            if quoted.source_id in mains:
                for facts in shipped.claims.bearing_on(quoted):
                    if facts.disputes:
                        assert any(piece in shown for fact in facts.facts for piece in fact)


def test_a_fact_is_shown_in_a_relation_that_the_map_gives_it(shipped: QuoteEngine) -> None:
    for passage in shipped.neighbours.passages:
        for sentence in shipped.compose([hit_of(shipped, passage)]).sentences:
            if sentence.relation in ("essay", "context"):
                assert sentence.because is None
                continue
            [quote] = sentence.quotes
            number = int(quote.locator.removeprefix("fact "))
            source = shipped.corpus.source(quote.source_id)
            assert any(
                number in bearing.facts
                and (bearing.relation, bearing.because) == (sentence.relation, sentence.because)
                for bearing in source.bears
            )


def test_what_disputes_the_lead_comes_before_what_supports_it(shipped: QuoteEngine) -> None:
    order = {"contradicts": 0, "qualifies": 0, "supports": 1}
    for passage in shipped.neighbours.by_source["essay"]:
        sentences = shipped.compose([hit_of(shipped, passage)]).sentences
        beside = [order[s.relation] for s in sentences if s.part == "sources"]
        assert beside == sorted(beside)


def test_of_several_disputes_the_first_is_quoted_and_the_others_are_told(
    shipped: QuoteEngine,
) -> None:
    many = 0
    for passage in shipped.neighbours.by_source["essay"]:
        draft = shipped.compose([hit_of(shipped, passage)])
        beside = [s for s in draft.sentences if s.relation in ("contradicts", "qualifies")]
        told = [s for s in beside if s.text is not None]
        assert all(s.text == f"{s.because}." for s in told)
        if passage in covered(shipped, draft.sentences[0]) and len(beside) > 1:
            many += 1
            assert beside[0].text is None
            assert told
    assert many > 5


def test_the_answer_may_stand_in_the_essay_and_in_a_note(shipped: QuoteEngine) -> None:
    essay, note = shipped.neighbours.by_source["essay"][4], shipped.neighbours.passages[-1]
    assert note.source_id != "essay"
    hits = [Hit(one, shipped.corpus.source(one.source_id), 1.0) for one in (essay, note)]
    lead = shipped.lead("What?", choose(hits))
    assert [hit.passage for hit in lead] == [essay, note], "the essay first"


def test_a_list_has_room_for_what_stands_together(shipped: QuoteEngine) -> None:
    notes = shipped.neighbours.by_source["snhr-2017-01-21-seven-parties"]
    hits = [
        Hit(passage, shipped.corpus.source(passage.source_id), -float(rank))
        for rank, passage in enumerate(notes)
    ]
    one, several = (len(shipped.lead("What?", hits, form)) for form in ("one", "several"))
    assert one <= 2 < several <= 5


def test_a_fact_that_supports_is_folded_unless_it_answers(shipped: QuoteEngine) -> None:
    for passage in shipped.neighbours.by_source["essay"]:
        supporting = [facts for facts in shipped.claims.bearing_on(passage) if not facts.disputes]
        if not supporting:
            continue
        fact = supporting[0].facts[0][0]
        alone = shipped.compose([hit_of(shipped, passage)]).sentences
        both = shipped.compose([hit_of(shipped, passage), hit_of(shipped, fact)]).sentences
        assert {s.part for s in alone if fact in covered(shipped, s)} <= {"sources"}
        assert {s.part for s in both if fact in covered(shipped, s)} == {"lead"}
        return
    raise AssertionError("no sentence of the essay is supported")


@pytest.mark.parametrize(
    ("question", "first"),
    [("Did Russia sell drones to Israel?", "contradicts"), ("What did Russia sell?", "essay")],
)
def test_whoever_asks_whether_it_is_so_reads_the_no_first(
    shipped: QuoteEngine, question: str, first: str
) -> None:
    [drones] = [p for p in shipped.neighbours.by_source["essay"] if "military drones" in p.text]
    hits = (hit_of(shipped, drones),)
    sentences = shipped(question, hits, Decision("answered")).sentences
    assert sentences[0].relation == first
    assert {"essay", "contradicts"} <= {sentence.relation for sentence in sentences}


def test_a_further_quote_brings_words_of_the_question_that_the_first_has_not(
    shipped: QuoteEngine,
) -> None:
    first, second, third = [
        passage
        for passage in shipped.neighbours.passages
        if passage.source_id != "essay"
        and len(passage.text.split()) < 12
        and not shipped.claims.disputed_by(passage)
    ][:9:4]
    hits = [
        Hit(passage, shipped.corpus.source(passage.source_id), score)
        for passage, score in ((first, 3.0), (second, 1.5), (third, 1.4))
    ]
    assert [hit.passage for hit in shipped.lead(third.text, hits)][1] == third
    assert [hit.passage for hit in shipped.lead("What?", hits)][1] == second
