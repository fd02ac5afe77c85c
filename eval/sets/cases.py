"""Case files → cases, with gold evidence as spans of the texts.

`DIR/dev/KIND.yaml` and `DIR/test/KIND.yaml` hold a list of cases each. The dev half may be tuned on; the test half is only
measured. Everything is validated here, once: a gold quote that is missing or not unique would make
every figure a lie.
"""

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.types import UNANSWERABLE, Case, Gold, Half, Place, SuiteKind
from ingest.errors import CaseError
from ingest.types import Corpus
from rag.types import Turn

SHIPPED = Path(__file__).parents[1] / "cases"
KINDS: tuple[SuiteKind, ...] = get_args(SuiteKind)
HALVES: tuple[Half, ...] = get_args(Half)
LOADER = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # in C where libyaml is there: ten times as fast
EDGES = string.punctuation + string.whitespace + "“”‘’…—–"


class Entry(BaseModel):
    """What every part of a case file obeys: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class QuoteEntry(Entry):
    """Words of a source that answer the question."""

    source: str
    quote: str = Field(min_length=1)


class EvidenceEntry(QuoteEntry):
    """Words that a right answer cites, and other places that answer equally well."""

    alternatives: list[QuoteEntry] = Field([], alias="or")


class TurnEntry(Entry):
    """An earlier turn of the conversation."""

    question: str = Field(min_length=1)
    answer: str = ""


class CaseEntry(Entry):
    """A case as its file has it."""

    id: str = Field(min_length=1)
    kind: SuiteKind
    question: str = Field(min_length=1)
    evidence: list[EvidenceEntry]
    history: list[TurnEntry] = []
    standalone: str | None = None
    says: list[str] = []
    never_says: list[str] = []
    language: str | None = None

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        if self.evidence and self.kind in UNANSWERABLE:
            raise ValueError(
                f"a case of kind {self.kind} has no evidence; write evidence: [] or change the kind"
            )
        if not self.evidence and self.kind not in UNANSWERABLE:
            raise ValueError(f"a case of kind {self.kind} needs evidence")
        if (self.kind == "follow_up") != bool(self.history):
            raise ValueError("history belongs to cases of kind follow_up, and to those only")
        for pattern in (*self.says, *self.never_says):
            _compile(pattern)
        return self


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
            f"no case file in {str(folder)!r}; put cases into dev/KIND.yaml and test/KIND.yaml there"
        )
    for kind in kinds:
        if kind not in KINDS:
            raise CaseError(
                f"there is no kind of case called {kind!r}; take one of {', '.join(KINDS)}"
            )
    cases = [case for file in files for case in _read_file(file, corpus)]
    _refuse_doubled(cases)
    return tuple(case for case in cases if case.half in halves and case.kind in kinds)


def _read_file(file: Path, corpus: Corpus) -> Iterator[Case]:
    if file.stem not in KINDS:
        raise CaseError(
            f"case file {str(file)!r}: there is no kind {file.stem!r}; take one of {', '.join(KINDS)}"
        )
    half: Half = "dev" if file.parent.name == "dev" else "test"
    for number, row in enumerate(_parse(file), 1):
        name = (
            row.get("id")
            if isinstance(row, dict) and row.get("id")
            else f"number {number} of {file}"
        )
        entry = _validate(row, str(name))
        if entry.kind != file.stem:
            raise CaseError(
                f"case {entry.id!r}: kind {entry.kind!r} stands in {file.name!r}; move it or correct the kind"
            )
        yield _case(entry, corpus, half)


def _parse(file: Path) -> list[Any]:
    try:
        rows = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise CaseError(
            f"case file {str(file)!r} is not valid YAML{where}; correct it there"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"case file {str(file)!r} cannot be read: {error}") from error
    if not isinstance(rows, list):
        raise CaseError(f"case file {str(file)!r} must be a list of cases")
    return rows


def _validate(row: Any, name: str) -> CaseEntry:
    try:
        return CaseEntry.model_validate(row)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        message = (
            f"unknown key {place!r}; remove it"
            if problem["type"] == "extra_forbidden"
            else problem["msg"]
        )
        raise CaseError(f"case {name!r}: {place}: {message}" if place and place not in message else
                        f"case {name!r}: {message}") from error  # fmt: skip


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def _case(entry: CaseEntry, corpus: Corpus, half: Half) -> Case:
    evidence = tuple(_gold(entry.id, item, corpus) for item in entry.evidence)
    if (
        entry.kind == "disagreement"
        and len({_relation(gold, corpus) == "essay" for gold in evidence}) < 2
    ):
        raise CaseError(
            f"case {entry.id!r}: a disagreement needs the words of the main text and those of a source"
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


def _relation(gold: Gold, corpus: Corpus) -> str:
    return corpus.source(gold.spans[0].source_id).relation


def _gold(case_id: str, item: EvidenceEntry, corpus: Corpus) -> Gold:
    spans = [
        span for entry in (item, *item.alternatives) for span in _resolve(case_id, entry, corpus)
    ]
    return Gold(tuple(dict.fromkeys(spans)))


def _resolve(case_id: str, entry: QuoteEntry, corpus: Corpus) -> list[Place]:
    try:
        body = corpus.body(entry.source)
    except KeyError as error:
        raise CaseError(
            f"case {case_id!r}: the corpus has no source {entry.source!r}; correct its id"
        ) from error
    places = list(_occurrences(body, entry.quote))
    if len(places) != 1:
        found = "is not in" if not places else f"stands {len(places)} times in"
        raise CaseError(
            f"case {case_id!r}: quote {entry.quote!r} {found} {entry.source!r}; it must stand there once"
        )
    # A pull quote repeats a sentence of its text without the full stop: whoever cites that one has
    # cited the words.
    twins = _occurrences(body, entry.quote.strip(EDGES) or entry.quote)
    inside = [start for start in twins if not places[0] <= start < places[0] + len(entry.quote)]
    core = len(entry.quote.strip(EDGES))
    return [
        Place(entry.source, places[0], places[0] + len(entry.quote)),
        *(Place(entry.source, start, start + core) for start in inside),
    ]


def _occurrences(body: str, words: str) -> Iterator[int]:
    start = body.find(words)
    while start >= 0:
        yield start
        start = body.find(words, start + 1)


def _refuse_doubled(cases: Iterable[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"two cases have the id {case.id!r}; rename one")
        seen.add(case.id)
