"""A file of floors and ceilings → what of a report breaks them.

```toml
[floors]
evidence_cited = 0.95

[ceilings]
refused_wrongly = 0.04
```
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.report.tables import MEANINGS
from eval.types import Figure, Outcome, Report
from ingest.errors import CaseError

SHIPPED = Path(__file__).with_name("gate.toml")
SHOWN_CASES = 12


class Gate(BaseModel):
    """Bounds of figures by name: a figure must be at or above its floor, at or below its ceiling."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    floors: dict[str, float] = {}
    ceilings: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Breach:
    """A bound that a report breaks.

    `value` is None where nothing was measured. `cases` are the ids that fell short.
    """

    name: str
    value: float | None
    bound: float
    side: Literal["floor", "ceiling"]
    cases: tuple[str, ...]

    @property
    def what(self) -> str:
        """The metric, the figure and the bound in words."""
        if self.value is None:
            return f"{self.name}: not measured by any case, {self.side} {self.bound:.3f}"
        relation = "under" if self.side == "floor" else "over"
        return f"{self.name} {self.value:.3f}, {relation} the {self.side} {self.bound:.3f}"

    def __str__(self) -> str:
        """Return what is broken and by which cases, in one line."""
        more = f" and {len(self.cases) - SHOWN_CASES} more" if len(self.cases) > SHOWN_CASES else ""
        return (
            f"{self.what}: {', '.join(self.cases[:SHOWN_CASES])}{more}" if self.cases else self.what
        )


def read_gate(file: Path) -> Gate:
    """Return the bounds of a file.

    Raises CaseError, naming the file, for anything that is not one.
    """
    try:
        gate = Gate.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise CaseError(f"gate file {str(file)!r} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"gate file {str(file)!r} is not valid TOML: {error}") from error
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise CaseError(f"gate file {str(file)!r}, {place!r}: {problem['msg']}") from error
    for name in (*gate.floors, *gate.ceilings):
        if name not in MEANINGS:
            raise CaseError(
                f"gate file {str(file)!r}: there is no metric {name!r}; take one of {', '.join(sorted(MEANINGS))}"
            )
    return gate


def breaches(report: Report, gate: Gate, *, partial: bool) -> tuple[Breach, ...]:
    """Return the bounds that the report breaks.

    A bound that no case measured is broken too, unless only a part of the cases was run on purpose
    (`partial`).
    """
    bounds: tuple[tuple[Literal["floor", "ceiling"], Mapping[str, float]], ...] = (
        ("floor", gate.floors),
        ("ceiling", gate.ceilings),
    )
    found = []
    for side, wanted in bounds:
        for name, bound in wanted.items():
            figure = report.figure(name)
            if figure is None:
                found += [] if partial else [Breach(name, None, bound, side, ())]
            elif _breaks(figure, bound, side):
                found.append(
                    Breach(
                        name, figure.value, bound, side, _short(report.outcomes, name, bound, side)
                    )
                )
    return tuple(found)


def _breaks(figure: Figure, bound: float, side: str) -> bool:
    return figure.value < bound if side == "floor" else figure.value > bound


def _short(outcomes: tuple[Outcome, ...], name: str, bound: float, side: str) -> tuple[str, ...]:
    """Return the cases on the wrong side of the bound, each by itself."""
    return tuple(
        outcome.observed.case.id
        for outcome in outcomes
        if name in outcome.values
        and (outcome.values[name] < bound if side == "floor" else outcome.values[name] > bound)
    )
