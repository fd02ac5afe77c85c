"""Case files → cases, with gold evidence as spans of the texts.

`DIR/dev/KIND.yaml` and `DIR/test/KIND.yaml` hold a list of cases each. The dev half may be tuned
on; the test half is only measured. Everything is validated here, once: a gold quote that is missing
or not unique would make every figure a lie.
"""

import random
import string
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar, get_args

from eval.sets.entries import CaseEntry, EvidenceEntry, QuoteEntry, read_entries
from eval.types import Case, Gold, Half, SuiteKind
from ingest.errors import CaseError, SettingsError
from ingest.types import VOICES, Corpus, Place
from rag.types import Turn

SHIPPED = Path(__file__).parents[1] / "cases"
KINDS: tuple[SuiteKind, ...] = get_args(SuiteKind)
HALVES: tuple[Half, ...] = get_args(Half)
SAMPLE_SEED = 0
EDGES = string.punctuation + string.whitespace + "“”‘’…—–"
T = TypeVar("T")


def load_cases(
    folder: Path, corpus: Corpus, *, halves: Sequence[Half] = HALVES, kinds: Sequence[str] = KINDS
) -> tuple[Case, ...]:
    """Return the cases of those halves and kinds, in the order of the files.

    All files are validated, whatever is asked for. Raises CaseError, naming the file or the case,
    for anything invalid.
    """
    files = [file for half in HALVES for file in sorted((folder / half).glob("*.yaml"))]
    if not files:
        raise CaseError(
            f"no case file in {str(folder)!r}; "
            "put cases into dev/KIND.yaml and test/KIND.yaml there"
        )
    for kind in kinds:
        if kind not in KINDS:
            raise CaseError(
                f"there is no kind of case called {kind!r}; take one of {', '.join(KINDS)}"
            )
    cases = [case for file in files for case in _read_file(file, corpus)]
    _refuse_doubled(cases)
    return tuple(case for case in cases if case.half in halves and case.kind in kinds)


def sample(cases: Sequence[T], size: int | None) -> tuple[T, ...]:
    """Return `size` of the cases (None: all) in their order; the same ones each time."""
    if size is None or size >= len(cases):
        return tuple(cases)
    if size < 1:
        raise SettingsError(f"--sample {size} leaves no case; give a number from 1")
    chosen = set(random.Random(SAMPLE_SEED).sample(range(len(cases)), size))
    return tuple(case for number, case in enumerate(cases) if number in chosen)


def _read_file(file: Path, corpus: Corpus) -> Iterator[Case]:
    if file.stem not in KINDS:
        raise CaseError(
            f"case file {str(file)!r}: there is no kind {file.stem!r}; "
            f"take one of {', '.join(KINDS)}"
        )
    half: Half = "dev" if file.parent.name == "dev" else "test"
    for entry in read_entries(file):
        yield _case(entry, corpus, half)


def _refuse_doubled(cases: Iterable[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"two cases have the id {case.id!r}; rename one")
        seen.add(case.id)


def _case(entry: CaseEntry, corpus: Corpus, half: Half) -> Case:
    evidence = tuple(_gold(entry.id, item, corpus) for item in entry.evidence)
    if entry.kind == "disagreement" and not _disagree(evidence, corpus):
        raise CaseError(
            f"case {entry.id!r}: a disagreement needs the words of the main text "
            "and those of a source"
        )
    return Case(
        id=entry.id,
        kind=entry.kind,
        question=entry.question,
        evidence=evidence,
        history=tuple(Turn(turn.question, turn.answer) for turn in entry.history),
        standalone=entry.standalone,
        says=tuple(entry.says),
        never_says=tuple(entry.never_says),
        language=entry.language,
        half=half,
    )


def _disagree(evidence: Iterable[Gold], corpus: Corpus) -> bool:
    """Say whether some of the gold is of the essay and some is of another source."""
    return {corpus.source(item.spans[0].source_id).voice for item in evidence} == {*VOICES}


def _gold(case_id: str, item: EvidenceEntry, corpus: Corpus) -> Gold:
    quotes = (item, *item.alternatives)
    spans = [span for quote in quotes for span in _resolve(case_id, quote, corpus)]
    return Gold(tuple(dict.fromkeys(spans)))


def _resolve(case_id: str, entry: QuoteEntry, corpus: Corpus) -> list[Place]:
    """Return where a quote stands, and then where its words stand as a pull quote."""
    try:
        body = corpus.body(entry.source)
    except KeyError as error:
        raise CaseError(
            f"case {case_id!r}: the corpus has no source {entry.source!r}; correct its id"
        ) from error
    starts = list(_occurrences(body, entry.quote))
    if len(starts) != 1:
        count = f"stands {len(starts)} times in" if starts else "is not in"
        raise CaseError(
            f"case {case_id!r}: quote {entry.quote!r} {count} {entry.source!r}; "
            "it must stand there once"
        )
    place = Place(entry.source, starts[0], starts[0] + len(entry.quote))
    return [place, *_pull_quotes(body, entry.quote, place)]


def _pull_quotes(body: str, quote: str, place: Place) -> Iterator[Place]:
    """Yield where else the words of a quote stand.

    A pull quote repeats a sentence of its text without the full stop: whoever cites that one has
    cited the words.
    """
    core = quote.strip(EDGES)
    for start in _occurrences(body, core or quote):
        if not place.start <= start < place.end:
            yield Place(place.source_id, start, start + len(core))


def _occurrences(body: str, words: str) -> Iterator[int]:
    start = body.find(words)
    while start >= 0:
        yield start
        start = body.find(words, start + 1)
