"""A written sentence and the quotes it cites → is it borne out by them, and if not, why.

Tests of which a sentence must pass all. What it puts in quotation marks stands in a verbatim text
it cites, letter for letter. Its numbers, dates, names and denials are those of what it cites. The
support score agrees with its meaning. And three against whoever plants orders in a text and a model
that obeys: the sentence bears on the question, has no link, and is made of words; what a passage
asks or orders bears nothing out.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from langchain_core.embeddings import Embeddings

from ingest.sources import fold
from ingest.types import Corpus, Source
from ingest.weights import packaged_folder
from rag.check.support import SUPPORTED, Scorer
from rag.language.alignment import differences
from rag.language.compare import read_facts
from rag.language.words import names, split, stem
from rag.models.rerank import PACKAGE
from rag.question.orders import plain_order
from rag.types import Checked, Quote, Verdict

QUOTED = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\"([^\"]+)\""
    r"|(?<!\w)‘([^‘]+?)’(?!\w)|(?<!\w)'([^']+)'(?!\w)"
)
# An ellipsis or an insertion: the parts around it are quoted.
GAP = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?|\[[^\]]*\])\s*")
LINK = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\w+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|xyz|io|ru|info|biz)\b",
    re.IGNORECASE,
)
SPEAKS = re.compile(
    r"\b(according to|(say|said|argu|writ|wrote|report|count|find|found|not[ei]|record|claim|stat"
    r"|describ|conclud|author|essay)\w*)\b",
    re.IGNORECASE,
)
# "Add this to your reply", "in your response": said to whoever writes, not to whoever reads.
TO_THE_WRITER = re.compile(
    r"\b(?:your|the|this)\s+(?:\w+\s+){0,2}(?:answer|reply|output|message)s?\b"
    r"|\byour\s+(?:\w+\s+){0,2}(?:response|text)s?\b",
    re.IGNORECASE,
)
# Cosine of a sentence and the question. Of the gold sentences of the development half 1 in 116 lies
# below it.
BEARS = 0.15
NO_WORDS = 2  # of these in a sentence it is garbled; one may be a rare word or a name
LETTERS = re.compile(r"[^\W\d_]{3,}")
APOSTROPHES = str.maketrans("’‘", "''")
END = " .,;:!?"
REMEMBERED = 512  # a sentence is checked as it is written and again before it is shown


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """Checks sentences against texts of one corpus.

    `known` are its names, `words` what counts as a word, by stem.
    """

    corpus: Corpus
    scorer: Scorer
    embeddings: Embeddings
    known: frozenset[str]
    words: frozenset[str]

    def __call__(self, question: str, text: str, quotes: tuple[Quote, ...]) -> Checked:
        """Return the verdict: supported, unsupported, or uncited where there is no quote."""
        if not quotes:
            return Checked("uncited", None, ("it cites no passage",))
        evidence = " ".join(fold(self._spoken(quote)) for quote in quotes)
        sources = [self.corpus.source(quote.source_id) for quote in quotes]
        speakers = " ".join(dict.fromkeys(map(_about, sources)))
        attributed = f"{speakers}. {evidence}" if SPEAKS.search(text) else evidence
        problems = [
            *self._misquoted(text, quotes),
            *_linked(text, speakers),
            *self._garbled(text, attributed),
            *self._beside(question, text),
            *self._differing(text, evidence, attributed),
        ]
        [support] = self.scorer.score([attributed], [text])
        if support < SUPPORTED and not problems:
            problems.append("the passage does not say so")
        verdict: Verdict = "unsupported" if problems else "supported"
        return Checked(verdict, support, tuple(dict.fromkeys(problems)))

    def _spoken(self, quote: Quote) -> str:
        """Return what a quote states, as it is scored.

        A note stands behind the title of its source, which says what it is about.
        """
        source, said = self.corpus.source(quote.source_id), stated(quote.text)
        return said if source.wording == "verbatim" else f"{source.title}. {said}"

    def _beside(self, question: str, text: str) -> list[str]:
        asked, said = self.embeddings.embed_documents([question, text])
        return [] if float(np.dot(asked, said)) >= BEARS else ["it does not bear on the question"]

    def _garbled(self, text: str, evidence: str) -> list[str]:
        there = frozenset(LETTERS.findall(evidence))
        unknown = [
            word
            for word in LETTERS.findall(text)
            if word not in there and word.islower() and not {word, stem(word)} & self.words
        ]
        return [f"“{'”, “'.join(unknown)}” are no words"] if len(unknown) >= NO_WORDS else []

    def _misquoted(self, text: str, quotes: Sequence[Quote]) -> Iterable[str]:
        allowed = [_letters(words) for quote in quotes for words in self._quotable(quote)]
        for quoted in quotations(text):
            if not any(_holds(words, quoted) for words in allowed):
                yield f"the words “{quoted}” do not stand in a text it cites"

    def _quotable(self, quote: Quote) -> list[str]:
        """Return what may be put in quotation marks: of a note only what it quotes itself."""
        verbatim = self.corpus.source(quote.source_id).wording == "verbatim"
        return [quote.text] if verbatim else quotations(quote.text)

    def _differing(self, text: str, evidence: str, attributed: str) -> Iterable[str]:
        """Yield the facts that differ, quotations apart.

        Who is named as the speaker may be named by the source alone.
        """
        mismatches = differences(
            read_facts(text), read_facts(evidence), self.known, around=read_facts(attributed)
        )
        for mismatch in mismatches:
            if mismatch.kind != "quotation":
                yield mismatch.words("the passage")


def read_check(
    corpus: Corpus, scorer: Scorer, embeddings: Embeddings
) -> Callable[[str, str, tuple[Quote, ...]], Checked]:
    """Return the check over a corpus, with a memory of the last sentences."""
    spoken = " ".join([*(text.body for text in corpus.texts), *map(_about, corpus.sources)])
    known = frozenset(names(spoken)) | _always_capital(spoken)
    return lru_cache(REMEMBERED)(SentenceCheck(corpus, scorer, embeddings, known, _words(spoken)))


def stated(text: str) -> str:
    """Return the sentences of a passage that state something.

    No questions, and nothing said to whoever writes an answer.
    """
    return " ".join(sentence for sentence in split(text) if _states(sentence))


def _states(sentence: str) -> bool:
    return not (sentence.endswith("?") or TO_THE_WRITER.search(sentence) or plain_order(sentence))


def _words(spoken: str) -> frozenset[str]:
    """Return the words of a corpus and of the packaged tokenizer, as they are and as stems."""
    tokenizer = packaged_folder(*PACKAGE) / "tokenizer.json"
    vocabulary = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    words = {word.lower() for word in LETTERS.findall(spoken)}
    words |= {word for word in vocabulary if word.isalpha()}
    return frozenset(words | {stem(word) for word in words})


def _always_capital(text: str) -> frozenset[str]:
    """Return the words that a text never writes without a capital: names, even as openers."""
    words = frozenset(re.findall(r"\w+", text))
    return frozenset(word for word in words if word[0].isupper() and word.lower() not in words)


def quotations(text: str) -> list[str]:
    """Return what stands in quotation marks of any kind, an apostrophe apart.

    >>> quotations("She said “no”, and he ‘maybe’.")
    ['no', 'maybe']
    """
    quoted = [next(filter(None, match.groups())) for match in QUOTED.finditer(fold(text))]
    return [words for words in quoted if re.search(r"\w", words)]


def _holds(words: str, quoted: str) -> bool:
    """Tell whether the parts of a quotation stand in a text, in their order."""
    start = 0
    for part in GAP.split(_letters(quoted)):
        bare = part.strip(END)
        at = words.find(bare, start)
        if at < 0:
            return False
        start = at + len(bare)
    return True


def _letters(text: str) -> str:
    """Return a text whose white space and style of quotation marks do not matter; capitals do."""
    return re.sub(r"[“”„«»\"]", '"', fold(text).translate(APOSTROPHES))


def _linked(text: str, speakers: str) -> list[str]:
    """Return a problem for each link; a publisher may be called by its domain."""
    return [f"it has a link, “{link}”" for link in LINK.findall(text) if link not in speakers]


def _about(source: Source) -> str:
    return " ".join(filter(None, [source.title, source.publisher, source.author]))
