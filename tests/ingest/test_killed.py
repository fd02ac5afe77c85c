"""A build that is killed leaves the old index whole or the new one whole.

What it stored is not embedded again.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("killed_build.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the builds are forked")


@pytest.fixture(
    scope="module", params=["the switch", pytest.param("every", marks=pytest.mark.slow)]
)
def killed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """Return what was found after each killed build, in the order of the lines they died at."""
    work = tmp_path_factory.mktemp("killed")
    program = subprocess.run(
        [sys.executable, PROGRAM, work, request.param],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert program.returncode == 0, program.stderr
    return [json.loads(line) for line in program.stdout.splitlines()]


def test_every_build_was_killed(killed: list[dict[str, Any]]) -> None:
    assert len(killed) >= 6
    assert all(row["killed"] for row in killed)


def test_the_next_start_finds_the_old_index_or_the_new_one_whole(
    killed: list[dict[str, Any]],
) -> None:
    assert [row["place"] for row in killed if not row.get("whole")] == []
    opened = [row["opened"] for row in killed]
    assert set(opened) == {"old", "new"}
    assert opened == sorted(opened, reverse=True), "once the new index is in use it stays so"


def test_the_next_build_finishes_and_embeds_only_what_was_not_stored(
    killed: list[dict[str, Any]],
) -> None:
    assert [row["place"] for row in killed if not row.get("finished")] == []
    assert [row["embedded"] for row in killed] == [row["missing"] for row in killed]
    assert {0} < {row["missing"] for row in killed}
    assert all(row["missing"] < row["of"] for row in killed)
