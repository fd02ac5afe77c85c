"""`essay-chat eval`: choose what to run, run it, print it, write it, and say whether the gate holds."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval import gate as gates
from eval.ablations import ablations
from eval.baselines import baselines, remembering
from eval.metrics.answers import METRICS, Metric, judged
from eval.metrics.judge import VERIFIER, LexicalJudge, load_judge
from eval.report.compare import Changes, compare, read_baseline
from eval.report.html import write_html
from eval.report.tables import (
    changes_table,
    failures_table,
    figures_table,
    kinds_table,
    write_json,
    write_junit,
    write_markdown,
)
from eval.sets.cases import HALVES, KINDS, load_cases
from eval.sets.cases import SHIPPED as SHIPPED_CASES
from eval.sets.pairs import pairs_table, read_pairs, score_pairs, write_pairs
from eval.sets.public import PUBLIC_METRICS, load_questions
from eval.suite import run_suite
from eval.types import Case, Report
from ingest.build import build
from ingest.embed import load_embeddings
from ingest.errors import CaseError, SettingsError
from ingest.settings import Settings
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.chain import EssayChain
from rag.load import load as load_rag

SAMPLE_SEED = 0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """What `essay-chat eval` was asked for; None and () stand for "not given"."""

    engine: Literal["quote", "write"] | None = None
    only: tuple[str, ...] = ()
    half: Literal["dev", "test", "all"] = "all"
    cases: Path | None = None
    sample: int | None = None
    judge: str | None = None
    public: Path | None = None
    pairs: Path | None = None
    gate: Path | None = None
    compare: Path | None = None
    ablations: bool = False
    json: Path | None = None
    junit: Path | None = None
    html: Path | None = None
    markdown: Path | None = None

    @property
    def partial(self) -> bool:
        """Whether only a part of the cases was asked for."""
        return bool(self.only) or self.half != "all" or self.sample is not None


Load = Callable[[Corpus, Settings], EssayChain]


def load_chain(
    corpus: Corpus, settings: Settings, progress_console: Console | None = None
) -> EssayChain:
    """Return the chain; the index is built first where there is none of this corpus yet."""
    with _progress(progress_console) as progress:
        task = progress.add_task("indexing", visible=False)
        build(
            corpus,
            settings,
            lambda: load_embeddings(settings.embedding_model),
            progress=lambda done, total: progress.update(
                task, completed=done, total=total, visible=True
            ),
        )
    return load_rag(settings)


def main(
    options: Options,
    settings: Settings,
    *,
    console: Console,
    progress_console: Console | None = None,
    load: Load | None = None,
) -> int:
    """Run what the options ask for, print and write it.

    Return 0, or 1 when a bound of the gate is broken.

    Figures go to `console`, the progress bar to `progress_console` (none: no bar); `load` makes the
    chain (none: the product's). Whatever was asked for is read and validated before a model loads.
    Raises CaseError for invalid cases, questions, pairs, gate or baseline, ModelError for an
    unknown judge, SettingsError for options that exclude each other.
    """
    if options.pairs:
        return _pairs(options, options.pairs, console, progress_console)
    gate_file = options.gate or _shipped_gate(options, settings)
    gate = gates.read_gate(gate_file) if gate_file else gates.Gate()
    before = read_baseline(options.compare) if options.compare else None
    load = load or partial(load_chain, progress_console=progress_console)
    report = _run(options, _with_engine(options, settings), progress_console, load)
    changes = compare(report, before) if before else None
    broken = gates.breaches(report, gate, partial=options.partial)
    _print(report, changes, broken, console)
    _write(report, changes, broken, gate, options)
    return 1 if broken else 0


def _pairs(options: Options, file: Path, console: Console, progress_console: Console | None) -> int:
    pairs = sample(read_pairs(file), options.sample)
    judge = load_judge(options.judge or VERIFIER)
    judges = (judge,) if isinstance(judge, LexicalJudge) else (judge, LexicalJudge())
    with _progress(progress_console) as progress:
        task = progress.add_task("scoring", total=len(pairs) * len(judges))
        figures = [
            f for one in judges for f in score_pairs(pairs, one, partial(progress.advance, task))
        ]
    console.print(pairs_table(figures))
    if options.json:
        write_pairs(figures, options.json)
    return 0


def _shipped_gate(options: Options, settings: Settings) -> Path | None:
    """Return the gate that ships, for the cases that ship under the engine it was set for."""
    own = options.public is None and options.cases is None and settings.corpus is None
    quoting = options.engine == "quote" or (options.engine is None and settings.model is None)
    return gates.SHIPPED if own and quoting else None


def _with_engine(options: Options, settings: Settings) -> Settings:
    if options.engine == "write" and settings.model is None:
        raise SettingsError(
            "--engine write needs a chat model; name one with --model provider:name"
        )
    update = {"corpus": options.public / "corpus"} if options.public else {}
    return settings.model_copy(
        update={**update, **({"model": None} if options.engine == "quote" else {})}
    )


def _run(
    options: Options, settings: Settings, progress_console: Console | None, load: Load
) -> Report:
    corpus = read_corpus(settings.corpus)
    cases = sample(_read_cases(options, settings, corpus), options.sample)
    if not cases:
        raise CaseError("no case is left to run; ask for less with --only and --half")
    metrics = (*(PUBLIC_METRICS if options.public else METRICS), *_judging(options, settings))
    loaded = load(corpus, settings)
    chain = remembering(loaded)
    beside = (
        ablations(loaded, chain)
        if options.ablations
        else baselines(chain, max_chars=settings.max_chars, always=settings.model is None)
    )
    with _progress(progress_console) as progress:
        task = progress.add_task("evaluating", total=len(cases) * (1 + len(beside)))
        return run_suite(
            chain,
            cases,
            title=_title(options, settings, corpus),
            metrics=metrics,
            baselines=beside,
            advance=lambda: progress.advance(task),
        )


def _judging(options: Options, settings: Settings) -> tuple[Metric, ...]:
    """Return the judge's metric.

    Written answers are always judged, by the lexical judge if no other is named.
    """
    if options.judge is None and settings.model is None:
        return ()
    if options.judge in (settings.model, VERIFIER):
        raise SettingsError(f"--judge {options.judge} would judge its own work; name another model")
    return (judged(load_judge(options.judge or "lexical")),)


def _read_cases(options: Options, settings: Settings, corpus: Corpus) -> tuple[Case, ...]:
    if options.public:
        return load_questions(options.public, corpus)
    folder = options.cases or (
        SHIPPED_CASES if settings.corpus is None else settings.corpus / "cases"
    )
    halves = HALVES if options.half == "all" else (options.half,)
    return load_cases(folder, corpus, halves=halves, kinds=options.only or KINDS)


def sample(cases: Sequence[T], size: int | None) -> tuple[T, ...]:
    """Return `size` of the cases (None: all) in their order; the same ones each time."""
    if size is None or size >= len(cases):
        return tuple(cases)
    if size < 1:
        raise SettingsError(f"--sample {size} leaves no case; give a number from 1")
    chosen = set(random.Random(SAMPLE_SEED).sample(range(len(cases)), size))
    return tuple(case for number, case in enumerate(cases) if number in chosen)


def _title(options: Options, settings: Settings, corpus: Corpus) -> dict[str, str]:
    given = {
        "corpus": corpus.name if options.public is None else options.public.name,
        "engine": "quote" if settings.model is None else f"write ({settings.model})",
        "embedding": settings.embedding_model,
        "reranker": settings.reranker,
        "half": "" if options.public else options.half,
        "only": ", ".join(options.only),
        "sample": str(options.sample or ""),
        "judge": options.judge or "",
    }
    return {name: value for name, value in given.items() if value}


def _progress(console: Console | None) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=console is None, transient=True)


def _print(
    report: Report, changes: Changes | None, broken: Sequence[gates.Breach], console: Console
) -> None:
    failed = [outcome for outcome in report.outcomes if outcome.failures]
    tables = [figures_table(report), kinds_table(report)]
    tables += [failures_table(failed)] if failed else []
    tables += [changes_table(changes)] if changes else []
    for table in tables:
        console.print(table)
    times = {name: f"{report.seconds[name]:.2f} s" for name in ("p50", "p95", "total")}
    console.print(", ".join(f"{name} {value}" for name, value in times.items()))
    for breach in broken:
        console.print(f"[red]gate:[/red] {escape(str(breach))}")


def _write(
    report: Report,
    changes: Changes | None,
    broken: Sequence[gates.Breach],
    gate: gates.Gate,
    options: Options,
) -> None:
    if options.json:
        write_json(report, options.json)
    if options.junit:
        write_junit(report, options.junit)
    if options.markdown:
        write_markdown(report, broken, options.markdown)
    if options.html:
        write_html(report, options.html, gate=gate, broken=broken, changes=changes)
