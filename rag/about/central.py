"""A text → the sentences that stand for it: those most like all the others.

Centrality over sentence vectors (Erkan and Radev 2004, https://arxiv.org/abs/1109.2128, its degree
without a threshold), one sentence a part, so that the whole text has its say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.neighbours import Neighbours
from ingest.types import Corpus, Passage
from rag.quote.context import leans_back

PARTS = 6
TEXTS = 6  # of a corpus of more, one sentence of each of so many
# A shorter paragraph is a heading or a motto, a shorter sentence an exclamation.
PARAGRAPH_CHARS, SENTENCE_CHARS = 200, 40
READ = 600  # sentences of a text that are compared; of a longer one, so many evenly spread
ENDING = 3
# What others say.
REPORTS = re.compile(
    r"\b(?:says?|said|told|tells|claims?|claimed|insists?|according to)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Central:
    """Finds them in the main texts of one corpus."""

    corpus: Corpus
    neighbours: Neighbours
    embeddings: Embeddings

    def of_each_part(self) -> list[Passage]:
        """Return a sentence of each part of the text, of several texts one of each."""
        texts = [self._passages(source.id) for source in self.corpus.mains[:TEXTS]]
        parts = PARTS if len(texts) == 1 else 1
        return [passage for text in texts for passage in self._chosen(text, parts)]

    def ending(self) -> list[Passage]:
        """Return the last sentences of each text."""
        texts = [self._passages(source.id) for source in self.corpus.mains[:TEXTS]]
        return [passage for text in texts for passage in text[-ENDING:]]

    def _passages(self, source_id: str) -> list[Passage]:
        """Return the sentences of a text's paragraphs, headings and mottos left out, if it can."""
        own = list(self.neighbours.by_source.get(source_id, ()))
        long = [
            one
            for one in own
            if one.context_end - one.context_start >= PARAGRAPH_CHARS
            and one.end - one.start >= SENTENCE_CHARS
        ]
        return long or own

    def _chosen(self, passages: Sequence[Passage], parts: int) -> list[Passage]:
        step = max(1, len(passages) // READ)
        read = passages[::step]
        if not read:
            return []
        vectors = np.asarray(self.embeddings.embed_documents([one.text for one in read]))
        likeness = vectors @ vectors.mean(axis=0)
        # What leans on the sentence before it, or tells what others say, does not stand for the
        # text.
        alone = np.array(
            [not leans_back(one.text) and not REPORTS.search(one.text) for one in read]
        )
        rank = np.where(alone, likeness, likeness - 1.0)
        of_part = np.array_split(np.arange(len(read)), min(parts, len(read)))
        return [read[places[int(np.argmax(rank[places]))]] for places in of_part]
