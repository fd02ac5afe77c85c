"""The corpus that ships, a chain that plays a script over it, and the app and a browser on that."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from ingest.sources import read_corpus
from ingest.types import Corpus
from tests.ui.client import client_of
from tests.ui.scripted_chain import CHILDREN, GHOUTA, Script, children, ghouta

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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


@pytest.fixture(scope="module")
def one_client(one_script: Script) -> Iterator[TestClient]:
    with client_of(one_script) as client:
        yield client


@pytest.fixture
def client(one_client: TestClient, script: Script) -> TestClient:
    """Return a client of the app, its script rewound."""
    return one_client


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Start Chromium for a module.

    Not for longer, because Playwright's loop runs on in the main thread until it is stopped.
    """
    from playwright.sync_api import expect, sync_playwright

    from tests.ui.chromium import NAMES, SLOW_MS

    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = (
            f"no Chromium found on PATH (looked for {', '.join(NAMES)}); "
            "install one to run the browser tests"
        )
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    expect.set_options(timeout=SLOW_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
