"""A report → JSON, JUnit XML and Markdown.

The JSON holds the whole report; its key `seconds` alone differs between two runs of the same code
over the same cases.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from eval.metrics.registry import MEANINGS
from eval.report.tables import baseline_names, figure_rows, passed_by_kind
from eval.types import Figure, Gold, Outcome, Report
from ingest.types import Corpus
from rag.wire import answer_json

# https://www.w3.org/TR/xml/#charsets: what XML 1.0 cannot hold, escaped or not
NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report_json(report: Report) -> dict[str, Any]:
    """Return the JSON form of a report: plain dicts, lists, strings and numbers."""
    seconds: dict[str, Any] = {name: round(value, 3) for name, value in report.seconds.items()}
    seconds["cases"] = {o.observed.case.id: round(o.observed.seconds, 3) for o in report.outcomes}
    return {
        "title": dict(report.title),
        "figures": {figure.name: _figure_json(figure) for figure in report.figures},
        "kinds": {kind: _figure_json(figure) for kind, figure in passed_by_kind(report).items()},
        "curve": [list(point) for point in report.curve],
        "cases": [_case_json(outcome) for outcome in report.outcomes],
        "seconds": seconds,
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "n": figure.n,
        "lower_is_better": figure.lower_is_better,
        "baselines": dict(figure.baselines),
    }


def _case_json(outcome: Outcome) -> dict[str, Any]:
    seen = outcome.observed
    answer = answer_json(seen.answer)
    del answer["seconds"]
    return {
        "id": seen.case.id,
        "kind": seen.case.kind,
        "question": seen.case.question,
        "values": dict(outcome.values),
        "failures": list(outcome.failures),
        "error": seen.error,
        "gold": gold_words(outcome),
        "answer": answer,
    }


def gold_words(outcome: Outcome) -> list[list[dict[str, str]]]:
    """Return the gold of a case in words: a list of items, each a list of (source, quote)."""
    seen = outcome.observed
    return [_item_words(item, seen.corpus) for item in seen.case.evidence]


def _item_words(item: Gold, corpus: Corpus) -> list[dict[str, str]]:
    return [
        {"source_id": span.source_id, "quote": corpus.body(span.source_id)[span.start : span.end]}
        for span in item.spans
    ]


def write_json(report: Report, file: Path) -> None:
    """Write the JSON form of a report."""
    content = json.dumps(report_json(report), ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{content}\n", encoding="utf-8")


def write_junit(report: Report, file: Path) -> None:
    """Write JUnit XML, so that a CI shows failures by case: a suite for each kind."""
    root = ElementTree.Element("testsuites", name="essay-chat eval")
    for kind in dict.fromkeys(outcome.observed.case.kind for outcome in report.outcomes):
        outcomes = [outcome for outcome in report.outcomes if outcome.observed.case.kind == kind]
        _test_suite(root, kind, outcomes)
    ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _test_suite(root: ElementTree.Element, kind: str, outcomes: Sequence[Outcome]) -> None:
    crashed = sum(outcome.observed.error is not None for outcome in outcomes)
    failed = sum(bool(outcome.failures) for outcome in outcomes) - crashed
    counts = {"tests": len(outcomes), "failures": failed, "errors": crashed}
    suite = ElementTree.SubElement(root, "testsuite", name=kind)
    for name, count in counts.items():
        suite.set(name, str(count))
    for outcome in outcomes:
        _test_case(suite, outcome)


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
    message = _xml(seen.error or ", ".join(outcome.failures))
    failure = ElementTree.SubElement(case, tag, message=message)
    lines = [
        f"question: {seen.case.question}",
        f"status: {seen.answer.status}",
        f"answer: {seen.answer.text}",
    ]
    for item in gold_words(outcome):
        quotes = [f"{span['quote']!r} ({span['source_id']})" for span in item]
        lines.append(f"gold: {' or '.join(quotes)}")
    failure.text = _xml("\n".join(lines))


def _xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def write_markdown(report: Report, broken: Sequence[object], file: Path) -> None:
    """Write the figures as a Markdown table with the broken bounds below it.

    For a README or the job summary of a CI.
    """
    names = baseline_names(report)
    header = ["metric", "figure", "95% interval", "n", *names]
    rows = [header, ["---"] * len(header)]
    for figure, (label, *cells) in figure_rows(report, names):
        rows.append([f"{label}: {MEANINGS[figure.name]}", *cells])
    title = ", ".join(f"{name} {value}" for name, value in report.title.items())
    lines = [f"{len(report.outcomes)} cases; {title}", ""]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    lines += ["", *(f"- broken: {str(breach).replace('<', '&lt;')}" for breach in broken)]
    file.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
