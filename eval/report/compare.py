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

Values = Mapping[str, Mapping[str, float]]  # by case, by metric


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different between two reports.

    Figures as (before, after), and the ids of cases that began to fail, were mended, came or went.
    """

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
    before = {case["id"]: bool(case["failures"]) for case in baseline["cases"]}
    after = {outcome.observed.case.id: bool(outcome.failures) for outcome in report.outcomes}
    both = [name for name in after if name in before]
    return Changes(
        figures=_moved(report, baseline, both),
        regressed=tuple(name for name in both if after[name] and not before[name]),
        mended=tuple(name for name in both if before[name] and not after[name]),
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
    )


def _moved(
    report: Report, baseline: Mapping[str, Any], both: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Return the figures that differ over the cases of both reports.

    A part may be so compared with the whole. A figure that is no mean of its cases is compared only
    where the cases are the same.
    """
    then = {case["id"]: case["values"] for case in baseline["cases"]}
    now = {outcome.observed.case.id: outcome.values for outcome in report.outcomes}
    same_cases = then.keys() == now.keys()
    moved: dict[str, tuple[float, float]] = {}
    for figure in report.figures:
        name = figure.name
        before, after = _mean(name, then, both), _mean(name, now, both)
        if same_cases and name in baseline["figures"]:
            before, after = baseline["figures"][name]["value"], figure.value
        if before is not None and after is not None and abs(before - after) > NOISE:
            moved[name] = before, after
    return moved


def _mean(name: str, values: Values, ids: Sequence[str]) -> float | None:
    measured = [values[case][name] for case in ids if name in values[case]]
    return mean(measured) if measured else None
