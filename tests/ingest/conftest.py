"""A folder with a corpus of two texts and notes, to build an index of."""

from pathlib import Path

import pytest

from tests.fakes import NOTES, RIVER, write_corpus
from tests.ingest.builds import BROOK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "corpus", {"river.txt": RIVER, "brook.txt": BROOK}, notes=NOTES)
    return tmp_path
