"""Whatever a draft says, an answer shows only words that stand where it says they stand."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Corpus, Passage
from rag.check.quotes import Verifier
from rag.types import Answer, Checked, Decision, Draft, DraftSentence, Hit, Quote
from tests.fakes import write_corpus
from ui.plain import answer_text
from ui.render import answer_html

ANSWERED = Decision("answered", None, 0.9)
CORPUS = read_corpus()
PASSAGES = split_corpus(CORPUS, max_chars=600)


def passage_with(corpus: Corpus, words: str) -> Passage:
    return next(passage for passage in split_corpus(corpus, max_chars=600) if words in passage.text)


def hit(corpus: Corpus, passage: Passage, score: float = 0.5) -> Hit:
    return Hit(passage, corpus.source(passage.source_id), score)


def verified(
    corpus: Corpus,
    *sentences: DraftSentence,
    decision: Decision = ANSWERED,
    hits: tuple[Hit, ...] = (),
) -> Answer:
    return Verifier(corpus)("Why?", "Why?", hits, decision, Draft(sentences))


@pytest.fixture
def quote(river: Corpus) -> Quote:
    return Quote.whole(passage_with(river, "rises"))


def test_an_exact_quote_is_cited_where_it_stands(river: Corpus, quote: Quote) -> None:
    answer = verified(river, DraftSentence(None, (quote,), "The text says: "))
    [sentence], [citation] = answer.sentences, answer.citations
    assert (answer.status, answer.reason, answer.withheld) == ("answered", None, ())
    assert (sentence.text, sentence.verdict, sentence.citations) == (quote.text, "quoted", (1,))
    assert (citation.quote, citation.start, citation.end, citation.source.id) == (
        quote.text,
        quote.start,
        quote.end,
        "river",
    )


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"start": 1, "end": 30}, id="shifted by one"),
        pytest.param({"end": 28}, id="one character short"),
        pytest.param({"end": 10**6}, id="beyond the end"),
        pytest.param({"start": -5}, id="start before the beginning"),
        pytest.param({"end": -1}, id="end counted from the back"),
        pytest.param({"text": "The river rises in the south."}, id="a word altered"),
        pytest.param({"text": "The river rises in the north"}, id="a character left out"),
        pytest.param({"text": "the river rises in the north."}, id="a capital altered"),
        pytest.param({"text": ""}, id="no words"),
        pytest.param({"start": 3, "end": 3, "text": ""}, id="nothing at all"),
        pytest.param({"source_id": "atlas"}, id="of another source"),
        pytest.param({"source_id": "brook"}, id="of no source"),
    ],
)
def test_a_quote_that_does_not_stand_there_is_withheld_and_counted(
    river: Corpus, quote: Quote, change: dict[str, object]
) -> None:
    wrong = DraftSentence(None, (replace(quote, **change),))  # type: ignore[arg-type]
    answer = verified(river, wrong, DraftSentence(None, (quote,)))
    assert [sentence.verdict for sentence in answer.withheld] == ["unsupported"]
    assert [citation.quote for citation in answer.citations] == [quote.text]
    assert len(answer.sentences) == 1


def test_the_whole_text_but_its_end_is_no_quote(river: Corpus) -> None:
    body = river.body("river")
    assert (
        verified(river, DraftSentence(None, (Quote("river", 0, -1, body[:-1], "all"),))).citations
        == ()
    )


def test_one_wrong_quote_withholds_its_sentence(river: Corpus, quote: Quote) -> None:
    answer = verified(river, DraftSentence(None, (quote, replace(quote, text="The river falls."))))
    assert (answer.sentences, answer.citations, len(answer.withheld)) == ((), (), 1)


@pytest.mark.parametrize(
    "text", ["The moon is made of cheese.", "", "The river rises in the north. It is cold."]
)
def test_words_of_its_own_are_never_called_a_quote(river: Corpus, quote: Quote, text: str) -> None:
    answer = verified(river, DraftSentence(text, (quote,)))
    assert [sentence for sentence in answer.sentences if sentence.verdict == "quoted"] == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("The mills closed in 1931.", "quoted", id="a whole sentence"),
        pytest.param("The mills closed in 1931. Nobody would say so.", "quoted", id="two of them"),
        pytest.param("The mills closed in 1931", "supported", id="without its end"),
        pytest.param("Nobody would say", "supported", id="half a sentence"),
        pytest.param("the mills closed in 1931.", "supported", id="a letter altered"),
        pytest.param("In 1931 the mills closed.", "supported", id="reworded"),
    ],
)
def test_written_words_are_a_quotation_only_as_whole_sentences_letter_for_letter(
    tmp_path: Path, text: str, verdict: str
) -> None:
    body = (
        "It is said that the town was rich. The mills closed in 1931. Nobody would say so. "
        "Then came the war."
    )
    corpus = read_corpus(write_corpus(tmp_path / "corpus", {"town.txt": body}))
    cited, other = (
        Quote("town", 0, len(body), body, "paragraph 1"),
        Quote("town", 0, 34, body[:34], "paragraph 1"),
    )
    verifier = Verifier(corpus, lambda question, text, quotes: Checked("supported", 0.8))
    [sentence] = verifier(
        "Why?", "Why?", (), ANSWERED, Draft((DraftSentence(text, (other, cited)),))
    ).sentences
    assert sentence.verdict == verdict
    assert len(sentence.citations) == (1 if verdict == "quoted" else 2)


words_of_a_text = st.lists(st.sampled_from(PASSAGES[0].text.split()), min_size=1, max_size=30).map(
    " ".join
)


@given(
    st.one_of(words_of_a_text, st.sampled_from([p.text for p in PASSAGES]), st.text(max_size=40)),
    st.sampled_from(PASSAGES),
)
def test_whatever_a_fooled_check_lets_pass_is_shown_marked_unless_it_is_whole_sentences(
    text: str, cited: Passage
) -> None:
    quote = Quote.whole(cited)
    verifier = Verifier(CORPUS, lambda question, text, quotes: Checked("supported", 1.0))
    answer = verifier(
        "Why?", "Why?", (), ANSWERED, Draft((DraftSentence(text, (quote,)),), "write")
    )
    [sentence] = answer.sentences
    if sentence.verdict == "quoted":
        assert text
        assert text in quote.text
        assert (
            CORPUS.body(cited.source_id)[answer.citations[0].start : answer.citations[0].end]
            == quote.text
        )
    else:
        assert sentence.verdict == "supported"
        assert "(reworded)" in answer_html(answer)
        assert "(reworded)" in answer_text(answer)


def test_a_sentence_that_cites_nothing_is_withheld(river: Corpus) -> None:
    assert len(verified(river, DraftSentence(None, ())).withheld) == 1


def test_quotes_apart_are_joined_by_an_ellipsis_and_cited_apart(
    river: Corpus, quote: Quote
) -> None:
    other = Quote.whole(passage_with(river, "Nobody"))
    [sentence] = verified(river, DraftSentence(None, (quote, other))).sentences
    assert sentence.text == f"{quote.text} … {other.text}"
    assert sentence.citations == (1, 2)


def test_the_same_quote_keeps_its_number(river: Corpus, quote: Quote) -> None:
    other = Quote.whole(passage_with(river, "Nobody"))
    answer = verified(river, *(DraftSentence(None, (q,)) for q in (quote, other, quote)))
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,), (1,)]
    assert [citation.number for citation in answer.citations] == [1, 2]


@pytest.mark.parametrize(
    "decision",
    [ANSWERED, Decision("partly", "It says little."), Decision("not_in_corpus", "Nothing.")],
)
def test_an_answer_of_which_nothing_stands_is_none_and_says_why(
    river: Corpus, quote: Quote, decision: Decision
) -> None:
    near = hit(river, passage_with(river, "Nobody"))
    for sentences in ((), (DraftSentence(None, (replace(quote, text="Falls."),)),)):
        answer = verified(river, *sentences, decision=decision, hits=(near,))
        assert answer.status == "not_in_corpus"
        assert answer.reason
        assert [citation.quote for citation in answer.nearest] == [near.passage.text]


def test_the_nearest_are_the_best_of_either_voice_and_stand_in_their_texts(river: Corpus) -> None:
    best, worse, shifted = (passage_with(river, words) for words in ("Nobody", "shut", "rises"))
    shifted = replace(shifted, start=shifted.start + 1, end=shifted.end + 1)
    foreign = replace(hit(river, best, 0.99), passage=replace(best, source_id="brook"))
    hits = (hit(river, best, 0.4), foreign, hit(river, shifted, 0.9), hit(river, worse, 0.3))
    answer = verified(river, decision=Decision("not_in_corpus", "Nothing."), hits=hits)
    assert [(c.number, c.quote) for c in answer.nearest] == [(1, best.text), (2, worse.text)]


def test_what_a_model_invented_stays_in_the_answer(river: Corpus) -> None:
    draft = Draft((), unknown_markers=("[9]",))
    assert Verifier(river)("Why?", "Why?", (), ANSWERED, draft).unknown_markers == ("[9]",)


spans = st.sampled_from(PASSAGES).map(Quote.whole)
wrong_spans = st.builds(
    Quote,
    source_id=st.sampled_from([*(s.id for s in CORPUS.sources[:3]), "nobody"]),
    start=st.integers(-20, 9000),
    end=st.integers(-20, 9000),
    text=st.one_of(st.text(max_size=20), st.sampled_from([p.text for p in PASSAGES])),
    locator=st.just("somewhere"),
)
shifted_spans = st.builds(
    lambda q, by: replace(q, start=q.start + by, end=q.end + by), spans, st.integers(-2, 2)
)
sentences = st.builds(
    DraftSentence,
    text=st.one_of(st.none(), st.text(max_size=20)),
    quotes=st.lists(st.one_of(spans, wrong_spans, shifted_spans), max_size=3).map(tuple),
    intro=st.text(max_size=10),
)
decisions = st.builds(
    Decision,
    status=st.sampled_from(["answered", "partly", "not_in_corpus"]),
    reason=st.one_of(st.none(), st.just("No.")),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    drafted=st.lists(sentences, max_size=4).map(tuple),
    decision=decisions,
    near=st.lists(spans, max_size=4),
)
def test_whatever_the_draft_every_citation_is_the_text_at_its_offsets(
    drafted: tuple[DraftSentence, ...], decision: Decision, near: list[Quote]
) -> None:
    hits = tuple(hit(CORPUS, p) for p in PASSAGES if Quote.whole(p) in near)
    answer = verified(CORPUS, *drafted, decision=decision, hits=hits)
    for citation in (*answer.citations, *answer.nearest):
        assert citation.quote
        assert CORPUS.body(citation.source.id)[citation.start : citation.end] == citation.quote
        assert citation.end - citation.start == len(citation.quote)
    numbers = {citation.number: citation.quote for citation in answer.citations}
    for sentence in answer.sentences:
        assert sentence.text == " … ".join(numbers[number] for number in sentence.citations)
    assert len(answer.sentences) + len(answer.withheld) == len(drafted)
    assert set(numbers) == {
        number for sentence in answer.sentences for number in sentence.citations
    }
    assert answer.reason or answer.status == "answered" or decision.reason is None
