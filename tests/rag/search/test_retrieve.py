"""The voices are ranked apart, each best first; the parts that are missing are done without."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from ingest.sources import read_corpus
from rag.chain import EssayChain
from rag.models.rerank import Reranker
from rag.search.retrieve import PassageRetriever, PassageSearch, build_search
from rag.types import Hit
from tests.fakes import NOTES, ScriptedReranker, WordVectors, indexed, write_corpus

QUESTION = "Why did the mills close in 1931?"


def search_in(
    folder: Path, reranker: Reranker | None = None, *, notes: bool = True, candidates: int = 10
) -> PassageSearch:
    write_corpus(folder / "corpus", notes=NOTES if notes else ())
    corpus, index = indexed(folder)
    return build_search(corpus, index, WordVectors(), reranker, candidates=candidates)


def voices(hits: tuple[Hit, ...]) -> list[bool]:
    """Return of each hit whether it is of a main text."""
    return [hit.source.voice == "main" for hit in hits]


@pytest.mark.parametrize(
    "reranker", [None, ScriptedReranker()], ids=["without a reranker", "with one"]
)
def test_main_text_comes_before_sources_each_best_first(
    tmp_path: Path, reranker: Reranker | None
) -> None:
    hits = search_in(tmp_path, reranker)(QUESTION)
    assert voices(hits) == sorted(voices(hits), reverse=True)
    assert set(voices(hits)) == {True, False}
    for main in (True, False):
        scores = [
            hit.score for hit, of_main in zip(hits, voices(hits), strict=True) if of_main is main
        ]
        assert scores == sorted(scores, reverse=True)


def test_the_sentence_that_shares_the_words_comes_first_without_a_reranker(tmp_path: Path) -> None:
    assert (
        search_in(tmp_path)("the river rises in the north")[0].passage.text
        == "The river rises in the north."
    )


def test_the_reranker_has_the_last_word(tmp_path: Path) -> None:
    def prefers(question: str, passage: str) -> float:
        return 9.0 if passage == "It feeds three mills along the valley." else -9.0

    hits = search_in(tmp_path, ScriptedReranker(prefers))("the river rises in the north")
    assert hits[0].passage.text == "It feeds three mills along the valley."


def test_the_reranker_reads_sentence_paragraph_and_whose_note_it_is(tmp_path: Path) -> None:
    reranker = ScriptedReranker()
    search_in(tmp_path, reranker)(QUESTION)
    read = {passage for _, passage in reranker.asked}
    assert {question for question, _ in reranker.asked} == {QUESTION}
    assert "The mills closed in 1931." in read
    assert "The mills closed in 1931. Nobody knows why they closed." in read
    assert any(
        "County Office" in passage and "The last mill shut in 1934." in passage for passage in read
    )
    assert len(reranker.asked) == len(set(reranker.asked)), "a pair is scored once"


def test_the_reranker_reads_no_more_than_the_candidates_and_their_paragraphs(
    tmp_path: Path,
) -> None:
    reranker = ScriptedReranker()
    hits = search_in(tmp_path, reranker, notes=False, candidates=1)(QUESTION)
    assert len(hits) == 1
    assert len(reranker.asked) <= 2


def test_more_candidates_than_passages_are_all_of_them(tmp_path: Path) -> None:
    hits = search_in(tmp_path, ScriptedReranker(), candidates=100)(QUESTION)
    assert len(hits) == len({hit.passage for hit in hits}) == 4 + 3


def test_a_corpus_without_sources_is_one_voice(tmp_path: Path) -> None:
    assert voices(search_in(tmp_path, ScriptedReranker(), notes=False)(QUESTION)) == [True] * 4


@pytest.mark.parametrize("question", ["🙂", "zebra", "the", "x" * 2000, "مرحبا"])
def test_a_question_that_shares_no_word_still_gets_the_nearest(
    tmp_path: Path, question: str
) -> None:
    assert search_in(tmp_path, ScriptedReranker())(question)


def test_the_same_question_gets_the_same_hits(tmp_path: Path) -> None:
    search = search_in(tmp_path, ScriptedReranker())
    assert search(QUESTION) == search(QUESTION)


def test_hits_are_exact_characters_of_their_sources(tmp_path: Path) -> None:
    search = search_in(tmp_path, ScriptedReranker())
    for hit in search(QUESTION):
        body = search.corpus.body(hit.source.id)
        assert body[hit.passage.start : hit.passage.end] == hit.passage.text
        assert hit.source == search.corpus.source(hit.passage.source_id)


def test_the_retriever_gives_documents_that_say_where_they_stand(tmp_path: Path) -> None:
    search = search_in(tmp_path, ScriptedReranker())
    documents = PassageRetriever(search=search).invoke(QUESTION)
    assert [document.page_content for document in documents] == [
        hit.passage.text for hit in search(QUESTION)
    ]
    for document in documents:
        where: Mapping[str, Any] = document.metadata
        body = read_corpus(tmp_path / "corpus").body(where["source_id"])
        assert body[where["start"] : where["end"]] == document.page_content
        assert {"title", "wording", "voice", "locator", "score"} <= where.keys()


class TestStandard(RetrieversIntegrationTests):
    """LangChain's own suite for retrievers."""

    @pytest.fixture
    def retriever(self, tmp_path: Path) -> BaseRetriever:
        return PassageRetriever(search=search_in(tmp_path))

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PassageRetriever

    @property
    def retriever_query_example(self) -> str:
        return QUESTION

    @pytest.mark.xfail(
        reason="The number of hits is a setting of the search: so many of each voice."
    )
    def test_k_constructor_param(self) -> None:
        raise NotImplementedError

    @pytest.mark.xfail(
        reason="The number of hits is a setting of the search: so many of each voice."
    )
    def test_invoke_with_k_kwarg(self, retriever: BaseRetriever) -> None:
        raise NotImplementedError


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many children did Russian airstrikes kill?", "including 746 children"),
        ("Who saved the regime in 2013?", "by Iran, in 2013"),
        ("Which veto was Obama's most significant intervention?", "air defense weaponry"),
    ],
)
def test_the_sentence_that_answers_comes_first(
    essay_chain: EssayChain, question: str, words: str
) -> None:
    assert words in essay_chain.retrieve(question)[0].passage.text


@pytest.mark.slow
def test_the_chain_lends_its_retriever(essay_chain: EssayChain) -> None:
    documents = essay_chain.retriever.invoke("Who supports Assad?")
    assert all(isinstance(document, Document) for document in documents)
