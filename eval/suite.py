"""Cases and a chain → a report: every metric of every case, every figure beside its baselines.

A case that raises is a failed case with its error, never a dropped one.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

import numpy as np

from eval.metrics.registry import METRICS, RISK, SUMMARIES
from eval.metrics.stats import bootstrap, interval, mean, percentile, risk_coverage
from eval.types import Answering, Case, Figure, Metric, Observed, Outcome, Report, Rows, Summary
from ingest.errors import QuestionError
from rag.types import Answer, Found, Hit, Turn

log = logging.getLogger(__name__)

Advance = Callable[[], None]
Beside = Mapping[str, Sequence[Observed]]  # what each baseline did, by its name


def run_suite(
    chain: Answering,
    cases: Sequence[Case],
    *,
    title: Mapping[str, str],
    metrics: Sequence[Metric] = METRICS,
    baselines: Mapping[str, Answering] | None = None,
    advance: Advance = lambda: None,
) -> Report:
    """Run the cases through the chain and its baselines.

    `advance` is called once for each case of each.
    """
    seen = observe_all(chain, cases, advance)
    beside = {name: observe_all(other, cases, advance) for name, other in (baselines or {}).items()}
    outcomes = tuple(_outcome(one, metrics) for one in seen)
    figures = [
        *(_figure(metric, outcomes, beside) for metric in metrics),
        *(_summary_figure(summary, seen, beside) for summary in SUMMARIES),
    ]
    return Report(
        title=title,
        figures=tuple(figure for figure in figures if figure),
        outcomes=outcomes,
        curve=_curve(seen),
        seconds=_seconds(seen),
    )


def observe_all(
    chain: Answering, cases: Iterable[Case], advance: Advance = lambda: None
) -> tuple[Observed, ...]:
    """Run each case through the chain, in order."""
    seen = []
    for case in cases:
        seen.append(observe(chain, case))
        advance()
    return tuple(seen)


def observe(chain: Answering, case: Case) -> Observed:
    """Run one case; whatever it raises becomes the `error` of what was observed.

    A QuestionError is no crash: the product turned the question away with a sentence, which is a
    refusal.
    """
    started = perf_counter()
    hits: tuple[Hit, ...] = ()
    answer, alone, error = _blank(case, chain), None, None
    try:
        hits, answer = _asked(chain, case.question, case.history)
        if case.kind == "independent":
            _, alone = _asked(chain, case.question, ())
    except QuestionError as refusal:
        answer = replace(_blank(case, chain), status="not_in_corpus", reason=str(refusal))
    # A crash of any kind must be reported as this case's, and must not end the run.
    except Exception as raised:
        log.debug("case %s raised", case.id, exc_info=True)
        error, answer = f"{type(raised).__name__}: {raised}", _blank(case, chain)
    return Observed(case, answer, hits, chain.corpus, error, perf_counter() - started, alone)


def _asked(
    chain: Answering, question: str, history: Sequence[Turn]
) -> tuple[tuple[Hit, ...], Answer]:
    """Return the hits and the answer of a question."""
    *earlier, answer = chain.stream({"question": question, "history": history})
    if not isinstance(answer, Answer):
        raise TypeError(answer)
    hits = [event.hits for event in earlier if isinstance(event, Found)]
    return hits[-1] if hits else (), answer


def _blank(case: Case, chain: Answering) -> Answer:
    """Return an answer that says and refuses nothing: the worst one for every kind of case."""
    return Answer(
        question=case.question,
        standalone_question=case.question,
        status="answered",
        sentences=(),
        citations=(),
        reason=None,
        nearest=(),
        engine="quote",
        corpus=chain.corpus.fingerprint,
    )


def _outcome(seen: Observed, metrics: Sequence[Metric]) -> Outcome:
    values: dict[str, float] = {}
    failures: list[str] = []
    for metric in metrics:
        value = metric.measure(seen)
        if value is None:
            continue
        values[metric.name] = value
        if metric.fails(value):
            failures.append(metric.name)
    return Outcome(seen, values, tuple(failures))


def _figure(metric: Metric, outcomes: Sequence[Outcome], beside: Beside) -> Figure | None:
    values = [outcome.values[metric.name] for outcome in outcomes if metric.name in outcome.values]
    if not values:
        return None
    means = {name: _baseline(metric, seen) for name, seen in beside.items()}
    return Figure(
        metric.name,
        mean(values),
        *interval(values),
        n=len(values),
        lower_is_better=metric.lower_is_better,
        baselines={name: value for name, value in means.items() if value is not None},
    )


def _baseline(metric: Metric, seen: Sequence[Observed]) -> float | None:
    """Return the mean of a metric over what a baseline did.

    None where it says nothing (no retriever, no such case).
    """
    if metric.of_retriever and not any(one.hits for one in seen):
        return None
    measured = [metric.measure(one) for one in seen]
    values = [value for value in measured if value is not None]
    return mean(values) if values else None


def _summary_figure(summary: Summary, seen: Sequence[Observed], beside: Beside) -> Figure | None:
    rows = _rows(summary, seen)
    if not len(rows):
        return None
    others = {name: _rows(summary, other) for name, other in beside.items()}
    low, high = bootstrap(rows, summary.statistic)
    return Figure(
        summary.name,
        summary.statistic(rows),
        low,
        high,
        n=len(rows),
        lower_is_better=summary.lower_is_better,
        baselines={name: summary.statistic(other) for name, other in others.items() if len(other)},
    )


def _rows(summary: Summary, seen: Sequence[Observed]) -> Rows:
    rows = [summary.row(one) for one in seen]
    return np.array([row for row in rows if row is not None], dtype=np.float64).reshape(-1, 2)


def _curve(seen: Sequence[Observed]) -> tuple[tuple[float, float], ...]:
    """Return the points (coverage, risk); none where no answer has a confidence."""
    rows = _rows(RISK, seen)
    if not len(rows):
        return ()
    return tuple((float(coverage), float(risk)) for coverage, risk in risk_coverage(rows))


def _seconds(seen: Sequence[Observed]) -> dict[str, float]:
    times = [one.seconds for one in seen] or [0.0]
    return {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95), "total": sum(times)}
