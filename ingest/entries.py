"""`sources.yaml` and `corpus.yaml` → entries, validated against their forms.

Unknown keys, doubled keys and unusable values are refused, and the error names the file and the
entry.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from ingest.errors import CorpusError
from ingest.files import read_utf8

TIMESTAMP = "tag:yaml.org,2002:timestamp"

OneLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# A page makes links of these: nothing but a web address may pass.
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class BearingEntry(BaseModel):
    """How facts of a source bear on a claim."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: OneLine
    relation: Literal["supports", "qualifies", "contradicts"]
    facts: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    because: OneLine | None = None

    @model_validator(mode="after")
    def _say_why(self) -> Self:
        if self.because is None and self.relation != "supports":
            raise ValueError(f"because: say in a clause what differs from {self.claim!r}")
        return self


class NotesEntry(BaseModel):
    """One entry of `sources.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    title: OneLine
    author: OneLine | None = None
    publisher: OneLine | None = None
    date: OneLine | None = None
    url: WebAddress | None = None
    bears: list[BearingEntry] | None = None
    claim: OneLine | None = None
    relation: Literal["supports", "qualifies", "contradicts", "context"] | None = None
    tier: Literal["core", "further"] | None = None
    checked_against: OneLine | None = None
    licence: OneLine | None = None
    facts: Annotated[list[OneLine], Field(min_length=1)]

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        if (self.bears is None) == (self.claim is None):
            raise ValueError("give bears: claims with their facts (or, as before, one claim)")
        if (self.claim is None) != (self.relation is None):
            raise ValueError("claim and relation go together")
        for entry in self.bears or ():
            for number in entry.facts:
                if number > len(self.facts):
                    raise ValueError(f"fact {number} of claim {entry.claim!r} is not there")
        return self


class TextEntry(BaseModel):
    """What `corpus.yaml` says of one main text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: OneLine
    author: OneLine | None = None
    publisher: OneLine | None = None
    date: OneLine | None = None
    url: WebAddress | None = None
    licence: OneLine | None = None


def read_text_entries(file: Path, names: Collection[str]) -> Mapping[str, TextEntry]:
    """Return what `corpus.yaml` says of the texts, by file name; nothing if there is no such file.

    `names` are the texts of the corpus. Raises CorpusError for an invalid file, and for an entry
    on a text that is not there.
    """
    if not file.exists():
        return {}
    form = TypeAdapter(dict[str, TextEntry])
    try:
        entries = form.validate_python(parse_yaml(file))
    except ValidationError as error:
        raise CorpusError(f"{str(file)!r}: {first_problem(error)}") from error
    for name in entries:
        if name not in names:
            raise CorpusError(
                f"{str(file)!r} describes {name!r}, which is not in the folder; correct the name"
            )
    return entries


def read_notes_entries(file: Path) -> list[NotesEntry]:
    """Return the entries of `sources.yaml`, in order; none if there is no such file.

    Raises CorpusError for an invalid file or entry.
    """
    if not file.exists():
        return []
    rows = parse_yaml(file)
    if not isinstance(rows, list):
        raise CorpusError(
            f"{str(file)!r} must be a list of sources, "
            "each with an id, a title, facts and what they bear on"
        )
    return [_notes_entry(file, row, number) for number, row in enumerate(rows, 1)]


def _notes_entry(file: Path, row: Any, number: int) -> NotesEntry:
    name = f"number {number}"
    if isinstance(row, dict):
        name = row.get("id", name)
    try:
        return NotesEntry.model_validate(row)
    except ValidationError as error:
        raise CorpusError(f"{str(file)!r}, entry {name!r}: {first_problem(error)}") from error


def first_problem(error: ValidationError) -> str:
    """Return in words the first thing that is wrong, with its place."""
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {place!r}; remove it"
    return f"{place!r}: {problem['msg']}" if place else problem["msg"]


def _without_timestamps(resolvers: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Return YAML's resolvers of plain words by first letter, less the one that makes dates."""
    kept = {}
    for letter, resolvers_of_letter in resolvers.items():
        kept[letter] = [(tag, words) for tag, words in resolvers_of_letter if tag != TIMESTAMP]
    return kept


class _Loader(yaml.SafeLoader):
    """YAML in which a date stays the words it is written in, and a key may stand only once."""

    yaml_implicit_resolvers = _without_timestamps(yaml.SafeLoader.yaml_implicit_resolvers)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for position, (key, _) in enumerate(node.value):
            if key.value in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} stands twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


def parse_yaml(file: Path) -> Any:
    """Return what a YAML file holds, dates as they are written.

    Raises CorpusError, naming the line, for a file that is no YAML.
    """
    text = read_utf8(file)
    try:
        return yaml.load(text, _Loader)  # a SafeLoader
    # ValueError: a number such as 0x_
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = _place_in_file(error)
        raise CorpusError(f"{str(file)!r} is not valid YAML{place}; correct it there") from error


def _place_in_file(error: Exception) -> str:
    """Return the line of a YAML error and what is wrong there; "" if it is not known."""
    if not isinstance(error, yaml.MarkedYAMLError) or not error.problem_mark:
        return ""
    problem = f": {error.problem}" if error.problem else ""
    return f" (line {error.problem_mark.line + 1}{problem})"
