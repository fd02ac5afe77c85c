"""The lines of `eval/training/data/` and the texts of the public sets that they are about."""

import argparse
import hashlib
import json
import logging
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from eval.sets.pairs import read_pairs
from ingest.errors import CaseError
from ingest.types import Span
from rag.language.words import split

# Weight of a question of `questions.jsonl` beside lines written for a purpose, and how many.
LIGHT, MANY = 0.3, 1500
LINES = Path(__file__).with_name("data")
# Characters around what a line is about: windows of all sizes are read.
WINDOWS = (150, 300, 500, 700, 900)
PAIRS = {"wice": "pairs-wice-dev", "factcheck": "pairs-factcheck", "summedits": "pairs-summedits"}


@dataclass(frozen=True)
class Texts:
    """The texts of the sets in one folder, by set and document."""

    folder: Path
    _segments: dict[tuple[str, str], list[Span]] = field(default_factory=dict)

    def body(self, name: str, document: str) -> str:
        """Return a text. Raises CaseError, naming the set and the document, if it is not there."""
        try:
            if name == "html":
                return _folded(self._pages[document]["text"])
            if name in PAIRS:
                return _evidence(self.folder / f"{PAIRS[name]}.jsonl.gz")[document]
            return (self.folder / name / "corpus" / f"{document}.txt").read_text(encoding="utf-8")
        except (OSError, KeyError, CaseError) as error:
            raise CaseError(
                f"folder {str(self.folder)!r} holds no text {document!r} of the set {name!r}"
            ) from error

    @cached_property
    def _pages(self) -> Mapping[str, Mapping[str, str]]:
        content = (self.folder / "html/ground-truth.json").read_text(encoding="utf-8")
        pages: dict[str, dict[str, str]] = json.loads(content)
        return pages

    def window(self, line: Mapping[str, Any], rng: random.Random) -> Span:
        """Return what a line is about, with whole sentences around it.

        As many as fit one of `WINDOWS`; which one, and on which sides, is drawn at random.
        """
        key = line["set"], line["document"]
        if key not in self._segments:
            self._segments[key] = list(_segments(self.body(*key)))
        segments, max_chars = self._segments[key], rng.choice(WINDOWS)
        start, end = line["near"]
        inside = [i for i, (begins, ends) in enumerate(segments) if ends > start and begins < end]
        if not inside:
            return start, end
        first, last = _grown(segments, inside[0], inside[-1], max_chars, rng)
        return min(segments[first][0], start), max(segments[last][1], end)


def _grown(
    segments: Sequence[Span], first: int, last: int, max_chars: int, rng: random.Random
) -> tuple[int, int]:
    """Return the range of segments, grown by one at a time on a random side while it fits."""
    while True:
        wider = []
        if first > 0:
            wider.append((first - 1, last))
        if last < len(segments) - 1:
            wider.append((first, last + 1))
        if not wider:
            return first, last
        left, right = rng.choice(wider)
        if segments[right][1] - segments[left][0] > max_chars:
            return first, last
        first, last = left, right


def read_lines(name: str) -> list[dict[str, Any]]:
    """Return the lines of a file of `eval/training/data/`."""
    lines = (LINES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def read_questions(name: str) -> list[str]:
    """Return the questions of a file of `eval/training/data/`."""
    return [line[side] for line in read_lines(name) for side in ("answerable", "unanswerable")]


def some_questions() -> list[str]:
    """Return some of the questions of `questions.jsonl`, the same each time."""
    return by_hash(read_questions("questions"))[:MANY]


def read_squad_folder(description: str, log: logging.Logger) -> Path:
    """Return the folder of SQuAD 2.0 that the command line names; `log` goes to the terminal."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "folder", type=Path, help="holds the public set squad2: corpus/*.txt and questions.jsonl"
    )
    logging.basicConfig(format="%(message)s")
    log.setLevel(logging.INFO)
    folder: Path = parser.parse_args().folder
    return folder / "squad2"


def text_key(text: str) -> str:
    """Return the name that a text of evidence has in the lines."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def in_part(key: str, parts: int) -> bool:
    """Say whether a key falls into the first of so many parts of equal size, by its hash."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % parts == 0


def by_hash(keys: Iterable[str]) -> list[str]:
    """Return the keys in an order that is the same everywhere and says nothing."""
    return sorted(set(keys), key=lambda key: hashlib.sha256(key.encode()).hexdigest())


def _segments(body: str) -> Iterator[Span]:
    at = 0
    for sentence in split(body):
        start = body.find(sentence, at)
        if start >= 0:
            at = start + len(sentence)
            yield start, at


@lru_cache(maxsize=len(PAIRS))
def _evidence(file: Path) -> Mapping[str, str]:
    return {text_key(pair.evidence): pair.evidence for pair in read_pairs(file)}


def _folded(text: str) -> str:
    spaced = re.sub(r"[ \t]+", " ", text).strip()
    return re.sub(r"\n\s*\n+", "\n\n", spaced)
