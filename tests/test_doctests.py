"""The examples in public docstrings are true."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WITH_EXAMPLES = sorted(
    file.relative_to(ROOT)
    for package in ("ingest", "rag", "eval", "ui")
    for file in (ROOT / package).rglob("*.py")
    if ">>> " in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=str)
def test_the_examples_of_a_module_hold(file: Path) -> None:
    module = importlib.import_module(".".join(file.with_suffix("").parts))
    results = doctest.testmod(module)
    assert results.attempted
    assert not results.failed
