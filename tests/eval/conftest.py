"""The product's own chain over the corpus that ships, loaded once for the tests that need the real thing."""

import pytest

from eval.run import load_chain
from ingest.settings import read_settings
from ingest.sources import read_corpus
from rag.chain import EssayChain


@pytest.fixture(scope="session")
def real_chain(tmp_path_factory: pytest.TempPathFactory) -> EssayChain:
    """The default models over the corpus that ships, with an index of its own."""
    settings = read_settings(index=tmp_path_factory.mktemp("index") / "real")
    return load_chain(read_corpus(), settings)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the whole suite unless it is asked for: it takes minutes, and `essay-chat eval` runs it in CI."""
    if "suite" in config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("suite"):
            item.add_marker(pytest.mark.skip(reason="runs with -m suite"))
