"""Whatever a model writes, an answer shows only what its passages bear out.

It says what it left out and why.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from ingest.passages import split_corpus
from ingest.types import Corpus, Passage, Relation
from rag.chain import EssayChain
from rag.check.quotes import Verifier
from rag.types import (
    Answer,
    Checked,
    Decision,
    Draft,
    DraftSentence,
    Found,
    Hit,
    Quote,
    Settled,
    Written,
)
from rag.write.attempt import NOTHING_HELD, NOTHING_SAID, QUOTED_INSTEAD
from rag.write.engine import MAX_PASSAGES, MAX_SENTENCES, WriteEngine, choose_passages
from rag.write.prompts import NO_ANSWER, RULES
from tests.rag.scripted_chat import ScriptedChat, said

QUESTION = "What became of the mills?"
GOOD, ALSO = "They closed in 1931 [2].", "Another source says 1934 [4]."
BAD = "The mills were blown up [2]."
ANSWERED = Decision("answered")
BARE = "I hope this helps!"


def words_check(question: str, text: str, quotes: tuple[Quote, ...]) -> Checked:
    """Support a sentence by a year that its quotes have."""
    if not quotes:
        return Checked("uncited", None, ("it cites no passage",))
    years = [word for word in text.strip(".").split() if word.isdigit()]
    quoted = " ".join(quote.text for quote in quotes)
    if years and all(year in quoted for year in years):
        return Checked("supported", 0.9)
    return Checked("unsupported", 0.1, ("the passage does not say so",))


def scored(corpus: Corpus, passages: Sequence[Passage], scores: Sequence[float]) -> tuple[Hit, ...]:
    return tuple(
        Hit(passage, corpus.source(passage.source_id), score)
        for passage, score in zip(passages, scores, strict=True)
    )


def quoting(*passages: Passage) -> Draft:
    """Return a draft that quotes each passage in a sentence of its own."""
    return Draft(tuple(map(_quoted, passages)))


def _quoted(passage: Passage) -> DraftSentence:
    relation: Relation = "contradicts" if passage.source_id == "record" else "essay"
    return DraftSentence(None, (Quote.whole(passage),), relation=relation)


Play = Callable[..., tuple[EssayChain, ScriptedChat]]


@pytest.fixture
def play(river: Corpus) -> Iterator[Play]:
    """Return a chain over the river with a model that says these replies.

    All of them must be asked for, and no more.
    """
    models = []

    def start(
        *replies: str | Exception, decision: Decision = ANSWERED, candidates: int = 1
    ) -> tuple[EssayChain, ScriptedChat]:
        model = ScriptedChat(replies=list(replies))
        models.append(model)
        passages = split_corpus(river, max_chars=600)
        hits = scored(river, passages, [5.0 - rank for rank in range(len(passages))])

        def quote(question: str, hits: tuple[Hit, ...], decision: Decision) -> Draft:
            order = (0, 2, 3, 4) if hits and decision.status != "not_in_corpus" else ()
            return quoting(*(hits[n].passage for n in order))

        engine = WriteEngine(river, model, quote, words_check, candidates)
        chain = EssayChain(
            corpus=river,
            clean=str.strip,
            standalone=lambda question, history: question,
            retrieve=lambda question: hits,
            decide=lambda question, hits: decision,
            write=engine,
            verify=Verifier(river, words_check),
        )
        return chain, model

    yield start
    assert [(model.overrun, model.left) for model in models] == [(0, 0)] * len(models)


def shown(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


def test_supported_sentences_are_shown_with_what_they_cite(play: Play) -> None:
    chain, model = play(f"{GOOD} {ALSO}")
    answer = chain.invoke(QUESTION)
    assert (answer.engine, answer.status, answer.notice, answer.withheld) == (
        "write",
        "answered",
        None,
        (),
    )
    assert [(s.text, s.verdict, s.citations) for s in answer.sentences] == [
        ("They closed in 1931.", "supported", (1,)),
        ("Another source says 1934.", "supported", (2,)),
    ]
    assert [c.quote for c in answer.citations] == [
        "The mills closed in 1931.",
        "The last mill shut in 1934.",
    ]
    assert [s.relation for s in answer.sentences] == ["essay", "contradicts"]
    [asked] = model.asked
    assert asked[0].text == RULES
    assert f"Question: {QUESTION}" in asked[-1].text


def test_the_model_is_told_which_sentence_does_not_hold_and_why(play: Play) -> None:
    chain, model = play(f"{GOOD} {BAD} {BARE}", GOOD)
    answer = chain.invoke(QUESTION)
    assert shown(answer) == ["They closed in 1931."]
    assert answer.withheld == ()
    *_, reply, correction = model.asked[1]
    assert reply.text == f"{GOOD} {BAD} {BARE}"
    assert "- The mills were blown up. (the passage does not say so)" in correction.text
    assert "- I hope this helps! (it cites no passage)" in correction.text
    assert "1931" not in correction.text


def test_what_still_does_not_hold_is_withheld_and_counted(play: Play) -> None:
    chain, _ = play(f"{GOOD} {BAD}", f"{GOOD} {BARE}")
    answer = chain.invoke(QUESTION)
    assert (answer.engine, shown(answer)) == ("write", ["They closed in 1931."])
    assert [(s.text, s.verdict) for s in answer.withheld] == [
        ("The mills were blown up.", "unsupported")
    ]


def test_a_worse_second_try_is_not_taken(play: Play) -> None:
    chain, _ = play(f"{GOOD} {BAD}", f"{BAD} {BARE}")
    assert shown(chain.invoke(QUESTION)) == ["They closed in 1931."]


@pytest.mark.parametrize(
    ("reply", "notice"),
    [
        pytest.param(BAD, NOTHING_HELD, id="unsupported"),
        pytest.param(BARE, NOTHING_HELD, id="uncited"),
        pytest.param("They closed in 1931 [7].", NOTHING_HELD, id="an invented marker"),
        pytest.param("Die Mühlen wurden gesprengt [2].", NOTHING_HELD, id="another language"),
        pytest.param(RULES, NOTHING_HELD, id="the prompt repeated"),
        pytest.param("", NOTHING_SAID, id="empty"),
        pytest.param("[2]", NOTHING_SAID, id="a bare marker"),
        pytest.param(" \n\n", NOTHING_SAID, id="white space"),
    ],
)
def test_where_nothing_holds_the_texts_are_quoted_and_it_is_said(
    play: Play, reply: str, notice: str
) -> None:
    chain, _ = play(reply, reply)
    answer = chain.invoke(QUESTION)
    assert (answer.engine, answer.status, answer.notice) == ("quote", "answered", notice)
    assert {sentence.verdict for sentence in answer.sentences} == {"quoted"}
    assert all(sentence.verdict in ("unsupported", "uncited") for sentence in answer.withheld)
    assert bool(answer.withheld) == (notice == NOTHING_HELD)


def test_a_sentence_that_is_its_quote_is_called_one(play: Play) -> None:
    chain, _ = play("The mills closed in 1931 [2].")
    assert [sentence.verdict for sentence in chain.invoke(QUESTION).sentences] == ["quoted"]


def test_invented_markers_stay_in_the_answer(play: Play) -> None:
    chain, _ = play(f"{GOOD[:-1]}[9].")
    answer = chain.invoke(QUESTION)
    assert answer.unknown_markers == ("[9]",)
    assert [len(sentence.citations) for sentence in answer.sentences] == [1]


@pytest.mark.parametrize(
    "reply", [NO_ANSWER, f"{NO_ANSWER}.", f"**{NO_ANSWER.lower()}**", f"{NO_ANSWER} [1]."]
)
def test_a_model_that_finds_no_answer_makes_it_partly(play: Play, reply: str) -> None:
    chain, _ = play(reply)
    answer = chain.invoke(QUESTION)
    assert (answer.engine, answer.status, answer.notice) == ("quote", "partly", QUOTED_INSTEAD)
    assert answer.text.startswith(str(answer.reason))


def test_where_the_corpus_has_no_answer_no_model_is_asked(play: Play) -> None:
    chain, _ = play(decision=Decision("not_in_corpus", "Nobody says so."))
    answer = chain.invoke(QUESTION)
    assert (answer.status, answer.reason, answer.sentences) == (
        "not_in_corpus",
        "Nobody says so.",
        (),
    )


def test_what_is_missing_opens_a_partial_answer(play: Play) -> None:
    chain, _ = play(GOOD, decision=Decision("partly", "It does not say why."))
    assert chain.invoke(QUESTION).text == "It does not say why. They closed in 1931."


def test_the_best_of_several_replies_is_taken(play: Play) -> None:
    chain, _ = play(BAD, f"{GOOD} {ALSO}", GOOD, candidates=3)
    assert len(chain.invoke(QUESTION).sentences) == 2


def test_the_best_of_several_gets_the_second_try(play: Play) -> None:
    chain, model = play(BAD, f"{GOOD} {BAD}", GOOD, candidates=2)
    chain.invoke(QUESTION)
    assert f"{GOOD} {BAD}" in said(model.asked[2])


def test_a_reply_is_cut_off_where_it_rambles(play: Play) -> None:
    chain, _ = play(f"{GOOD} " * 500)
    assert len(chain.invoke(QUESTION).sentences) == MAX_SENTENCES


def test_a_failure_quotes_and_says_why(play: Play) -> None:
    chain, _ = play(ConnectionError("the key is sk-secret"))
    answer = chain.invoke(QUESTION)
    assert answer.notice == "The language model cannot be reached; the texts are quoted instead."
    assert {sentence.verdict for sentence in answer.sentences} == {"quoted"}


def test_a_failure_of_the_second_try_keeps_what_held(play: Play) -> None:
    chain, _ = play(f"{GOOD} {BAD}", ConnectionError())
    answer = chain.invoke(QUESTION)
    assert (shown(answer), len(answer.withheld), answer.notice) == (
        ["They closed in 1931."],
        1,
        None,
    )


def test_the_stream_gives_passages_words_verdicts_and_the_answer(play: Play) -> None:
    chain, _ = play(f"{GOOD} {ALSO}")
    found, *middle, answer = list(chain.stream(QUESTION))
    assert isinstance(found, Found)
    assert isinstance(answer, Answer)
    words = "".join(event.text for event in middle if isinstance(event, Written))
    assert words == "They closed in 1931. Another source says 1934."
    settled = [event.sentence for event in middle if isinstance(event, Settled)]
    assert [(s.text, s.verdict) for s in settled] == [(s.text, s.verdict) for s in answer.sentences]
    first = next(number for number, event in enumerate(middle) if isinstance(event, Settled))
    assert any(isinstance(event, Written) for event in middle[first:]), (
        "a verdict does not wait for the end"
    )


def test_a_second_try_is_told_apart_in_the_stream(play: Play) -> None:
    chain, _ = play(BAD, GOOD)
    events = list(chain.stream(QUESTION))
    assert [event.attempt for event in events if isinstance(event, Settled)] == [0, 1]


def test_the_verifier_does_not_take_the_engine_at_its_word(play: Play, river: Corpus) -> None:
    chain, _ = play(GOOD)
    strict = replace(
        chain, verify=Verifier(river, lambda question, text, quotes: Checked("unsupported", 0.0))
    )
    assert strict.invoke(QUESTION).sentences == ()


def test_the_model_is_given_what_would_be_quoted_and_the_next_best(river: Corpus) -> None:
    passages = split_corpus(river, max_chars=600)
    hits = scored(river, passages, [9.0 - rank for rank in range(len(passages))])
    chosen = choose_passages(quoting(passages[3], passages[1]), hits)
    assert [quote.text for quote in chosen[:4]] == [passages[n].text for n in (3, 1, 0, 2)]
    assert len(chosen) == len(set(chosen)) == min(MAX_PASSAGES, len(passages))


def test_of_many_quotes_the_best_are_given(river: Corpus) -> None:
    passages = split_corpus(river, max_chars=600)
    hits = scored(river, passages, [float(rank) for rank in range(len(passages))])
    chosen = choose_passages(quoting(*passages), hits)
    assert [quote.text for quote in chosen] == [
        passage.text for passage in passages[-MAX_PASSAGES:]
    ]


def test_nothing_found_asks_no_model(play: Play) -> None:
    chain, _ = play()
    assert replace(chain, retrieve=lambda question: ()).invoke(QUESTION).status == "not_in_corpus"
