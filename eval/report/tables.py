"""A report → tables for a terminal, and the rows that they share with the other forms."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from eval.metrics.registry import RISK
from eval.metrics.stats import interval, mean
from eval.report.compare import Changes
from eval.report.held_out import HELD_OUT
from eval.types import Figure, Outcome, Report

PERCENT_EXEMPT = frozenset(("citations_shown", "words_shown", RISK.name, "ndcg_at_10"))


def passed_by_kind(report: Report) -> dict[str, Figure]:
    """Return, by kind of case, the share of the cases that no metric fails, with its interval."""
    passed: dict[str, list[float]] = {}
    for outcome in report.outcomes:
        kind = outcome.observed.case.kind
        passed.setdefault(kind, []).append(float(not outcome.failures))
    return {
        kind: Figure(kind, mean(values), *interval(values), n=len(values))
        for kind, values in passed.items()
    }


def baseline_names(report: Report) -> list[str]:
    """Return the names of all baselines that stand beside a figure of the report."""
    return list(dict.fromkeys(name for figure in report.figures for name in figure.baselines))


def figure_rows(report: Report, names: Sequence[str]) -> Iterator[tuple[Figure, list[str]]]:
    """Yield each figure with its row: name, value, interval, n, and those baselines."""
    for figure in report.figures:
        arrow = " ↓" if figure.lower_is_better else ""
        low, high = figure_text(figure.name, figure.low), figure_text(figure.name, figure.high)
        row = [
            f"{figure.name}{arrow}",
            figure_text(figure.name, figure.value),
            f"{low} – {high}",
            str(figure.n),
        ]
        for name in names:
            value = figure.baselines.get(name)
            row.append("" if value is None else figure_text(figure.name, value))
        yield figure, row


def figure_text(name: str, value: float) -> str:
    """Return a figure as a person reads it: a share in percent, a count or an area as it is.

    >>> figure_text("evidence_cited", 0.957), figure_text("citations_shown", 2.5)
    ('95.7%', '2.50')
    """
    return f"{value:.2f}" if name in PERCENT_EXEMPT else f"{value:.1%}"


def print_report(
    report: Report, changes: Changes | None, broken: Sequence[object], console: Console
) -> None:
    """Print all tables, how long the cases took, and the broken bounds of the gate."""
    failed = [outcome for outcome in report.outcomes if outcome.failures]
    console.print(figures_table(report))
    console.print(kinds_table(report))
    if failed:
        console.print(failures_table(failed))
    if changes:
        console.print(changes_table(changes))
    times = [f"{name} {report.seconds[name]:.2f} s" for name in ("p50", "p95", "total")]
    console.print(", ".join(times))
    for breach in broken:
        console.print(f"[red]gate:[/red] {escape(str(breach))}")


def figures_table(report: Report) -> Table:
    """Return the table of all figures with intervals and baselines."""
    names = baseline_names(report)
    title = ", ".join(f"{name} {value}" for name, value in report.title.items())
    table = Table(title=title, title_justify="left")
    table.add_column("metric", no_wrap=True)
    for column in ("figure", "95% interval", "n", *names):
        table.add_column(column, justify="right", no_wrap=True)
    for _, row in figure_rows(report, names):
        table.add_row(*row)
    return table


def kinds_table(report: Report) -> Table:
    """Return the table of cases passed by kind."""
    table = Table(title="Cases that no metric fails", title_justify="left")
    table.add_column("kind")
    for column in ("passed", "95% interval", "n"):
        table.add_column(column, justify="right")
    for kind, figure in passed_by_kind(report).items():
        reach = f"{figure.low:.1%} – {figure.high:.1%}"
        table.add_row(kind, f"{figure.value:.1%}", reach, str(figure.n))
    return table


def failures_table(outcomes: Sequence[Outcome]) -> Table:
    """Return the table of failed cases: the question, what failed it, and what was answered.

    Those whose words are held out are counted.
    """
    named = [one for one in outcomes if one.observed.case.question != HELD_OUT]
    hidden = len(outcomes) - len(named)
    caption = f"{hidden} of the held-out half: --show-held-out names them, and spends them"
    table = Table(
        title=f"{len(outcomes)} failed cases",
        caption=caption if hidden else None,
        title_justify="left",
        caption_justify="left",
    )
    for column in ("case", "question", "fails", "status"):
        table.add_column(column, overflow="fold")
    for outcome in named:
        seen = outcome.observed
        fails = seen.error or ", ".join(outcome.failures)
        row = (seen.case.id, seen.case.question, fails, seen.answer.status)
        table.add_row(*(escape(text) for text in row))
    return table


def changes_table(changes: Changes) -> Table:
    """Return the table of what changed since another report."""
    table = Table("what", "before → after", title="Changes", title_justify="left")
    for name, (before, after) in changes.figures.items():
        table.add_row(name, f"{figure_text(name, before)} → {figure_text(name, after)}")
    for what, ids in (("began to fail", changes.regressed), ("were mended", changes.mended)):
        table.add_row(f"cases that {what}", escape(", ".join(ids)) or "none")
    table.add_row("cases added, removed", f"{len(changes.added)}, {len(changes.removed)}")
    return table
