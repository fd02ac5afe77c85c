"""The lines of `eval/training/` and the texts of the public sets that they are about."""

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from eval.sets.pairs import read_pairs
from ingest.errors import CaseError
from ingest.types import Span
from rag.check.support import split

LINES = Path(__file__).with_name("data")
WINDOWS = (
    150,
    300,
    500,
    700,
    900,
)  # characters around what a line is about: windows of all sizes are read
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
        found: dict[str, dict[str, str]] = json.loads(
            (self.folder / "html/ground-truth.json").read_text(encoding="utf-8")
        )
        return found

    def window(self, line: Mapping[str, Any], rng: random.Random) -> Span:
        """Return what a line is about with whole sentences around it, as many as fit one of `WINDOWS`, drawn at random."""
        key = line["set"], line["document"]
        if key not in self._segments:
            self._segments[key] = list(_segments(self.body(*key)))
        start, end = line["near"]
        segments, most = self._segments[key], rng.choice(WINDOWS)
        inside = [i for i, (begins, ends) in enumerate(segments) if ends > start and begins < end]
        if not inside:
            return start, end
        first, last = inside[0], inside[-1]
        while True:
            sides = [
                side for side in (-1, 1) if (first > 0 if side < 0 else last < len(segments) - 1)
            ]
            if not sides:
                break
            grown = (first - 1, last) if rng.choice(sides) < 0 else (first, last + 1)
            if segments[grown[1]][1] - segments[grown[0]][0] > most:
                break
            first, last = grown
        return min(segments[first][0], start), max(segments[last][1], end)


def read_lines(name: str) -> list[dict[str, Any]]:
    """Return the lines of a file of `eval/training/`."""
    return [
        json.loads(line)
        for line in (LINES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


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
        found = body.find(sentence, at)
        if found >= 0:
            at = found + len(sentence)
            yield found, at


@lru_cache(maxsize=len(PAIRS))
def _evidence(file: Path) -> Mapping[str, str]:
    return {text_key(pair.evidence): pair.evidence for pair in read_pairs(file)}


def _folded(text: str) -> str:
    return re.sub(r"\n\s*\n+", "\n\n", re.sub(r"[ \t]+", " ", text).strip())
