"""A corpus folder → sources and texts, validated once, here.

A corpus is a folder of `.txt` and `.md` files (UTF-8), each a main text quoted verbatim.
`sources.yaml`, if there, holds notes on sources that bear on a claim of a main text; `corpus.yaml`,
if there, says who wrote a main text, when and where.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from ingest.errors import CorpusError
from ingest.types import Corpus, Source, Text

SHIPPED = Path(__file__).with_name("corpus")
NOTES_FILE = "sources.yaml"
METADATA_FILE = "corpus.yaml"
SUFFIXES = (".txt", ".md")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# A page makes links of these: nothing but a web address may pass.
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class NotesEntry(BaseModel):
    """One entry of `sources.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    title: Line
    author: Line | None = None
    publisher: Line | None = None
    date: Line | None = None
    url: WebAddress | None = None
    claim: Line
    relation: Literal["supports", "qualifies", "contradicts", "context"]
    tier: Literal["core", "further"] | None = None
    checked_against: Line | None = None
    licence: Line | None = None
    facts: Annotated[list[Line], Field(min_length=1)]


class TextEntry(BaseModel):
    """What `corpus.yaml` says of one main text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line
    author: Line | None = None
    publisher: Line | None = None
    date: Line | None = None
    url: WebAddress | None = None
    licence: Line | None = None


def read_corpus(folder: Path | None = None) -> Corpus:
    """Read and validate the corpus in `folder`; without one, the essay and the notes that ship.

    Raises CorpusError, naming the file or entry, for anything missing, unreadable, empty, not UTF-8
    or invalid.
    """
    folder = SHIPPED if folder is None else folder
    files = _text_files(folder)
    metadata = _read_metadata(folder, files)
    mains = [
        _main_text(folder, file, metadata.get(file.relative_to(folder).as_posix()))
        for file in files
    ]
    notes = _read_notes(folder / NOTES_FILE, [text.body for _, text in mains])
    pairs = [*mains, *notes]
    _refuse_doubled([source.id for source, _ in pairs], folder)
    sources, texts = tuple(s for s, _ in pairs), tuple(t for _, t in pairs)
    return Corpus(folder.resolve().name, _fingerprint(sources, texts), sources, texts)


def _text_files(folder: Path) -> list[Path]:
    try:
        if not folder.is_dir():
            raise CorpusError(
                f"corpus {str(folder)!r} is not a folder; name a folder of .txt or .md files with --corpus"
            )
        found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise CorpusError(
            f"corpus {str(folder)[:200]!r} cannot be read: {error.strerror}"
        ) from error
    files = [file for file in found if not _hidden(file.relative_to(folder))]
    if not files:
        raise CorpusError(
            f"corpus {str(folder)!r} holds no .txt or .md file; put the texts there as UTF-8"
        )
    for file in files:
        if not _printable(str(file.relative_to(folder))):
            raise CorpusError(
                f"corpus {str(folder)!r}: the file name {file.name!r} is not UTF-8; rename it"
            )
    return files


def _printable(name: str) -> bool:
    """Say whether a file name can be written as UTF-8.

    The bytes of one that is not come as lone surrogates.
    """
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _main_text(folder: Path, file: Path, entry: TextEntry | None) -> tuple[Source, Text]:
    body = _read_utf8(file)
    if not body.replace("\ufeff", "").strip():
        raise CorpusError(f"file {str(file)!r} is empty; put the text there or remove the file")
    source_id = file.relative_to(folder).with_suffix("").as_posix()
    entry = entry or TextEntry(
        title=_first_heading(body) or file.stem.replace("_", " ").strip() or file.name
    )
    source = Source(
        id=source_id,
        title=entry.title,
        author=entry.author,
        publisher=entry.publisher,
        date=entry.date,
        url=entry.url,
        licence=entry.licence,
        claim=None,
        relation="essay",
        wording="verbatim",
    )
    return source, Text(source_id, body)


def _first_heading(body: str) -> str | None:
    heading = re.match(r"\ufeff?\s*#{1,6}\s+(.+)", body)
    return heading.group(1).strip() if heading else None


def _read_utf8(file: Path) -> str:
    """Return the text as it stands, line ends included: offsets point into it."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"file {str(file)!r} is not UTF-8 (byte {error.start}); convert it to UTF-8"
        ) from error
    except OSError as error:
        raise CorpusError(f"file {str(file)!r} cannot be read: {error.strerror}") from error


def _read_metadata(folder: Path, files: list[Path]) -> Mapping[str, TextEntry]:
    file = folder / METADATA_FILE
    if not file.exists():
        return {}
    adapter = TypeAdapter(dict[str, TextEntry])
    try:
        entries = adapter.validate_python(_parse_yaml(file))
    except ValidationError as error:
        raise CorpusError(f"{str(file)!r}: {_first_problem(error)}") from error
    names = {f.relative_to(folder).as_posix() for f in files}
    for name in entries:
        if name not in names:
            raise CorpusError(
                f"{str(file)!r} describes {name!r}, which is not in the folder; correct the name"
            )
    return entries


def _read_notes(file: Path, bodies: Iterable[str]) -> list[tuple[Source, Text]]:
    if not file.exists():
        return []
    rows = _parse_yaml(file)
    if not isinstance(rows, list):
        raise CorpusError(
            f"{str(file)!r} must be a list of sources, each with an id, a claim and facts"
        )
    folded = [fold(body) for body in bodies]
    entries = [_notes_entry(file, row, number) for number, row in enumerate(rows, 1)]
    for entry in entries:
        if not any(fold(entry.claim) in body for body in folded):
            raise CorpusError(
                f"{str(file)!r}, entry {entry.id!r}: claim {entry.claim!r} stands in no text of the corpus"
            )
    return [_noted_source(entry) for entry in entries]


def _notes_entry(file: Path, row: Any, number: int) -> NotesEntry:
    name = row.get("id", f"number {number}") if isinstance(row, dict) else f"number {number}"
    try:
        return NotesEntry.model_validate(row)
    except ValidationError as error:
        raise CorpusError(f"{str(file)!r}, entry {name!r}: {_first_problem(error)}") from error


def _noted_source(entry: NotesEntry) -> tuple[Source, Text]:
    source = Source(
        id=entry.id,
        title=fold(entry.title),
        author=entry.author,
        publisher=entry.publisher,
        date=entry.date,
        url=entry.url,
        licence=entry.licence,
        claim=fold(entry.claim),
        relation=entry.relation,
        wording="note",
    )
    return source, Text(entry.id, "\n".join(fold(fact) for fact in entry.facts))


def fold(text: str) -> str:
    """Return the text with every run of white space as one space, none at the ends."""
    return " ".join(text.split())


class _Loader(yaml.SafeLoader):
    """YAML in which a date stays the words it is written in, and a key may stand only once."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [
            (tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for position, (key, _) in enumerate(node.value):
            if key.value in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} stands twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


def _parse_yaml(file: Path) -> Any:
    try:
        return yaml.load(_read_utf8(file), _Loader)  # a SafeLoader
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
    ) as error:  # ValueError: a number such as 0x_
        mark = getattr(error, "problem_mark", None)
        problem = (
            f": {error.problem}"
            if isinstance(error, yaml.MarkedYAMLError) and error.problem
            else ""
        )
        where = f" (line {mark.line + 1}{problem})" if mark else ""
        raise CorpusError(f"{str(file)!r} is not valid YAML{where}; correct it there") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {place!r}; remove it"
    return f"{place!r}: {problem['msg']}" if place else problem["msg"]


def _refuse_doubled(ids: list[str], folder: Path) -> None:
    seen: set[str] = set()
    for source_id in ids:
        if source_id in seen:
            raise CorpusError(
                f"corpus {str(folder)!r}: two sources have the id {source_id!r}; rename one"
            )
        seen.add(source_id)


def _fingerprint(sources: tuple[Source, ...], texts: tuple[Text, ...]) -> str:
    content = [[asdict(s) for s in sources], [asdict(t) for t in texts]]
    encoded = json.dumps(content, ensure_ascii=True, sort_keys=True).encode()
    return f"sha256:{hashlib.sha256(encoded).hexdigest()}"
