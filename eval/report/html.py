"""A report → one self-contained HTML page: bars with intervals, the risk-coverage curve, every failed case, what changed.

No script, no request, and every word that comes from a case or a text is escaped.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path

from eval.gate import Breach, Gate
from eval.report.case_card import case_card
from eval.report.compare import Changes
from eval.report.tables import MEANINGS, figure_text, passed_by_kind
from eval.types import Figure, Report

GROUPS: dict[str, tuple[str, ...]] = {
    "The right words are cited": (
        "evidence_cited", "follow_ups_resolved", "both_voices", "premise_met", "says_right", "evidence_cited_when_answered",
        "supporting_first", "supporting_first_when_answered", "citation_recall", "citation_precision", "citations_shown",
    ),
    "It knows when to stop": (
        "near_miss_held", "near_miss_refused", "off_topic_refused", "attack_refused", "abstained", "answer_rate",
        "refusal_rate", "stop_and_go", "stop_and_go_strict", "refused_wrongly", "partly_wrongly", "risk_coverage_area",
    ),
    "What is shown is true": (
        "completed", "quotes_exact", "quotes_whole", "voices_true", "sentences_held", "judged_supported",
    ),
    "The retriever": ("hit_at_1", "hit_at_5", "recall_at_1", "recall_at_3", "recall_at_5", "recall_at_20", "ndcg_at_10"),
}  # fmt: skip
BASELINE_NAMES = {"bm25_first": "BM25", "always": "always", "never": "never"}
# Nothing may load, whatever a case or a text holds.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
WIDTH, HEIGHT, MARGIN = 640, 300, 44  # of the curve, in units of its own view box


def write_html(
    report: Report,
    file: Path,
    *,
    gate: Gate,
    broken: Sequence[Breach] = (),
    changes: Changes | None = None,
) -> None:
    """Write the page."""
    file.write_text(page(report, gate=gate, broken=broken, changes=changes), encoding="utf-8")


def page(
    report: Report, *, gate: Gate, broken: Sequence[Breach] = (), changes: Changes | None = None
) -> str:
    """Return the page as a string."""
    style = resources.files("eval.report").joinpath("report.css").read_text(encoding="utf-8")
    parts = [
        _head(report, broken), _changes(changes, _carded(report)) if changes else "",
        _figures(report, gate, {breach.name for breach in broken}), _kinds(report), _curve(report),
        _failed(report),
    ]  # fmt: skip
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>essay-chat eval</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{style}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _head(report: Report, broken: Sequence[Breach]) -> str:
    title = "".join(
        f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in report.title.items()
    )
    failed = sum(bool(outcome.failures) for outcome in report.outcomes)
    times = ", ".join(f"{name} {value:.2f} s" for name, value in report.seconds.items())
    counts = f"{len(report.outcomes)} cases, {failed} failed; seconds a case: {escape(times)}"
    items = "".join(
        f"<li>{escape(breach.what)}{_fold(breach.cases, _carded(report))}</li>" for breach in broken
    )
    verdict = f"<b>The gate is broken.</b><ul>{items}</ul>" if broken else "<b>The gate holds.</b>"
    mark = "verdict broken" if broken else "verdict"
    return (
        f'<h1>Is every answer faithful?</h1><dl class="title">{title}</dl><p class="legend">{counts}</p>'
        f'<div class="{mark}">{verdict}</div>'
    )


def _figures(report: Report, gate: Gate, broken: set[str]) -> str:
    legend = (
        '<p class="legend">Bar: the figure. Line across: its 95% interval (Wilson for shares of cases, else bootstrap). '
        "Thin marks: trivial baselines (BM25 first sentence, always answer, never answer), or the chain without one of its "
        "parts. Dashed: the bound of the gate. "
        "↓: lower is better.</p>"
    )
    bounds = {**gate.floors, **gate.ceilings}
    groups = []
    for heading, names in GROUPS.items():
        rows = [
            _figure(f, bounds.get(name), name in broken)
            for name in names
            if (f := report.figure(name))
        ]
        groups += [f"<h3>{escape(heading)}</h3>", *rows] if rows else []
    return f"<h2>Figures</h2>{legend}{''.join(groups)}"


def _figure(
    figure: Figure, bound: float | None = None, broken: bool = False, *, meaning: str | None = None
) -> str:
    text = {name: figure_text(figure.name, value) for name, value in
            (("value", figure.value), ("low", figure.low), ("high", figure.high))}  # fmt: skip
    arrow = " ↓" if figure.lower_is_better else ""
    explained = MEANINGS.get(figure.name, "") if meaning is None else meaning
    return (
        f'<div class="figure{" broken" if broken else ""}"><div><div class="name">{escape(figure.name)}{arrow}</div>'
        f'<div class="meaning">{escape(explained)}</div></div>{_bar(figure, bound)}'
        f'<div class="number"><b>{text["value"]}</b><small>{text["low"]} to {text["high"]}, n {figure.n}</small></div></div>'
    )


def _bar(figure: Figure, bound: float | None) -> str:
    # A count has no natural end: its bar ends a little past the largest thing on it.
    end = max(
        1.0, *(1.15 * v for v in (figure.high, bound or 0, *figure.baselines.values()) if v > 1), 0
    )
    beside = "".join(
        _beside(100 * value / end, names) for value, names in _together(figure.baselines).items()
    )
    dashed = (
        f'<i class="bound" style="left:{100 * bound / end:.2f}%"></i>' if bound is not None else ""
    )
    low, high = 100 * figure.low / end, 100 * figure.high / end
    return (
        f'<div class="bar"><i class="fill" style="width:{100 * figure.value / end:.2f}%"></i>{beside}'
        f'<i class="reach" style="left:{low:.2f}%;width:{high - low:.2f}%"></i>{dashed}</div>'
    )


def _together(baselines: Mapping[str, float]) -> dict[float, list[str]]:
    """Return the names of the baselines by value, so that equal ones share a label."""
    at: dict[float, list[str]] = {}
    for name, value in baselines.items():
        at.setdefault(round(value, 2), []).append(BASELINE_NAMES.get(name, name))
    return at


def _beside(place: float, names: Sequence[str]) -> str:
    side = " left" if place > 80 else ""  # the label of a mark at the right end stands on its left
    return f'<i class="beside{side}" style="left:{place:.2f}%" data-name="{escape(", ".join(names))}"></i>'


def _kinds(report: Report) -> str:
    rows = (_figure(figure, meaning="") for figure in passed_by_kind(report).values())
    return f"<h2>Cases that no metric fails, by kind</h2>{''.join(rows)}"


def _curve(report: Report) -> str:
    if not report.curve:
        return ""
    chance = report.curve[-1][1]
    points = " ".join(f"{_x(coverage):.1f},{_y(risk):.1f}" for coverage, risk in report.curve)
    grid = "".join(
        f'<line class="axis" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(v):.1f}" y2="{_y(v):.1f}"/>'
        f'<text x="{_x(0) - 8}" y="{_y(v) + 4:.1f}" text-anchor="end">{v:.0%}</text>'
        f'<text x="{_x(v):.1f}" y="{_y(0) + 18}" text-anchor="middle">{v:.0%}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        '<h2>Risk and coverage</h2><p class="legend">Of the questions it is most confident about (share, across), how many '
        "would it answer wrongly (share, up)? Dashed: with no sense of its own confidence.</p>"
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="risk-coverage curve">{grid}'
        f'<line class="chance" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(chance):.1f}" y2="{_y(chance):.1f}"/>'
        f'<polyline class="risk" points="{points}"/></svg>'
    )


def _x(coverage: float) -> float:
    return MARGIN + coverage * (WIDTH - 2 * MARGIN)


def _y(risk: float) -> float:
    return HEIGHT - 30 - risk * (HEIGHT - 50)


def _changes(changes: Changes, carded: set[str]) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{figure_text(name, before)}</td><td>{figure_text(name, after)}</td></tr>"
        for name, (before, after) in changes.figures.items()
    )
    table = (
        f"<table><tr><th>figure</th><th>before</th><th>now</th></tr>{rows}</table>"
        if rows
        else "<p>No figure moved.</p>"
    )
    lists = (("Began to fail", changes.regressed), ("Mended", changes.mended))
    named = "".join(f"<p><b>{what}:</b> {_links(ids, carded) or 'none'}</p>" for what, ids in lists)
    moved = f"<p>Cases added: {len(changes.added)}, removed: {len(changes.removed)}.</p>"
    return f"<h2>Changes since the baseline</h2>{table}{named}{moved}"


def _carded(report: Report) -> set[str]:
    """Return the ids that have a card on the page to link to."""
    return {outcome.observed.case.id for outcome in report.outcomes if outcome.failures}


def _fold(ids: Sequence[str], carded: set[str]) -> str:
    return (
        f"<details><summary>{len(ids)} cases</summary>{_links(ids, carded)}</details>"
        if ids
        else ""
    )


def _links(ids: Iterable[str], carded: set[str]) -> str:
    names = ((name, escape(name)) for name in ids)
    linked = "".join(
        f'<a href="#{shown}">{shown}</a>' if name in carded else f"<span>{shown}</span>"
        for name, shown in names
    )
    return f'<span class="ids">{linked}</span>' if linked else ""


def _failed(report: Report) -> str:
    failed = [outcome for outcome in report.outcomes if outcome.failures]
    kinds = dict.fromkeys(outcome.observed.case.kind for outcome in failed)
    groups = {
        kind: [outcome for outcome in failed if outcome.observed.case.kind == kind]
        for kind in kinds
    }
    contents = "".join(
        f'<a href="#kind-{kind}">{kind} ({len(own)})</a> ' for kind, own in groups.items()
    )
    cards = "".join(
        f'<h3 id="kind-{kind}">{kind}</h3>{"".join(map(case_card, own))}'
        for kind, own in groups.items()
    )
    return f'<h2>Failed cases ({len(failed)})</h2><p class="ids">{contents}</p>{cards or "<p>None.</p>"}'
