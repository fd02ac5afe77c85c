"""`essay-chat eval`: choose what to run, run it, print and write it, and say if the gate holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval import gate as gates
from eval.ablations import ablations
from eval.baselines import baselines, remembering
from eval.metrics.judge import VERIFIER, LexicalJudge, judged, load_judge
from eval.metrics.registry import METRICS, PUBLIC_METRICS
from eval.report.compare import Changes, compare, read_baseline
from eval.report.files import write_json, write_junit, write_markdown
from eval.report.held_out import without_held_out_words
from eval.report.html import write_html
from eval.report.tables import print_report
from eval.sets.cases import HALVES, KINDS, load_cases, sample
from eval.sets.cases import SHIPPED as SHIPPED_CASES
from eval.sets.pairs import pairs_table, read_pairs, score_pairs, write_pairs
from eval.sets.public import load_questions
from eval.suite import run_suite
from eval.types import Answering, Case, Metric, Report
from ingest.build import build
from ingest.embed import load_embeddings
from ingest.errors import CaseError, SettingsError
from ingest.settings import Settings
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.chain import EssayChain
from rag.load import load as load_rag


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
    show_held_out: bool = False
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

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=True)

        build(corpus, settings, lambda: load_embeddings(settings.embedding_model), progress=show)
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
    if not options.show_held_out:
        report = without_held_out_words(report)
    changes = compare(report, before) if before else None
    broken = gates.breaches(report, gate, partial=options.partial)
    print_report(report, changes, broken, console)
    _write(report, changes, broken, gate, options)
    return 1 if broken else 0


def _pairs(options: Options, file: Path, console: Console, progress_console: Console | None) -> int:
    pairs = sample(read_pairs(file), options.sample)
    judge = load_judge(options.judge or VERIFIER)
    judges = (judge,) if isinstance(judge, LexicalJudge) else (judge, LexicalJudge())
    with _progress(progress_console) as progress:
        task = progress.add_task("scoring", total=len(pairs) * len(judges))
        advance = partial(progress.advance, task)
        figures = [figure for one in judges for figure in score_pairs(pairs, one, advance)]
    console.print(pairs_table(figures))
    if options.json:
        write_pairs(figures, options.json)
    return 0


def _shipped_gate(options: Options, settings: Settings) -> Path | None:
    """Return the gate that ships, for the cases that ship under the engine it was set for."""
    shipped = options.public is None and options.cases is None and settings.corpus is None
    quoting = options.engine == "quote" or (options.engine is None and settings.model is None)
    return gates.SHIPPED if shipped and quoting else None


def _with_engine(options: Options, settings: Settings) -> Settings:
    if options.engine == "write" and settings.model is None:
        raise SettingsError(
            "--engine write needs a chat model; name one with --model provider:name"
        )
    update: dict[str, Path | None] = {}
    if options.public:
        update["corpus"] = options.public / "corpus"
    if options.engine == "quote":
        update["model"] = None
    return settings.model_copy(update=update)


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
    beside = _beside(options, settings, loaded, chain)
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


def _beside(
    options: Options, settings: Settings, chain: EssayChain, remembered: EssayChain
) -> dict[str, Answering]:
    """Return the chains whose figures stand beside those of the chain."""
    if options.ablations:
        return ablations(chain, remembered)
    return baselines(remembered, max_chars=settings.max_chars, always=settings.model is None)


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
    of_corpus = settings.corpus / "cases" if settings.corpus else SHIPPED_CASES
    halves = HALVES if options.half == "all" else (options.half,)
    folder = options.cases or of_corpus
    return load_cases(folder, corpus, halves=halves, kinds=options.only or KINDS)


def _title(options: Options, settings: Settings, corpus: Corpus) -> dict[str, str]:
    entries = {
        "corpus": corpus.name if options.public is None else options.public.name,
        "engine": "quote" if settings.model is None else f"write ({settings.model})",
        "embedding": settings.embedding_model,
        "reranker": settings.reranker,
        "half": "" if options.public else options.half,
        "only": ", ".join(options.only),
        "sample": str(options.sample or ""),
        "judge": options.judge or "",
    }
    return {name: value for name, value in entries.items() if value}


def _progress(console: Console | None) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=console is None, transient=True)


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
