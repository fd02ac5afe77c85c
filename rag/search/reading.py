"""Hits → the same hits, the best of them read for the answer and ranked by that too.

Each is read in a window: the passage with what stands around it, so that the reader knows whom
"they" means, and a note behind the name of its source. What stands in one window is read once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.neighbours import Neighbours
from ingest.passages import attribution
from ingest.types import Corpus, Voice
from rag.models.reader import Reader
from rag.types import Hit, of_voice

# Best hits of each voice that are read, and characters of a window. Reading is the dearest step of
# an answer.
READ: dict[Voice, int] = {"main": 8, "sources": 8}
MAIN_CHARS, NOTE_CHARS = 800, 500
# What a point of the reader's logits adds to the score of a hit; chosen on the development half and
# on `eval/training/data/essay.jsonl` (docs/evaluation.md).
ANSWERS_WEIGHT, SPAN_WEIGHT = 0.25, 0.3

Window = tuple[str, int, int]  # a source and characters of its text


@dataclass(frozen=True, slots=True)
class ReadingStage:
    """Reads the hits of one corpus."""

    corpus: Corpus
    reader: Reader
    neighbours: Neighbours

    def __call__(self, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Return the hits, each voice best first.

        Those that were read have the parts "answers" and "span".
        """
        ranked: list[Hit] = []
        for voice, most in READ.items():
            in_voice = of_voice(hits, voice)
            read = self._read(question, in_voice[:most])
            ranked += _ranked(read, in_voice[most:])
        return tuple(ranked)

    def _read(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        windows: dict[Window, list[Hit]] = {}
        for hit in hits:
            windows.setdefault(self._window(hit), []).append(hit)
        read: list[Hit] = []
        for window, inside in windows.items():
            read += self._read_window(question, window, inside)
        return read

    def _read_window(self, question: str, window: Window, hits: Sequence[Hit]) -> list[Hit]:
        source_id, start, end = window
        before = attribution(self.corpus.source(source_id))
        shift = len(before) - start
        parts = [(hit.passage.start + shift, hit.passage.end + shift) for hit in hits]
        reading = self.reader.read(question, before + self.corpus.body(source_id)[start:end], parts)
        return [
            _scored(hit, reading.answers, span)
            for hit, span in zip(hits, reading.parts, strict=True)
        ]

    def _window(self, hit: Hit) -> Window:
        """Return the passage with neighbours, one before and one after in turn, as many as fit."""
        most = NOTE_CHARS if hit.source.wording == "note" else MAIN_CHARS
        first = last = hit.passage
        grows = True
        while grows:
            before, after = self.neighbours.before(first), self.neighbours.after(last)
            grows = False
            if before and last.end - before.start <= most:
                first, grows = before, True
            if after and after.end - first.start <= most:
                last, grows = after, True
        return hit.passage.source_id, first.start, last.end


def _scored(hit: Hit, answers: float, span: float) -> Hit:
    score = hit.score + ANSWERS_WEIGHT * answers + SPAN_WEIGHT * span
    return replace(hit, score=score, parts={**hit.parts, "answers": answers, "span": span})


def _ranked(read: Sequence[Hit], unread: Sequence[Hit]) -> list[Hit]:
    """Return all hits, best first.

    One that was not read is taken to answer no better than the worst that was.
    """
    worst = min((_added(hit) for hit in read), default=0.0)
    others = [replace(hit, score=hit.score + worst) for hit in unread]
    return sorted((*read, *others), key=lambda hit: -hit.score)


def _added(hit: Hit) -> float:
    return ANSWERS_WEIGHT * hit.parts["answers"] + SPAN_WEIGHT * hit.parts["span"]
