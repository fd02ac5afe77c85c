"""What holds for every test: no connection but to loopback, no settings or files of the user's."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_socket import socket_allow_hosts

from ingest.sources import read_corpus
from ingest.types import Corpus
from tests.fakes import NOTES, write_corpus

# No timed test: how fast a thing is belongs into a benchmark.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Before any test imports gradio, a hub client or a tracer.
os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", LANGSMITH_TRACING="false")


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test its own user data folder and no ESSAY_CHAT_* variable."""
    for name in list(os.environ):
        if name.startswith("ESSAY_CHAT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def river(tmp_path: Path) -> Corpus:
    """A text of two paragraphs and a pull quote, and notes on two sources."""
    return read_corpus(write_corpus(tmp_path / "corpus", notes=NOTES))
