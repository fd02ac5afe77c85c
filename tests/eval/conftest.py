"""The command over a made-up corpus, and the product's own chain over the corpus that ships."""

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from eval.run import Options, load_chain, main
from ingest.settings import Settings, read_settings
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.chain import EssayChain
from tests.eval.made_up import CORPUS, ESSAY, HITS, Run, essay_chain

CROWS = {"source": "essay", "quote": "48 crows"}
FACT = {"id": "fact", "kind": "essay_fact", "question": "How many crows?", "evidence": [CROWS]}
BOTH = {
    "id": "both",
    "kind": "disagreement",
    "question": "Is 48 right?",
    "evidence": [CROWS, {"source": "gazette", "quote": "not 48"}],
}
NEXT = {
    "id": "next",
    "kind": "follow_up",
    "question": "And where?",
    "history": [{"question": "How many crows?"}],
    "evidence": [{"source": "essay", "quote": "at the mill"}],
}
PIZZA = {"id": "pizza", "kind": "off_topic", "question": "<b>Best pizza?</b>", "evidence": []}
NOTE = {
    "id": "gazette",
    "title": "About gazette",
    "publisher": "The Mill Gazette",
    "bears": [
        {
            "claim": "trapped 48 crows",
            "relation": "contradicts",
            "facts": [1],
            "because": "it counts others",
        }
    ],
    "facts": CORPUS.body("gazette").split("\n"),
}


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    """A corpus of the made-up texts, with a case of four kinds."""
    folder = tmp_path / "crows"
    folder.mkdir()
    (folder / "essay.txt").write_text(ESSAY, encoding="utf-8")
    (folder / "sources.yaml").write_text(yaml.safe_dump([NOTE]), encoding="utf-8")
    for case in (FACT, BOTH, NEXT, PIZZA):
        file = folder / "cases" / "dev" / f"{case['kind']}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump([case]), encoding="utf-8")
    return folder


@pytest.fixture
def run(corpus_folder: Path) -> Run:
    """Run the command over that corpus with a scripted chain; give its exit code and its output."""

    def load(corpus: Corpus, settings: Settings) -> EssayChain:
        return essay_chain(HITS)

    def run(settings: Settings | None = None, **options: Any) -> tuple[int, str]:
        output = io.StringIO()
        code = main(
            Options(**options),
            settings or read_settings(corpus=corpus_folder),
            console=Console(file=output, width=200),
            load=load,
        )
        return code, output.getvalue()

    return run


@pytest.fixture(scope="session")
def real_chain(tmp_path_factory: pytest.TempPathFactory) -> EssayChain:
    """The default models over the corpus that ships, with an index of its own."""
    settings = read_settings(index=tmp_path_factory.mktemp("index") / "real")
    return load_chain(read_corpus(), settings)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the whole suite unless it is asked for.

    It takes minutes, and `essay-chat eval` runs it in CI.
    """
    if "suite" in config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("suite"):
            item.add_marker(pytest.mark.skip(reason="runs with -m suite"))
