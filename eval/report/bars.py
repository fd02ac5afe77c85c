"""A figure → HTML: a bar with its interval, its baselines and the bound of the gate on it."""

from collections.abc import Mapping, Sequence
from html import escape

from eval.report.tables import figure_text
from eval.types import Figure

BASELINE_NAMES = {"bm25_first": "BM25", "always": "always", "never": "never"}


def figure_bar(
    figure: Figure, *, meaning: str = "", bound: float | None = None, broken: bool = False
) -> str:
    """Return the row of a figure: its name and meaning, its bar, and its numbers."""
    value = figure_text(figure.name, figure.value)
    low, high = figure_text(figure.name, figure.low), figure_text(figure.name, figure.high)
    arrow = " ↓" if figure.lower_is_better else ""
    return (
        f'<div class="figure{" broken" if broken else ""}">'
        f'<div><div class="name">{escape(figure.name)}{arrow}</div>'
        f'<div class="meaning">{escape(meaning)}</div></div>{_bar(figure, bound)}'
        f'<div class="number"><b>{value}</b><small>{low} to {high}, n {figure.n}</small></div>'
        "</div>"
    )


def _bar(figure: Figure, bound: float | None) -> str:
    end = _end(figure, bound)
    value, low, high = (100 * part / end for part in (figure.value, figure.low, figure.high))
    beside = "".join(
        _baseline_mark(100 * value / end, names)
        for value, names in _together(figure.baselines).items()
    )
    dashed = "" if bound is None else f'<i class="bound" style="left:{100 * bound / end:.2f}%"></i>'
    return (
        f'<div class="bar"><i class="fill" style="width:{value:.2f}%"></i>{beside}'
        f'<i class="reach" style="left:{low:.2f}%;width:{high - low:.2f}%"></i>{dashed}</div>'
    )


def _end(figure: Figure, bound: float | None) -> float:
    """Return the value at the right end of a bar.

    A count has no natural end: its bar ends a little past the largest thing on it.
    """
    largest = max(figure.high, bound or 0, *figure.baselines.values(), 0)
    return 1.15 * largest if largest > 1 else 1.0


def _together(baselines: Mapping[str, float]) -> dict[float, list[str]]:
    """Return the names of the baselines by value, so that equal ones share a label."""
    names: dict[float, list[str]] = {}
    for name, value in baselines.items():
        names.setdefault(round(value, 2), []).append(BASELINE_NAMES.get(name, name))
    return names


def _baseline_mark(place: float, names: Sequence[str]) -> str:
    side = " left" if place > 80 else ""  # the label of a mark at the right end stands on its left
    name = escape(", ".join(names))
    return f'<i class="beside{side}" style="left:{place:.2f}%" data-name="{name}"></i>'
