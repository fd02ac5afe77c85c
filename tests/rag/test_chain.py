"""The chain is a LangChain Runnable over stages that can each be replaced."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import Runnable, RunnableLambda

from ingest.errors import CorpusError, IndexMissing, QuestionError
from ingest.passages import split_corpus
from ingest.settings import read_settings
from ingest.types import Corpus
from rag.chain import Ask, EssayChain
from rag.check.quotes import Verifier
from rag.load import load
from rag.types import Answer, Decision, Draft, DraftSentence, Found, Hit, Quote, Turn
from tests.fakes import settings_in, write_corpus


@pytest.fixture
def asked() -> list[tuple[str, tuple[Turn, ...]]]:
    """What the chain's stages were asked: questions with their histories."""
    return []


@pytest.fixture
def chain(river: Corpus, asked: list[tuple[str, tuple[Turn, ...]]]) -> EssayChain:
    """A chain that quotes the passage with the last word of the question in it."""

    def standalone(question: str, history: tuple[Turn, ...]) -> str:
        asked.append((question, history))
        return question

    def retrieve(question: str) -> tuple[Hit, ...]:
        word = question.rsplit(maxsplit=1)[-1].strip("?")
        passages = [
            passage for passage in split_corpus(river, max_chars=600) if word in passage.text
        ]
        return tuple(Hit(passage, river.source(passage.source_id), 0.9) for passage in passages)

    def clean(question: str) -> str:
        if not question:
            raise QuestionError("the question holds no word")
        return question.strip()

    return EssayChain(
        corpus=river,
        clean=clean,
        standalone=standalone,
        retrieve=retrieve,
        decide=lambda question, hits: (
            Decision("answered") if hits else Decision("not_in_corpus", "Nothing.")
        ),
        write=lambda question, hits, decision: Draft(
            tuple(DraftSentence(None, (Quote.whole(h.passage),)) for h in hits[:1])
        ),
        verify=Verifier(river),
    )


def test_a_question_gets_a_checked_answer(chain: EssayChain) -> None:
    answer = chain.invoke("What rises?")
    assert answer.text == "The river rises in the north."
    assert (answer.question, answer.status) == ("What rises?", "answered")
    assert answer.corpus == chain.corpus.fingerprint
    assert answer.seconds > 0


def test_a_question_with_a_history_hands_it_on(
    chain: EssayChain, asked: list[tuple[str, tuple[Turn, ...]]]
) -> None:
    turns = [Turn("Who?", "They.")]
    assert chain.invoke(Ask(question=" What rises? ", history=turns)).question == " What rises? "
    assert asked == [("What rises?", tuple(turns))]


def test_a_bad_question_is_refused_before_anything_is_searched(
    chain: EssayChain, asked: list[tuple[str, tuple[Turn, ...]]]
) -> None:
    with pytest.raises(QuestionError):
        chain.invoke("")
    with pytest.raises(QuestionError):
        list(chain.stream(""))
    assert asked == []


def test_a_stream_gives_the_passages_and_then_the_answer(chain: EssayChain) -> None:
    found, answer = chain.stream("What rises?")
    assert isinstance(found, Found)
    assert [hit.passage.text for hit in found.hits] == ["The river rises in the north."]
    assert answer == chain.invoke("What rises?")


def test_the_passages_are_there_before_the_answer_is_written(chain: EssayChain) -> None:
    def fails(*_: object) -> Draft:
        raise ArithmeticError

    events = replace(chain, write=fails).stream("What rises?")
    assert isinstance(next(events), Found)
    with pytest.raises(ArithmeticError):
        next(events)


def test_a_batch_is_answered_in_order(chain: EssayChain) -> None:
    answers = chain.batch(["What rises?", Ask(question="Who was the owner?"), "Where is Ghouta?"])
    assert [answer.status for answer in answers] == ["answered", "answered", "not_in_corpus"]
    assert [answer.question for answer in answers] == [
        "What rises?",
        "Who was the owner?",
        "Where is Ghouta?",
    ]


def test_a_bad_question_of_a_batch_can_be_kept_apart(chain: EssayChain) -> None:
    good, bad = chain.batch(["What rises?", ""], return_exceptions=True)
    assert good.status == "answered"
    assert isinstance(bad, QuestionError)


def test_the_async_forms_give_the_same(chain: EssayChain) -> None:
    async def collected(stream: AsyncIterator[Any]) -> list[Any]:
        return [event async for event in stream]

    expected = chain.invoke("What rises?")
    assert asyncio.run(chain.ainvoke("What rises?")) == expected
    assert asyncio.run(chain.abatch(["What rises?"])) == [expected]
    assert asyncio.run(collected(chain.astream("What rises?"))) == list(chain.stream("What rises?"))


def test_it_stands_in_a_pipe_with_others(chain: EssayChain) -> None:
    pipe: Runnable[str, str] = (
        RunnableLambda(str.strip) | chain | RunnableLambda(lambda answer: answer.text)
    )
    assert pipe.invoke("  What rises?  ") == "The river rises in the north."
    assert pipe.batch([" What rises?"]) == ["The river rises in the north."]
    assert asyncio.run(pipe.ainvoke(" What rises?")) == "The river rises in the north."
    assert list(pipe.stream(" What rises?")) == ["The river rises in the north."]


def test_callbacks_are_told_of_a_run(chain: EssayChain) -> None:
    async def names() -> list[str]:
        return [event["event"] async for event in chain.astream_events("What rises?", version="v2")]

    events = asyncio.run(names())
    assert events[0] == "on_chain_start"
    assert events[-1] == "on_chain_end"


def test_a_stage_can_be_replaced(chain: EssayChain) -> None:
    refusing = replace(
        chain,
        decide=lambda question, hits: Decision("not_in_corpus", "No."),
        write=lambda *_: Draft(()),
    )
    answer = refusing.invoke("What rises?")
    assert (answer.status, answer.reason) == ("not_in_corpus", "No.")
    assert [near.quote for near in answer.nearest] == ["The river rises in the north."]
    assert chain.invoke("What rises?").status == "answered"


def test_loading_without_an_index_names_the_command(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus")
    with pytest.raises(IndexMissing, match="essay-chat ingest"):
        load(settings_in(tmp_path))


def test_loading_a_corpus_that_is_not_there_names_it(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="corpus"):
        load(settings_in(tmp_path))


OFFLINE = """
import json, sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        print("CONNECTED", event, arguments, file=sys.stderr)
        raise PermissionError(event)

sys.addaudithook(refuse)
from ingest.settings import read_settings
from rag.load import load

answer = load(read_settings()).invoke("How many children did Russian airstrikes kill?")
print(json.dumps([answer.status, [citation.quote for citation in answer.citations]]))
"""


@pytest.mark.slow
def test_the_real_chain_makes_no_connection(essay_index: Path) -> None:
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("HF_", "TRANSFORMERS_"))
    }
    program = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"ESSAY_CHAT_INDEX": str(essay_index)},
    )
    assert "CONNECTED" not in program.stderr
    assert program.returncode == 0, program.stderr
    status, quotes = json.loads(program.stdout)
    assert status == "answered"
    assert any("746 children" in quote for quote in quotes)


@pytest.mark.slow
@pytest.mark.parametrize("reranker", ["none", None], ids=["without a reranker", "with the default"])
def test_the_real_chain_answers_with_exact_quotes(essay_index: Path, reranker: str | None) -> None:
    chain = load(read_settings(index=essay_index, reranker=reranker))
    answers = chain.batch(
        ["Who saved the regime in 2013?", "What did Obama veto?", "x" * 1900, "a " * 900]
    )
    assert all(isinstance(answer, Answer) for answer in answers)
    for answer in answers:
        for citation in (*answer.citations, *answer.nearest):
            assert (
                chain.corpus.body(citation.source.id)[citation.start : citation.end]
                == citation.quote
            )


@pytest.mark.slow
def test_questions_at_once_get_the_answers_they_get_alone(essay_chain: EssayChain) -> None:
    questions: list[Ask | str] = [
        "Who saved the regime in 2013?",
        "What did Obama veto?",
        "Where is the naval base?",
    ] * 2
    alone = [essay_chain.invoke(question) for question in questions]
    assert essay_chain.batch(questions, config={"max_concurrency": 6}) == alone
