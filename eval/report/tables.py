"""A report → JSON, JUnit XML and tables.

The JSON holds the whole report; its key `seconds` alone differs between two runs of the same code
over the same cases.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from rich.markup import escape
from rich.table import Table

from eval.metrics.answers import JUDGED, METRICS, RISK, SUMMARIES
from eval.metrics.stats import interval, mean
from eval.report.compare import Changes
from eval.sets.public import PUBLIC_METRICS
from eval.types import Figure, Outcome, Place, Report
from ingest.types import Corpus
from rag.wire import answer_json

MEANINGS: dict[str, str] = {
    **{metric.name: metric.meaning for metric in (*METRICS, *PUBLIC_METRICS)},
    **{summary.name: summary.meaning for summary in SUMMARIES},
    JUDGED: "sentences that an independent judge finds supported by what they cite",
}
PERCENT_EXEMPT = frozenset(("citations_shown", RISK.name, "ndcg_at_10"))
# https://www.w3.org/TR/xml/#charsets: what XML 1.0 cannot hold, escaped or not
NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_json(report: Report) -> dict[str, Any]:
    """Return the JSON form of a report: plain dicts, lists, strings and numbers."""
    return {
        "title": dict(report.title),
        "figures": {figure.name: _figure_json(figure) for figure in report.figures},
        "kinds": {kind: _figure_json(figure) for kind, figure in passed_by_kind(report).items()},
        "curve": [list(point) for point in report.curve],
        "cases": [_case_json(outcome) for outcome in report.outcomes],
        "seconds": {
            **{name: round(value, 3) for name, value in report.seconds.items()},
            "cases": {o.observed.case.id: round(o.observed.seconds, 3) for o in report.outcomes},
        },
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n,
        "lower_is_better": figure.lower_is_better, "baselines": dict(figure.baselines),
    }  # fmt: skip


def _case_json(outcome: Outcome) -> dict[str, Any]:
    seen = outcome.observed
    answer = answer_json(seen.answer)
    del answer["seconds"]
    return {
        "id": seen.case.id, "kind": seen.case.kind, "question": seen.case.question, "values": dict(outcome.values),
        "failures": list(outcome.failures), "error": seen.error, "gold": gold_words(outcome), "answer": answer,
    }  # fmt: skip


def gold_words(outcome: Outcome) -> list[list[dict[str, str]]]:
    """Return the gold of a case in words: a list of items, each a list of alternatives (source, quote)."""
    corpus = outcome.observed.corpus
    return [
        [_words(span, corpus) for span in item.spans] for item in outcome.observed.case.evidence
    ]


def _words(span: Place, corpus: Corpus) -> dict[str, str]:
    return {
        "source_id": span.source_id,
        "quote": corpus.body(span.source_id)[span.start : span.end],
    }


def passed_by_kind(report: Report) -> dict[str, Figure]:
    """Return, by kind of case, the share of the cases that no metric fails, with its interval."""
    kinds = dict.fromkeys(outcome.observed.case.kind for outcome in report.outcomes)
    passed = {
        kind: [float(not o.failures) for o in report.outcomes if o.observed.case.kind == kind]
        for kind in kinds
    }
    return {
        str(kind): Figure(str(kind), mean(values), *interval(values), n=len(values))
        for kind, values in passed.items()
    }


def write_json(report: Report, file: Path) -> None:
    """Write the JSON form of a report."""
    content = json.dumps(report_json(report), ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{content}\n", encoding="utf-8")


def write_junit(report: Report, file: Path) -> None:
    """Write JUnit XML: a suite for each kind, a test for each case, so that a CI shows failures by case."""
    root = ElementTree.Element("testsuites", name="essay-chat eval")
    for kind in dict.fromkeys(outcome.observed.case.kind for outcome in report.outcomes):
        own = [outcome for outcome in report.outcomes if outcome.observed.case.kind == kind]
        crashed = sum(o.observed.error is not None for o in own)
        failed = sum(bool(o.failures) for o in own) - crashed
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=kind,
            tests=str(len(own)),
            failures=str(failed),
            errors=str(crashed),
        )
        for outcome in own:
            _test_case(suite, outcome)
    ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _test_case(suite: ElementTree.Element, outcome: Outcome) -> None:
    seen = outcome.observed
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=seen.case.kind,
        name=_xml(seen.case.id),
        time=f"{seen.seconds:.3f}",
    )
    if not outcome.failures:
        return
    tag = "failure" if seen.error is None else "error"
    failure = ElementTree.SubElement(
        case, tag, message=_xml(seen.error or ", ".join(outcome.failures))
    )
    gold = [
        " or ".join(f"{span['quote']!r} ({span['source_id']})" for span in item)
        for item in gold_words(outcome)
    ]
    lines = [
        f"question: {seen.case.question}",
        f"status: {seen.answer.status}",
        f"answer: {seen.answer.text}",
    ]
    failure.text = _xml("\n".join([*lines, *(f"gold: {words}" for words in gold)]))


def _xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def write_markdown(report: Report, broken: Sequence[object], file: Path) -> None:
    """Write the figures as a Markdown table and the broken bounds below it, for a README or a CI's job summary."""
    names = _baseline_names(report)
    header = ["metric", "figure", "95% interval", "n", *names]
    rows = [
        [f"{row[0]}: {MEANINGS[figure.name]}", *row[1:]]
        for figure, row in _figure_rows(report, names)
    ]
    lines = [" | ".join(row) for row in (header, ["---"] * len(header), *rows)]
    title = ", ".join(f"{key} {value}" for key, value in report.title.items())
    breaches = [f"- broken: {str(breach).replace('<', '&lt;')}" for breach in broken]
    content = [
        f"{len(report.outcomes)} cases; {title}",
        "",
        *(f"| {line} |" for line in lines),
        "",
        *breaches,
    ]
    file.write_text("\n".join(content).rstrip() + "\n", encoding="utf-8")


def _baseline_names(report: Report) -> list[str]:
    return list(dict.fromkeys(name for figure in report.figures for name in figure.baselines))


def _figure_rows(report: Report, names: Sequence[str]) -> Iterator[tuple[Figure, list[str]]]:
    for figure in report.figures:
        beside = [
            figure_text(figure.name, figure.baselines[n]) if n in figure.baselines else ""
            for n in names
        ]
        reach = f"{figure_text(figure.name, figure.low)} – {figure_text(figure.name, figure.high)}"
        arrow = " ↓" if figure.lower_is_better else ""
        yield (
            figure,
            [
                f"{figure.name}{arrow}",
                figure_text(figure.name, figure.value),
                reach,
                str(figure.n),
                *beside,
            ],
        )


def figure_text(name: str, value: float) -> str:
    """Return a figure as a person reads it: a share in percent, a count or an area as it is."""
    return f"{value:.2f}" if name in PERCENT_EXEMPT else f"{value:.1%}"


def figures_table(report: Report) -> Table:
    """Return the table of all figures with intervals and baselines."""
    names = _baseline_names(report)
    table = Table(
        title=", ".join(f"{k} {v}" for k, v in report.title.items()), title_justify="left"
    )
    table.add_column("metric", no_wrap=True)
    for column in ("figure", "95% interval", "n", *names):
        table.add_column(column, justify="right", no_wrap=True)
    for _, row in _figure_rows(report, names):
        table.add_row(*row)
    return table


def kinds_table(report: Report) -> Table:
    """Return the table of cases passed by kind."""
    table = Table(title="Cases that no metric fails", title_justify="left")
    for column in ("kind", "passed", "95% interval", "n"):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind, figure in passed_by_kind(report).items():
        table.add_row(
            kind, f"{figure.value:.1%}", f"{figure.low:.1%} – {figure.high:.1%}", str(figure.n)
        )
    return table


def failures_table(outcomes: Sequence[Outcome]) -> Table:
    """Return the table of failed cases: the question, what failed it, and what was answered."""
    table = Table(title=f"{len(outcomes)} failed cases", title_justify="left")
    for column in ("case", "question", "fails", "status"):
        table.add_column(column, overflow="fold")
    for outcome in outcomes:
        seen = outcome.observed
        failed = seen.error or ", ".join(outcome.failures)
        table.add_row(
            *(
                escape(text)
                for text in (seen.case.id, seen.case.question, failed, seen.answer.status)
            )
        )
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
