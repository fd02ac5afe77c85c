"""Each ablation takes out the one part that it is named for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.ablations import ablations
from ingest.claims import ClaimMap
from ingest.errors import SettingsError
from ingest.neighbours import read_neighbours
from rag.chain import EssayChain
from rag.check.quotes import Verifier
from rag.quote.engine import QuoteEngine
from rag.search.reading import ReadingStage
from rag.search.retrieve import build_search
from rag.types import Answer, Decision
from tests.fakes import NOTES, ScriptedReader, ScriptedReranker, WordVectors, indexed, write_corpus

QUESTION = "When did the mills close?"


class Parts:
    """A chain over the river, and the scripted models in it."""

    def __init__(self, folder: Path) -> None:
        write_corpus(folder / "corpus", notes=NOTES)
        corpus, index = indexed(folder)
        passages = [*index.passages("main"), *index.passages("sources")]
        neighbours = read_neighbours(corpus, passages)
        self.reranker, self.reader = ScriptedReranker(), ScriptedReader(lambda question: "in 193")
        self.chain = EssayChain(
            corpus=corpus,
            clean=str.strip,
            standalone=lambda question, history: question,
            retrieve=build_search(corpus, index, WordVectors(), self.reranker, candidates=10),
            decide=lambda question, hits: Decision("not_in_corpus", "No."),
            write=QuoteEngine(corpus, ClaimMap(corpus, passages), neighbours),
            verify=Verifier(corpus),
            read=ReadingStage(corpus, self.reader, neighbours),
        )

    def without(self, part: str) -> Any:
        """Return the ablated chain that has its own decision to answer, whatever is asked."""
        self.reranker.asked.clear()
        self.reader.read_texts.clear()
        answering = replace(self.chain, decide=lambda question, hits: Decision("answered"))
        return ablations(answering, answering)[part]


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path)


def last(chain: Any) -> Answer:
    *_, answer = chain.stream({"question": QUESTION})
    assert isinstance(answer, Answer)
    return answer


def test_without_a_part_the_others_stay(parts: Parts) -> None:
    asked = {}
    for part in ablations(parts.chain, parts.chain):
        assert last(parts.without(part)).status == "answered"
        asked[part] = bool(parts.reranker.asked), bool(parts.reader.read_texts)
    assert asked == {
        "no_reader": (True, False), "no_reranker": (False, True), "no_bm25": (True, True),
        "no_calibration": (True, True), "no_claim_map": (True, True),
    }  # fmt: skip


def test_without_keywords_only_the_vectors_rank(parts: Parts) -> None:
    hits = parts.without("no_bm25").retrieve(QUESTION)
    best = max(hit.parts["dense"] for hit in hits if hit.source.voice == "main")
    assert all(
        hit.parts["fused"] == pytest.approx(hit.parts["dense"] / best)
        for hit in hits
        if hit.source.voice == "main"
    )


def test_without_calibration_whatever_is_asked_is_answered(parts: Parts) -> None:
    assert last(parts.chain).status == "not_in_corpus"
    assert last(ablations(parts.chain, parts.chain)["no_calibration"]).status == "answered"


def test_without_the_claim_map_no_source_is_said_to_disagree(parts: Parts) -> None:
    leads = {
        part: " ".join(sentence.intro for sentence in last(parts.without(part)).sentences)
        for part in ("no_bm25", "no_claim_map")
    }
    assert "disagree" in leads["no_bm25"]
    assert "disagree" not in leads["no_claim_map"]


def test_a_chain_that_writes_has_no_such_parts(parts: Parts) -> None:
    chain = replace(parts.chain, write=lambda question, hits, decision: None)  # type: ignore[arg-type,return-value]
    with pytest.raises(SettingsError, match="--engine quote"):
        ablations(chain, chain)
