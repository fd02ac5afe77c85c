"""Summary, thesis, conclusion, what is said on a subject → a draft from the guide.

The guide is in our words, each sentence with the words of the text that it rests on; what disputes
those words is told with it. A corpus without a guide gets sentences of its own instead, those that
stand for the text, and says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.types import Corpus, Passage, Place, Section, Statement
from rag.about.central import Central
from rag.about.told import told
from rag.language.words import full_names, stems
from rag.quote.bearing import BRINGS
from rag.quote.engine import QuoteEngine
from rag.types import DraftSentence, Hit, Part, Quote, Told

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
        known = {word for _, name in named for word in stems(name)}
        kept, lost = known.intersection(words), [word for word in words if word not in known]
        if not kept or len(lost) > len(kept) or any(map(self.is_name, lost)):
            return []
        holding = [(topic, name) for topic, name in named if kept.issubset(stems(name))]
        exact = [topic for topic, name in holding if len(name.split()) == len(kept)]
        found = list(dict.fromkeys(exact or [topic for topic, _ in holding]))
        if len(found) == 1:
            return list(found[0].gist)
        return [topic.gist[0] for topic in found[:MOST_TOPICS]]

    def is_name(self, word: str) -> bool:
        """Say whether a word is a name that stands in the texts, or a number."""
        return not self.names.isdisjoint((word, *stems(word))) or any(map(str.isdigit, word))

    def on_topic(self, gist: Sequence[Statement], more: Sequence[DraftSentence]) -> Told:
        """Return what the guide says on a topic, and then these quotes."""
        said = self._told(IN_OUR_WORDS, gist).draft.sentences
        cited = {quote for sentence in said for quote in sentence.quotes}
        new = [
            replace(sentence, part="more")
            for sentence in more
            if not cited.issuperset(sentence.quotes)
        ]
        return told((*said, *new))

    def _told(
        self, intro: str, statements: Sequence[Statement], sections: Iterable[Section] = ()
    ) -> Told:
        writing = self.engine.writing()
        writing.sentences += self._sentences(intro, statements, "lead")
        places = [place for statement in statements for place in statement.rests_on]
        bearing = [facts for place in places for facts in self.engine.claims.bearing_on(place)]
        for facts in dict.fromkeys(one for one in bearing if one.disputes):
            contradicts = facts.bearing.relation == "contradicts"
            writing.tell(facts, BRINGS, "sources" if contradicts else "more")
        for section in sections:
            writing.sentences += self._sentences(f"{section.title}: ", section.gist, "more")
        return told(writing.sentences)

    def _sentences(
        self, intro: str, statements: Iterable[Statement], part: Part
    ) -> Iterator[DraftSentence]:
        """Yield these sentences, the first behind the intro."""
        for statement in statements:
            quotes = tuple(map(self._quote, statement.rests_on))
            yield DraftSentence(statement.says, quotes, intro, part=part)
            intro = ""

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
        return told(self.engine.compose(hits).sentences, notice=NO_GUIDE, hits=hits)


def read_names(corpus: Corpus) -> frozenset[str]:
    """Return the stems of the names that stand in a corpus."""
    names = [name for text in corpus.texts for name in full_names(text.body)]
    return frozenset(stem for name in names for stem in stems(name))
