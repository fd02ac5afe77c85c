"""Scripted models and small corpora: most tests need no model and no more than two paragraphs."""

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from langchain_core.embeddings import Embeddings

from ingest.build import build, open_index
from ingest.embed import load_embeddings
from ingest.index import PassageIndex
from ingest.settings import Settings, read_settings
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.models.reader import Reading

DIMENSION = 256

# The last paragraph is a pull quote: it repeats a sentence without its full stop.
RIVER = (
    "The river rises in the north. It feeds three mills along the valley.\n\n"
    "The mills closed in 1931. Nobody knows why they closed.\n\n\n"
    "The mills closed in 1931\n"
)
NOTES: tuple[Mapping[str, Any], ...] = (
    {
        "id": "record",
        "title": "A record of the county",
        "publisher": "County Office",
        "date": "1935-02-01",
        "url": "https://example.org/record",
        "bears": [
            {
                "claim": "The mills closed in 1931",
                "relation": "contradicts",
                "facts": [1],
                "because": "one ran until 1934",
            }
        ],
        "facts": ["The last mill shut in 1934.", "Its owner had died the year before."],
    },
    {
        "id": "atlas",
        "title": "An atlas",
        "bears": [{"claim": "The river rises in the north", "relation": "supports", "facts": [1]}],
        "facts": ["The spring lies north of the town."],
    },
)


# Every part of a guide to the river; its first sentence rests on words that a note disputes.
GUIDE: Mapping[str, Any] = {
    "summary": [
        {"says": "The text says the mills closed.", "rests_on": ["The mills closed in 1931."]},
        {"says": "Why, it says nobody knows.", "rests_on": ["Nobody knows why they closed."]},
    ],
    "thesis": [{"says": "The river fed mills.", "rests_on": ["It feeds three  mills"]}],
    "conclusion": [{"says": "It ends in doubt.", "rests_on": ["Nobody knows why they closed"]}],
    "sections": [
        {
            "title": "The river",
            "from": "The river rises",
            "gist": [{"says": "It rises in the north.", "rests_on": ["The river rises"]}],
        }
    ],
    "topics": [
        {
            "name": "The mills",
            "also": ["milling in the valley"],
            "gist": [{"says": "There were three mills.", "rests_on": ["It feeds three mills"]}],
        },
        {
            "name": "The river",
            "gist": [{"says": "The river rises up north.", "rests_on": ["The river rises in"]}],
        },
        {
            "name": "The end of the mills",
            "gist": [{"says": "The mills closed.", "rests_on": ["The mills closed in 1931"]}],
        },
    ],
    "questions": [
        {"ask": "When did the mills close?", "topics": ["The mills"]},
        {"ask": "Where does the river rise?", "topics": ["The river"]},
        {"ask": "How many mills does it feed?", "topics": ["The mills"]},
        {"ask": "Does anybody know why they closed?", "topics": ["The end of the mills"]},
    ],
}


def write_corpus(
    folder: Path,
    files: Mapping[str, str] | None = None,
    *,
    notes: Sequence[Mapping[str, Any]] = (),
    metadata: Any = None,
    guide: Any = None,
) -> Path:
    """Write a corpus of these files (by default the river) byte for byte, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in (files or {"river.txt": RIVER}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body.encode())
    if notes:
        (folder / "sources.yaml").write_text(
            yaml.safe_dump([dict(note) for note in notes]), encoding="utf-8"
        )
    if metadata is not None:
        (folder / "corpus.yaml").write_text(yaml.safe_dump(metadata), encoding="utf-8")
    if guide is not None:
        (folder / "guide.yaml").write_text(yaml.safe_dump(guide), encoding="utf-8")
    return folder


def build_river(folder: Path, *, notes: Sequence[Mapping[str, Any]] = ()) -> Path:
    """Write the river corpus and an index of it that the default model builds.

    Return the folder that holds both.
    """
    settings = read_settings(
        corpus=write_corpus(folder / "corpus", notes=notes), index=folder / "index"
    )
    build(read_corpus(settings.corpus), settings, load_embeddings)
    return folder


def settings_in(folder: Path, **values: Any) -> Settings:
    """Return settings with the corpus and its index under `folder`."""
    return read_settings(**({"corpus": folder / "corpus", "index": folder / "index"} | values))


def indexed(folder: Path, settings: Settings | None = None) -> tuple[Corpus, PassageIndex]:
    """Build and open the index of the corpus under `folder`, with scripted vectors."""
    settings = settings or settings_in(folder)
    corpus = read_corpus(settings.corpus)
    build(corpus, settings, WordVectors)
    return corpus, open_index(corpus, settings)


def word_vector(text: str) -> list[float]:
    """Return a unit vector in which every word has its own direction."""
    sums = [0.0] * DIMENSION
    sums[0] = 0.01  # so that a text without words has a direction too
    for word in re.findall(r"\w+", text.casefold()):
        sums[int.from_bytes(hashlib.sha256(word.encode()).digest()[:2]) % DIMENSION] += 1.0
    length = math.hypot(*sums)
    return [value / length for value in sums]


class WordVectors(Embeddings):
    """Embeds without a model and keeps what it was asked to embed."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded.extend(texts)
        return [word_vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return word_vector(text)


def shared_words(question: str, passage: str) -> float:
    """Return a logit that grows with the words a question and a passage share."""
    words = (set(re.findall(r"\w+", text.casefold())) for text in (question, passage))
    return 2.0 * len(set.intersection(*words)) - 4.0


class ScriptedReranker:
    """Scores pairs by a function and keeps the pairs it was asked about."""

    def __init__(self, logit: Callable[[str, str], float] = shared_words) -> None:
        self.asked: list[tuple[str, str]] = []
        self._logit = logit

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked.extend(pairs)
        return [self._logit(question, passage) for question, passage in pairs]


class ScriptedReader:
    """Reads by a function from a question to the words that answer; keeps the texts it read.

    A text that holds them answers, and so does the part of it that they stand in.
    """

    def __init__(self, answer: Callable[[str], str]) -> None:
        self.read_texts: list[str] = []
        self._answer = answer

    def read(self, question: str, text: str, parts: Sequence[tuple[int, int]]) -> Reading:
        self.read_texts.append(text)
        words = self._answer(question)
        return Reading(
            self._logit(words, text),
            tuple(self._logit(words, text[start:end]) for start, end in parts),
        )

    @staticmethod
    def _logit(words: str, text: str) -> float:
        return 5.0 if words in text else -5.0


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder with its content, to see that nothing was touched."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
