"""The corpus that ships, and a chain that plays a script over it."""

import pytest

from ingest.sources import read_corpus
from ingest.types import Corpus
from tests.ui.scripted_chain import CHILDREN, GHOUTA, Script, children, ghouta


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus()


@pytest.fixture(scope="session")
def one_script(corpus: Corpus) -> Script:
    """Return the script that apps are built on once: Gradio takes a second or more for each."""
    return Script(corpus, {CHILDREN: children(corpus), GHOUTA: ghouta(corpus)})


@pytest.fixture
def script(one_script: Script) -> Script:
    one_script.rewind()
    return one_script
