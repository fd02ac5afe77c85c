"""A file of floors and ceilings → what of a report breaks them.

```toml
[floors]
evidence_cited = 0.95

[ceilings]
refused_wrongly = 0.04
```
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.metrics.registry import MEANINGS
from eval.types import Report
from ingest.errors import CaseError

SHIPPED = Path(__file__).with_name("gate.toml")
SHOWN_CASES = 12

Side = Literal["floor", "ceiling"]


class Gate(BaseModel):
    """Bounds of figures by name: at or above each floor, at or below each ceiling."""

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
    side: Side
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
        if not self.cases:
            return self.what
        hidden = len(self.cases) - SHOWN_CASES
        more = f" and {hidden} more" if hidden > 0 else ""
        return f"{self.what}: {', '.join(self.cases[:SHOWN_CASES])}{more}"


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
                f"gate file {str(file)!r}: there is no metric {name!r}; "
                f"take one of {', '.join(sorted(MEANINGS))}"
            )
    return gate


def breaches(report: Report, gate: Gate, *, partial: bool) -> tuple[Breach, ...]:
    """Return the bounds that the report breaks.

    A bound that no case measured is broken too, unless only a part of the cases was run on purpose
    (`partial`).
    """
    broken = (*_broken(report, gate.floors, "floor"), *_broken(report, gate.ceilings, "ceiling"))
    return tuple(breach for breach in broken if breach.value is not None or not partial)


def _broken(report: Report, bounds: Mapping[str, float], side: Side) -> Iterator[Breach]:
    for name, bound in bounds.items():
        figure = report.figure(name)
        if figure is None:
            yield Breach(name, None, bound, side, ())
        elif _breaks(figure.value, bound, side):
            yield Breach(name, figure.value, bound, side, _short(report, name, bound, side))


def _breaks(value: float, bound: float, side: Side) -> bool:
    return value < bound if side == "floor" else value > bound


def _short(report: Report, name: str, bound: float, side: Side) -> tuple[str, ...]:
    """Return the cases on the wrong side of the bound, each by itself."""
    return tuple(
        outcome.observed.case.id
        for outcome in report.outcomes
        if name in outcome.values and _breaks(outcome.values[name], bound, side)
    )
