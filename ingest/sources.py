"""A corpus folder → sources and texts, validated once, here.

A corpus is a folder of `.txt` and `.md` files (UTF-8), each a main text quoted verbatim.
`sources.yaml`, if there, holds notes on sources that bear on a claim of a main text; `corpus.yaml`,
if there, says who wrote a main text, when and where; `guide.yaml`, if there, what they say as a
whole.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from ingest.entries import NotesEntry, TextEntry, read_notes_entries, read_text_entries
from ingest.errors import CorpusError
from ingest.files import read_utf8, text_files
from ingest.guide import read_guide
from ingest.types import Bearing, Corpus, Guide, Source, Text

SHIPPED = Path(__file__).with_name("corpus")
NOTES_FILE = "sources.yaml"
METADATA_FILE = "corpus.yaml"
GUIDE_FILE = "guide.yaml"
HEADING = re.compile(r"\ufeff?\s*#{1,6}\s+(.+)")


def read_corpus(folder: Path | None = None) -> Corpus:
    """Read and validate the corpus in `folder`; without one, the essay and the notes that ship.

    Raises CorpusError, naming the file or entry, for anything missing, unreadable, empty, not UTF-8
    or invalid.
    """
    folder = SHIPPED if folder is None else folder
    files = {file.relative_to(folder).as_posix(): file for file in text_files(folder)}
    entries = read_text_entries(folder / METADATA_FILE, files)
    mains = [_main_text(name, file, entries.get(name)) for name, file in files.items()]
    notes = _read_notes(folder / NOTES_FILE, [text.body for _, text in mains])
    pairs = [*mains, *notes]
    sources = tuple(source for source, _ in pairs)
    texts = tuple(text for _, text in pairs)
    _refuse_doubled([source.id for source in sources], folder)
    guide = read_guide(folder / GUIDE_FILE, [text for _, text in mains])
    fingerprint = _fingerprint(sources, texts, guide)
    return Corpus(folder.resolve().name, fingerprint, sources, texts, guide)


def _main_text(name: str, file: Path, entry: TextEntry | None) -> tuple[Source, Text]:
    """Return a text and what is known of it; `name` is its path in the folder."""
    body = read_utf8(file)
    if not body.replace("\ufeff", "").strip():
        raise CorpusError(f"file {str(file)!r} is empty; put the text there or remove the file")
    entry = entry or TextEntry(title=_title(file, body))
    source = Source(
        id=Path(name).with_suffix("").as_posix(),
        title=entry.title,
        author=entry.author,
        publisher=entry.publisher,
        date=entry.date,
        url=entry.url,
        licence=entry.licence,
        voice="main",
        wording="verbatim",
    )
    return source, Text(source.id, body)


def _title(file: Path, body: str) -> str:
    """Return the heading that a text begins with, else the name of its file."""
    heading = HEADING.match(body)
    words = heading.group(1).strip() if heading else ""
    return words or file.stem.replace("_", " ").strip() or file.name


def _read_notes(file: Path, bodies: Iterable[str]) -> list[tuple[Source, Text]]:
    """Return the notes on sources; each must bear on words of one of the main texts."""
    entries = read_notes_entries(file)
    folded = [fold(body) for body in bodies]
    for entry in entries:
        for bearing in _bearings(entry):
            if not any(bearing.claim in body for body in folded):
                raise CorpusError(
                    f"{str(file)!r}, entry {entry.id!r}: "
                    f"claim {bearing.claim!r} stands in no text of the corpus"
                )
    return [_noted_source(entry) for entry in entries]


def _bearings(entry: NotesEntry) -> Iterator[Bearing]:
    """Yield how the facts of an entry bear on claims.

    Of one in the old form, one claim for the whole source, nobody has said which fact carries the
    relation: all its facts are context.
    """
    if entry.claim is not None:
        yield Bearing(fold(entry.claim), "context", tuple(range(1, len(entry.facts) + 1)))
    for one in entry.bears or ():
        because = None if one.because is None else fold(one.because)
        yield Bearing(fold(one.claim), one.relation, tuple(one.facts), because)


def _noted_source(entry: NotesEntry) -> tuple[Source, Text]:
    source = Source(
        id=entry.id,
        title=fold(entry.title),
        author=entry.author,
        publisher=entry.publisher,
        date=entry.date,
        url=entry.url,
        licence=entry.licence,
        voice="sources",
        wording="note",
        bears=tuple(_bearings(entry)),
    )
    return source, Text(entry.id, "\n".join(fold(fact) for fact in entry.facts))


def fold(text: str) -> str:
    r"""Return the text with every run of white space as one space, none at the ends.

    >>> fold("  two \n words ")
    'two words'
    """
    return " ".join(text.split())


def _refuse_doubled(ids: list[str], folder: Path) -> None:
    seen: set[str] = set()
    for source_id in ids:
        if source_id in seen:
            raise CorpusError(
                f"corpus {str(folder)!r}: two sources have the id {source_id!r}; rename one"
            )
        seen.add(source_id)


def _fingerprint(sources: Iterable[Source], texts: Iterable[Text], guide: Guide) -> str:
    """Return the hash of everything in a corpus that can reach an answer."""
    rows = [[asdict(source) for source in sources], [asdict(text) for text in texts]]
    content = [*rows, asdict(guide)]
    encoded = json.dumps(content, ensure_ascii=True, sort_keys=True).encode()
    return f"sha256:{hashlib.sha256(encoded).hexdigest()}"
