"""A corpus folder → its text files, and a file → its text.

What cannot be used is refused by its name: a folder without texts, a file that is not UTF-8.
Hidden files are left out.
"""

from pathlib import Path

from ingest.errors import CorpusError

SUFFIXES = (".txt", ".md")


def text_files(folder: Path) -> list[Path]:
    """Return the texts of a corpus folder, sorted by path.

    Raises CorpusError if it is no folder, holds no text, or holds a file name that is not UTF-8.
    """
    files = [file for file in _listed(folder) if not _is_hidden(file.relative_to(folder))]
    if not files:
        raise CorpusError(
            f"corpus {str(folder)!r} holds no .txt or .md file; put the texts there as UTF-8"
        )
    for file in files:
        if not _is_utf8(str(file.relative_to(folder))):
            raise CorpusError(
                f"corpus {str(folder)!r}: the file name {file.name!r} is not UTF-8; rename it"
            )
    return files


def read_utf8(file: Path) -> str:
    """Return the text as it stands, line ends included: offsets point into it."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"file {str(file)!r} is not UTF-8 (byte {error.start}); convert it to UTF-8"
        ) from error
    except OSError as error:
        raise CorpusError(f"file {str(file)!r} cannot be read: {error.strerror}") from error


def _listed(folder: Path) -> list[Path]:
    try:
        if not folder.is_dir():
            raise CorpusError(
                f"corpus {str(folder)!r} is not a folder; "
                "name a folder of .txt or .md files with --corpus"
            )
        return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        # A name that is too long is one of the reasons.
        name = str(folder)[:200]
        raise CorpusError(f"corpus {name!r} cannot be read: {error.strerror}") from error


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_utf8(name: str) -> bool:
    """Say whether a file name is UTF-8: the bytes of one that is not come as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)
