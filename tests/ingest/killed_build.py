"""A program that kills builds of an index and says what is found after.

It kills them at every line where something can be half done. Each build runs in a process of its
own, forked from here before Chroma is used, and ends by SIGKILL. Prints a JSON line for each: which
line it was killed at, which index the next start opened, and what the next build still had to
embed.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import chromadb  # noqa: F401  imported once, here, so that the forks need not

import ingest.build
import ingest.collection
import ingest.index
import ingest.lock
from ingest.build import build, open_index
from ingest.errors import IndexMismatch
from ingest.index import IndexStore, PassageIndex, text_hash
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from tests.fakes import WordVectors, settings_in, word_vector, write_corpus

Place = tuple[str, int, int]  # function, line, how often that line has been reached

WATCHED = {
    ingest.build.__file__,
    ingest.collection.__file__,
    ingest.index.__file__,
    ingest.lock.__file__,
}
STEPS = ("_fill", "_embed_new", "put", "write_rows", "switch", "build", "locked")
OLD = {"a.txt": "\n\n".join(f"Old sentence {i} stands here." for i in range(40))}
NEW = {
    "a.txt": "\n\n".join(
        f"{'Old' if i % 2 else 'New'} sentence {i} stands here." for i in range(100)
    )
}


def forked(run: Callable[[], Any]) -> tuple[int, Any]:
    """Run in a process of its own.

    Return the signal that ended it (0: none) and its JSON result.
    """
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, json.dumps(run()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    signal_number = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return signal_number, json.loads(content) if content else None


def rebuild(folder: Path, reached: Callable[[Place], None] = lambda place: None) -> int:
    """Build the index of the corpus in `folder`, telling of each line that is reached.

    Return how many it embedded.
    """
    counts: dict[tuple[str, int], int] = {}

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in WATCHED or frame.f_code.co_name not in STEPS:
            return None
        if event == "line":
            key = (frame.f_code.co_name, frame.f_lineno)
            counts[key] = counts.get(key, 0) + 1
            reached((*key, counts[key]))
        return trace

    settings = settings_in(folder)
    corpus = read_corpus(settings.corpus)
    sys.settrace(trace)
    report = build(corpus, settings, WordVectors)
    sys.settrace(None)
    return report.embedded


def places(folder: Path, every: bool) -> list[Place]:
    """Return the places of a build that nobody kills.

    They are every second line of the switch, and both ends of the last `put`; with `every`, the
    first and the last time that any line is reached.
    """
    seen: list[Place] = []
    rebuild(folder, seen.append)
    last = {place[:2]: place for place in seen}
    if every:
        return [place for place in seen if place[2] == 1 or place == last[place[:2]]]
    put = [place for place in last.values() if place[0] == "put"]
    switch = [place for place in seen if place[0] == "switch" and place[2] == 1]
    return [put[0], put[-1], *switch[::2]]


def kill_at(folder: Path, place: Place) -> None:
    def reached(at: Place) -> None:
        if at == place:
            os.kill(os.getpid(), signal.SIGKILL)

    rebuild(folder, reached)


def found_in(folder: Path) -> dict[str, Any]:
    """Return which index the next start opens, whether it is whole, and what it does not know.

    `missing` is how many of the new texts the next build would have to embed.
    """
    settings = settings_in(folder)
    old, new = read_corpus(folder / "old"), read_corpus(settings.corpus)
    try:
        which, index = "old", open_index(old, settings)
    except IndexMismatch:
        which, index = "new", open_index(new, settings)
    known = IndexStore(folder / "index").known_vectors(settings.embedding_model)
    words = {passage.text for passage in split_corpus(new, max_chars=settings.max_chars)}
    missing = 0 if which == "new" else sum(text_hash(word) not in known for word in words)
    return {"opened": which, "whole": whole(index), "missing": missing, "of": len(words)}


def whole(index: PassageIndex) -> bool:
    """Say whether every passage is found by its own words (a few may share a vector)."""
    for passage in index.passages("main"):
        nearest = index.nearest(word_vector(passage.text), "main", 8)
        if passage not in [hit for hit, _ in nearest]:
            return False
    return True


def finished(folder: Path) -> dict[str, Any]:
    embedded = rebuild(folder)
    settings = settings_in(folder)
    return {
        "embedded": embedded,
        "finished": whole(open_index(read_corpus(settings.corpus), settings)),
    }


def killed_builds(work: Path, every: bool) -> Iterator[dict[str, Any]]:
    base = work / "base"
    write_corpus(base / "old", OLD)
    write_corpus(base / "corpus", OLD)
    forked(lambda: rebuild(base))
    write_corpus(base / "corpus", NEW)
    _, everywhere = forked(lambda: places(shutil.copytree(base, work / "dry"), every))
    for number, place in enumerate(everywhere):
        folder = shutil.copytree(base, work / str(number))
        ended, _ = forked(lambda folder=folder, place=tuple(place): kill_at(folder, place))  # type: ignore[misc]
        _, after = forked(lambda folder=folder: {**found_in(folder), **finished(folder)})  # type: ignore[misc]
        yield {"place": place, "killed": ended == -signal.SIGKILL, **(after or {})}
        shutil.rmtree(folder)


if __name__ == "__main__":
    for row in killed_builds(Path(sys.argv[1]), every="every" in sys.argv):
        print(json.dumps(row), flush=True)  # noqa: T201
