"""A question → what it asks of the corpus itself: in short, by whom, who disagrees.

A regression over the words of a question, their pairs and its sentence vector tells such requests
from questions to the texts. Its weights, in `requests.json`, are fitted by
`eval/training/requests.py` on lines about texts of every kind, so that it knows no corpus. What a
request is about are its words that the corpus has too, less those that such requests are made of.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from langchain_core.embeddings import Embeddings

from ingest.types import Corpus
from rag.decide.missing import content
from rag.language.words import full_names
from rag.models.logistic import Multinomial, read_multinomial
from rag.models.phrasing import features
from rag.question.orders import plain_order
from rag.question.standalone import EARLIER_CHARS, EARLIER_TURNS
from rag.types import Turn

WEIGHTS = Path(__file__).with_name("requests.json")

Asked = Literal[
    "summary",  # the whole in short
    "thesis",  # what it argues
    "conclusion",  # how it ends
    "topic",  # what it says about a subject
    "disputes",  # who disagrees, where it is wrong; of all or of a subject
    "supports",  # who bears it out; of all or of a subject
    "sources_on",  # which sources deal with a subject
    "sources",  # which sources there are, how many
    "work",  # who wrote it, when, where
    "program",  # what can be asked; thanks and greetings
]
# Classes of the regression that ask the same, where the words say of what.
SAME: Mapping[str, Asked] = {
    "disputes_on": "disputes",
    "supports_on": "supports",
    "social": "program",
}
OF_A_SUBJECT = ("topic", "disputes_on", "supports_on", "sources_on")
OTHER = "other"
# A request is one from here, the sooner where none of its words is one of the texts' own: of the
# questions that were written to look like requests, 2 in 100 come higher
# (`python -m eval.training.requests`).
SURE, SURE_BARE = 0.5, 0.3
FOLLOW_UP = re.compile(
    r"(?:and|but|so|what about|how about|and what about)\s+(?:(?:about|on|of)\s+)?(?P<topic>\S.*)",
    re.IGNORECASE,
)
SPOKEN_OF = re.compile(r"\b(?:it|its|they|them|their|he|she|his|her|that)\b", re.IGNORECASE)
SOURCES = re.compile(r"\b(?:sources?|notes|reports|documents)\b", re.IGNORECASE)
TOPIC_WORD = re.compile(r"[\w’'-]+")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the corpus itself.

    `topic` are the words for what it is asked of, if any; `sources`: it is asked of the sources;
    `whole`: it sounds as if it were asked of the whole.
    """

    asked: Asked
    topic: str = ""
    sources: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Requests:
    """Reads requests about one corpus.

    `request_words` are stems of words that say what is asked, not of what; `vocabulary` those that
    the texts have; `foreign` says in which other language a question is; `called` are patterns of
    names of the texts and their authors, with what a request would say.
    """

    model: Multinomial
    request_words: frozenset[str]
    embed: Callable[[str], list[float]]
    foreign: Callable[[str], str | None]
    vocabulary: frozenset[str]
    called: tuple[tuple[re.Pattern[str], str], ...]

    def __call__(self, question: str, history: tuple[Turn, ...] = ()) -> Request | None:
        """Return what a question asks of the corpus itself, None for a question to the texts.

        With a history, who wrote "it" is asked of something that was spoken of, and "And Israel?"
        asks what the question before it asked.
        """
        if plain_order(question) or self.foreign(question):
            return None
        follow_up = FOLLOW_UP.fullmatch(question.strip(" ?!.")) if history else None
        if follow_up and (again := self._again(follow_up["topic"], history)):
            return again
        plain = question
        for pattern, name in self.called:
            plain = pattern.sub(name, plain)
        request = self._read(plain)
        if request and request.asked == "work" and history and SPOKEN_OF.search(plain):
            return None
        return request

    def _read(self, plain: str) -> Request | None:
        """Return what words ask of the corpus itself, if they do.

        Of a subject that the texts have no word for, or not the name, nothing is asked of them.
        """
        found = self.model.probabilities(features(plain, self.embed(plain)))
        topic, foreign = self._topic(plain)
        asked = likeliest(found, SURE if topic else SURE_BARE)
        if asked == OTHER:
            return None
        named = any(full_names(f"on {word}") for word in foreign)
        lone = len(foreign) == 1 and not named and asked in SAME  # "flatly contradict"
        if asked in OF_A_SUBJECT and foreign and (named or not topic) and not lone:
            return None
        return Request(
            SAME.get(asked, asked),  # type: ignore[arg-type]
            " ".join(topic),
            sources=SOURCES.search(plain) is not None,
            whole=asked not in SAME,
        )

    def _again(self, words: str, history: tuple[Turn, ...]) -> Request | None:
        """Return what the last question asked, of another topic; None if it asked of none."""
        last = history[-1].question[:EARLIER_CHARS]
        request = self(last, history[:-1][-EARLIER_TURNS:])
        topic, _ = self._topic(words)
        again = request and request.topic and topic
        return replace(request, topic=" ".join(topic)) if request and again else None

    def _topic(self, question: str) -> tuple[list[str], list[str]]:
        """Return the words that say of what is asked: those that the texts have, and the others."""
        subject = [
            (word, kept)
            for word in TOPIC_WORD.findall(question)
            if (kept := [stem for stem in content(word) if stem not in self.request_words])
        ]
        known = [word for word, kept in subject if not self.vocabulary.isdisjoint(kept)]
        return known, [word for word, _ in subject if word not in known]


def likeliest(found: Mapping[str, float], sure: float) -> str:
    """Return the class of request with the highest probability, OTHER where none is that sure.

    >>> likeliest({"other": 0.4, "summary": 0.5, "topic": 0.1}, sure=0.5)
    'summary'
    """
    if found[OTHER] > 1 - sure:
        return OTHER
    return max((asked for asked in found if asked != OTHER), key=found.__getitem__)


def read_requests(
    corpus: Corpus,
    embeddings: Embeddings,
    foreign: Callable[[str], str | None],
    vocabulary: frozenset[str],
    file: Path = WEIGHTS,
) -> Requests:
    """Return the reader of requests; `embeddings` are the packaged ones."""
    form = json.loads(file.read_text(encoding="utf-8"))
    called: list[tuple[re.Pattern[str], str]] = []
    for source in corpus.mains:
        # A title of a word or two ("The river") may be what the question is about.
        names = [("the text", source.title)] if len(source.title.split()) > 2 else []
        if source.author:
            names += [("the author", source.author), ("the author", source.author.split()[-1])]
        for name, words in names:
            pattern = rf"[“\"']?\b(?:the\s+)?{re.escape(words)}(?!\w)[”\"']?"
            called.append((re.compile(pattern, re.IGNORECASE), name))
    return Requests(
        model=read_multinomial(form),
        request_words=frozenset(form["request_words"]),
        embed=embeddings.embed_query,
        foreign=foreign,
        vocabulary=vocabulary,
        called=tuple(called),
    )
