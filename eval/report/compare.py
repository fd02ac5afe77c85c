"""Two reports → what changed between them, figure by figure and case by case."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.metrics.stats import mean
from eval.types import Report
from ingest.errors import CaseError

NOISE = 1e-9  # figures that differ by less are the same


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different: figures (before, after), and ids of cases that began to fail, were mended, came or went."""

    figures: Mapping[str, tuple[float, float]]
    regressed: tuple[str, ...]
    mended: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]


def read_baseline(file: Path) -> dict[str, Any]:
    """Return an earlier report as it was written with `--json`.

    Raises CaseError for a file that is none.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CaseError(f"report {str(file)!r} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CaseError(
            f"report {str(file)!r} is not JSON: {error}; write one with --json FILE"
        ) from error
    if not isinstance(content, dict) or not {"figures", "cases"} <= content.keys():
        raise CaseError(
            f"report {str(file)!r} has no figures and cases; write one with --json FILE"
        )
    return content


def compare(report: Report, baseline: Mapping[str, Any]) -> Changes:
    """Return what changed since `baseline`, a report in its JSON form."""
    before = {case["id"]: case for case in baseline["cases"]}
    after = {outcome.observed.case.id: outcome for outcome in report.outcomes}
    both = [
        (name, not before[name]["failures"], not after[name].failures)
        for name in after
        if name in before
    ]
    return Changes(
        figures=_moved(report, baseline, [name for name, _, _ in both]),
        regressed=tuple(name for name, passed, passes in both if passed and not passes),
        mended=tuple(name for name, passed, passes in both if passes and not passed),
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
    )


def _moved(
    report: Report, baseline: Mapping[str, Any], both: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Return the figures that differ over the cases of both reports: a part may be compared with the whole.

    A figure that is no mean of its cases is compared only where the cases are the same.
    """
    values = {case["id"]: case["values"] for case in baseline["cases"]}
    now = {outcome.observed.case.id: outcome.values for outcome in report.outcomes}
    same = values.keys() == now.keys()
    pairs = {}
    for name in (figure.name for figure in report.figures):
        pair = _means(name, values, both), _means(name, now, both)
        if same and name in baseline["figures"]:
            pair = (
                baseline["figures"][name]["value"],
                next(f.value for f in report.figures if f.name == name),
            )
        pairs[name] = pair
    return {
        n: (a, b)
        for n, (a, b) in pairs.items()
        if a is not None and b is not None and abs(a - b) > NOISE
    }


def _means(
    name: str, values: Mapping[str, Mapping[str, float]], ids: Sequence[str]
) -> float | None:
    found = [values[case][name] for case in ids if name in values[case]]
    return mean(found) if found else None
