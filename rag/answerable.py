"""A question and its hits → can the corpus answer it, and why not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.types import Corpus
from rag.keywords import stems
from rag.quote import listed
from rag.types import Decision, Hit

# The best hit's score below which nothing is quoted; chosen on the development half (docs/evaluation.md).
ENOUGH = 0.5
NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)*")


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides by the best score; gives the reason in words."""

    corpus: Corpus
    vocabulary: frozenset[str]

    def __call__(self, question: str, hits: tuple[Hit, ...]) -> Decision:
        """Return the decision and its reason."""
        best = max((hit.score for hit in hits), default=0.0)
        if best >= ENOUGH:
            return Decision("answered", None, best)
        return Decision("not_in_corpus", self._reason(question), best)

    def _reason(self, question: str) -> str:
        unknown = [name for name in dict.fromkeys(NAME.findall(question)) if not set(stems(name)) <= self.vocabulary]
        if unknown:
            return f"{self._speakers()} mention {listed(unknown)}."
        return f"{self._speakers()} say anything that answers this."

    def _speakers(self) -> str:
        if any(source.relation != "essay" for source in self.corpus.sources):
            return "Neither the essay nor the notes on its sources"
        return "The texts do not" if len(self.corpus.sources) > 1 else "The text does not"


def build_gate(corpus: Corpus) -> Gate:
    """Return the gate of a corpus, which knows every word that stands in it."""
    return Gate(corpus, frozenset(_words(corpus)))


def _words(corpus: Corpus) -> Iterable[str]:
    for source, text in zip(corpus.sources, corpus.texts, strict=True):
        yield from stems(" ".join([text.body, source.title, source.author or "", source.publisher or ""]))
