"""Indexes built with scripted vectors, and everything that stands in one."""

from ingest.build import Built, build, open_index
from ingest.index import PassageIndex
from ingest.settings import Settings
from ingest.sources import read_corpus
from ingest.types import VOICES
from tests.fakes import WordVectors, word_vector

BROOK = "A brook joins it. The brook is short."


def built(settings: Settings, model: WordVectors | None = None) -> Built:
    return build(read_corpus(settings.corpus), settings, lambda: model or WordVectors())


def opened(settings: Settings) -> PassageIndex:
    return open_index(read_corpus(settings.corpus), settings)


def everything(index: PassageIndex) -> list[str]:
    """Return the words of every passage, having seen that its own words find it."""
    texts = []
    for voice in VOICES:
        for passage in index.passages(voice):
            nearest = index.nearest(word_vector(passage.text), voice, 100)
            assert passage in [hit for hit, _ in nearest]
            texts.append(passage.text)
    return texts
