"""A report → one self-contained HTML page.

Bars with intervals, the risk-coverage curve, every failed case, and what changed. No script, no
request, and every word that comes from a case or a text is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from pathlib import Path

from eval.gate import Breach, Gate
from eval.metrics.registry import MEANINGS
from eval.report.bars import figure_bar
from eval.report.case_card import case_card
from eval.report.compare import Changes
from eval.report.curve import risk_curve
from eval.report.tables import figure_text, passed_by_kind
from eval.types import Outcome, Report

# The figures of the page, by heading.
_CITED = """
    evidence_cited follow_ups_resolved both_voices premise_met says_right
    evidence_cited_when_answered supporting_first supporting_first_when_answered citation_recall
    citation_precision lead_precision lead_answers words_shown citations_shown"""
_WIDER = """
    disputes_shown summary_right map_right list_right compare_right yes_no_right
    independent_answered same_alone"""
_STOP = """
    near_miss_held near_miss_refused off_topic_refused attack_refused abstained answer_rate
    refusal_rate stop_and_go stop_and_go_strict refused_wrongly partly_wrongly risk_coverage_area"""
_TRUE = """
    completed quotes_exact quotes_whole voices_true relation_true sentences_held
    judged_supported"""
_RETRIEVER = "hit_at_1 hit_at_5 recall_at_1 recall_at_3 recall_at_5 recall_at_20 ndcg_at_10"
GROUPS: dict[str, tuple[str, ...]] = {
    "The right words are cited": tuple(_CITED.split()),
    "Disagreement, breadth, conversation": tuple(_WIDER.split()),
    "It knows when to stop": tuple(_STOP.split()),
    "What is shown is true": tuple(_TRUE.split()),
    "The retriever": tuple(_RETRIEVER.split()),
}
# Nothing may load, whatever a case or a text holds.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
FIGURES_LEGEND = (
    "Bar: the figure. Line across: its 95% interval (Wilson for shares of cases, else bootstrap). "
    "Thin marks: trivial baselines (BM25 first sentence, always answer, never answer), "
    "or the chain without one of its parts. Dashed: the bound of the gate. ↓: lower is better."
)
CURVE_LEGEND = (
    "Of the questions it is most confident about (share, across), how many would it answer wrongly "
    "(share, up)? Dashed: with no sense of its own confidence."
)


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
    parts = (
        _head(report, broken),
        _changes(changes, _carded(report)) if changes else "",
        _figures(report, gate, {breach.name for breach in broken}),
        _kinds(report),
        _curve(report),
        _failed(report),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<title>essay-chat eval</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<style>{style}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _head(report: Report, broken: Sequence[Breach]) -> str:
    title = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in report.title.items()
    )
    failed = sum(bool(outcome.failures) for outcome in report.outcomes)
    times = ", ".join(f"{name} {value:.2f} s" for name, value in report.seconds.items())
    counts = f"{len(report.outcomes)} cases, {failed} failed; seconds a case: {escape(times)}"
    return (
        f'<h1>Is every answer faithful?</h1><dl class="title">{title}</dl>{_legend(counts)}'
        f"{_verdict(broken, _carded(report))}"
    )


def _legend(text: str) -> str:
    return f'<p class="legend">{text}</p>'


def _verdict(broken: Sequence[Breach], carded: set[str]) -> str:
    if not broken:
        return '<div class="verdict"><b>The gate holds.</b></div>'
    items = "".join(
        f"<li>{escape(breach.what)}{_fold(breach.cases, carded)}</li>" for breach in broken
    )
    return f'<div class="verdict broken"><b>The gate is broken.</b><ul>{items}</ul></div>'


def _figures(report: Report, gate: Gate, broken: set[str]) -> str:
    groups = ""
    for heading, names in GROUPS.items():
        rows = "".join(_figure(name, report, gate, name in broken) for name in names)
        groups += f"<h3>{escape(heading)}</h3>{rows}" if rows else ""
    return f"<h2>Figures</h2>{_legend(FIGURES_LEGEND)}{groups}"


def _figure(name: str, report: Report, gate: Gate, broken: bool) -> str:
    figure = report.figure(name)
    if figure is None:
        return ""
    bound = gate.ceilings.get(name, gate.floors.get(name))
    return figure_bar(figure, meaning=MEANINGS.get(name, ""), bound=bound, broken=broken)


def _kinds(report: Report) -> str:
    rows = "".join(figure_bar(figure) for figure in passed_by_kind(report).values())
    return f"<h2>Cases that no metric fails, by kind</h2>{rows}"


def _curve(report: Report) -> str:
    if not report.curve:
        return ""
    return f"<h2>Risk and coverage</h2>{_legend(CURVE_LEGEND)}{risk_curve(report.curve)}"


def _changes(changes: Changes, carded: set[str]) -> str:
    began = f"<p><b>Began to fail:</b> {_links(changes.regressed, carded) or 'none'}</p>"
    mended = f"<p><b>Mended:</b> {_links(changes.mended, carded) or 'none'}</p>"
    moved = f"<p>Cases added: {len(changes.added)}, removed: {len(changes.removed)}.</p>"
    return f"<h2>Changes since the baseline</h2>{_changed_figures(changes)}{began}{mended}{moved}"


def _changed_figures(changes: Changes) -> str:
    if not changes.figures:
        return "<p>No figure moved.</p>"
    rows = ""
    for name, (before, after) in changes.figures.items():
        cells = (escape(name), figure_text(name, before), figure_text(name, after))
        rows += f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    return f"<table><tr><th>figure</th><th>before</th><th>now</th></tr>{rows}</table>"


def _carded(report: Report) -> set[str]:
    """Return the ids that have a card on the page to link to."""
    return {outcome.observed.case.id for outcome in report.outcomes if outcome.failures}


def _fold(ids: Sequence[str], carded: set[str]) -> str:
    if not ids:
        return ""
    return f"<details><summary>{len(ids)} cases</summary>{_links(ids, carded)}</details>"


def _links(ids: Iterable[str], carded: set[str]) -> str:
    links = ""
    for case_id in ids:
        name = escape(case_id)
        links += f'<a href="#{name}">{name}</a>' if case_id in carded else f"<span>{name}</span>"
    return f'<span class="ids">{links}</span>' if links else ""


def _failed(report: Report) -> str:
    failed = [outcome for outcome in report.outcomes if outcome.failures]
    groups: dict[str, list[Outcome]] = {}
    for outcome in failed:
        groups.setdefault(outcome.observed.case.kind, []).append(outcome)
    contents = "".join(
        f'<a href="#kind-{kind}">{kind} ({len(outcomes)})</a> ' for kind, outcomes in groups.items()
    )
    cards = ""
    for kind, outcomes in groups.items():
        cards += f'<h3 id="kind-{kind}">{kind}</h3>{"".join(map(case_card, outcomes))}'
    return (
        f'<h2>Failed cases ({len(failed)})</h2><p class="ids">{contents}</p>'
        f"{cards or '<p>None.</p>'}"
    )
