"""Summary, thesis, conclusion, what is said on a subject → a draft from the guide.

The guide is in our words, each sentence with the words of the text that it rests on; what disputes
those words is told with it. A corpus without a guide gets sentences of its own instead, those that
stand for the text, and says so.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.types import Corpus, Passage, Place, Section, Statement
from rag.about.central import Central
from rag.language.words import full_names, stems
from rag.quote.bearing import BRINGS
from rag.quote.engine import QuoteEngine
from rag.quote.writing import Writing
from rag.types import Decision, Draft, DraftSentence, Hit, Part, Quote, Told

MOST_TOPICS = 6  # told of, where a word names several
IN_OUR_WORDS = "In our words: "
SUMMARY = "Summary in our words: "
NO_GUIDE = (
    "Nobody has written a summary of this corpus. These are sentences of its own that stand for "
    "the text."
)


@dataclass(frozen=True, slots=True)
class GuideAnswers:
    """Answers broad questions about one corpus; `names` are the stems of names in its texts."""

    engine: QuoteEngine
    central: Central
    names: frozenset[str]

    def summary(self) -> Told:
        """Return the summary; what each part says is more."""
        guide = self.engine.corpus.guide
        if not guide.summary:
            return self._central(self.central.of_each_part())
        return self._told(SUMMARY, guide.summary, guide.sections)

    def thesis(self) -> Told:
        """Return what the text argues, else the summary."""
        guide = self.engine.corpus.guide
        return self._told(IN_OUR_WORDS, guide.thesis) if guide.thesis else self.summary()

    def conclusion(self) -> Told:
        """Return how the text ends, else its last sentences."""
        guide = self.engine.corpus.guide
        if not guide.conclusion:
            return self._central(self.central.ending())
        return self._told(IN_OUR_WORDS, guide.conclusion)

    def gist(self, words: Sequence[str]) -> list[Statement]:
        """Return what the guide says on the topic that these stems name; nothing if none does.

        One of its names holds all of them that any topic's name has; a word that none has may be
        lost, unless that is a name, a number, or most of them. Where several topics share the words
        the first sentence of each is told.
        """
        topics = self.engine.corpus.guide.topics
        named = [(topic, name) for topic in topics for name in (topic.name, *topic.also)]
        told, lost = _split(words, {word for _, name in named for word in stems(name)})
        if not told or len(lost) > len(told) or any(map(self.is_name, lost)):
            return []
        holding = [(topic, name) for topic, name in named if told.issubset(stems(name))]
        exact = [topic for topic, name in holding if len(name.split()) == len(told)]
        found = list(dict.fromkeys(exact or [topic for topic, _ in holding]))
        if len(found) == 1:
            return list(found[0].gist)
        return [topic.gist[0] for topic in found[:MOST_TOPICS]]

    def is_name(self, word: str) -> bool:
        """Say whether a word is a name that stands in the texts, or a number."""
        return not self.names.isdisjoint((word, *stems(word))) or any(map(str.isdigit, word))

    def on_topic(self, gist: Sequence[Statement], more: Sequence[DraftSentence]) -> Told:
        """Return what the guide says on a topic, and then these quotes."""
        told = self._told(IN_OUR_WORDS, gist)
        cited = {quote for sentence in told.draft.sentences for quote in sentence.quotes}
        new = [
            replace(sentence, part="more")
            for sentence in more
            if not cited.issuperset(sentence.quotes)
        ]
        return Told((), told.decision, Draft((*told.draft.sentences, *new)))

    def _told(
        self, intro: str, statements: Iterable[Statement], sections: Iterable[Section] = ()
    ) -> Told:
        engine = self.engine
        writing = Writing(engine.corpus, engine.claims, engine.neighbours, {})
        for statement in statements:
            writing.sentences.append(self._sentence(statement, intro, "lead"))
            intro = ""
        for sentence in tuple(writing.sentences):
            for quote in sentence.quotes:
                place = Place(quote.source_id, quote.start, quote.end)
                for facts in engine.claims.bearing_on(place):
                    if facts.disputes and facts not in writing.borne:
                        contradicts = facts.bearing.relation == "contradicts"
                        writing.tell(facts, BRINGS, "sources" if contradicts else "more")
        for section in sections:
            intro = f"{section.title}: "
            for statement in section.gist:
                writing.sentences.append(self._sentence(statement, intro, "more"))
                intro = ""
        return _answered(writing.sentences)

    def _sentence(self, statement: Statement, intro: str, part: Part) -> DraftSentence:
        quotes = tuple(map(self._quote, statement.rests_on))
        return DraftSentence(statement.says, quotes, intro, part=part)

    def _quote(self, place: Place) -> Quote:
        body = self.engine.corpus.body(place.source_id)
        own = self.engine.neighbours.by_source.get(place.source_id, ())
        locator = next((one.locator for one in own if one.end > place.start), "")
        words = body[place.start : place.end]
        return Quote(place.source_id, place.start, place.end, words, locator)

    def _central(self, passages: Iterable[Passage]) -> Told:
        """Return the quotes of these sentences, with what disputes them."""
        corpus = self.engine.corpus
        hits = tuple(Hit(one, corpus.source(one.source_id), 0.0) for one in passages)
        return replace(_answered(self.engine.compose(hits).sentences, NO_GUIDE), hits=hits)


def _split(words: Sequence[str], known: Collection[str]) -> tuple[set[str], list[str]]:
    """Return those of the words that are known, and the others."""
    return {word for word in words if word in known}, [w for w in words if w not in known]


def read_names(corpus: Corpus) -> frozenset[str]:
    """Return the stems of the names that stand in a corpus."""
    names = [name for text in corpus.texts for name in full_names(text.body)]
    return frozenset(stem for name in names for stem in stems(name))


def _answered(sentences: Iterable[DraftSentence], notice: str | None = None) -> Told:
    return Told((), Decision("answered", None, 1.0), Draft(tuple(sentences), notice=notice))
