"""A case file → its entries: an unknown key, a wrong type or a broken pattern is refused."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.types import IN_CONVERSATION, UNANSWERABLE, SuiteKind
from ingest.errors import CaseError

# In C where libyaml is there: ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        if (self.kind in IN_CONVERSATION) != bool(self.history):
            kinds = " and ".join(sorted(IN_CONVERSATION))
            raise ValueError(f"history belongs to cases of kind {kinds}, and to those only")
        for pattern in (*self.says, *self.never_says):
            _refuse_broken(pattern)
        return self


def _refuse_broken(pattern: str) -> None:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def read_entries(file: Path) -> Iterator[CaseEntry]:
    """Yield the entries of `KIND.yaml`, all of that kind.

    Raises CaseError, naming the file or the case, for anything invalid.
    """
    for number, row in enumerate(_parse(file), 1):
        row_id = row.get("id") if isinstance(row, dict) else None
        entry = _validate(row, str(row_id or f"number {number} of {file}"))
        if entry.kind != file.stem:
            raise CaseError(
                f"case {entry.id!r}: kind {entry.kind!r} stands in {file.name!r}; "
                "move it or correct the kind"
            )
        yield entry


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
        raise CaseError(f"case {name!r}: {_problem(error)}") from error


def _problem(error: ValidationError) -> str:
    """Return the first thing that is wrong, with its place unless the message names it."""
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {place!r}; remove it"
    message = problem["msg"]
    return f"{place}: {message}" if place and place not in message else message
