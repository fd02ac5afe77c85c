"""An answer → questions to go on with, from the guide: by topic, none that was asked already."""

from collections.abc import Callable, Iterable

from ingest.types import Corpus, Place, Topic
from rag.language.words import stems
from rag.types import Answer, Citation, Turn

MOST = 3

Suggest = Callable[[Answer, tuple[Turn, ...]], tuple[str, ...]]


def read_suggestions(corpus: Corpus) -> Suggest:
    """Return what suggests questions on one corpus: up to three, none where nobody wrote any."""
    guide = corpus.guide

    def suggest(answer: Answer, history: tuple[Turn, ...]) -> tuple[str, ...]:
        asked = [answer.question, *(turn.question for turn in history)]
        known = [set(stems(question)) for question in asked]
        touched = {topic.name for topic in guide.topics if touches(topic, cited(answer))}
        new = [one for one in guide.questions if not _is_known(set(stems(one.ask)), known)]
        on_topic = [one for one in new if touched.intersection(one.topics)]
        others = [one for one in new if one not in on_topic]
        return tuple(one.ask for one in (*on_topic, *others)[:MOST])

    return suggest


def cited(answer: Answer) -> Iterable[Citation]:
    """Return what an answer shows first, what came nearest where there is none."""
    return answer.cited_by(answer.shown) or answer.nearest


def touches(topic: Topic, citations: Iterable[Citation]) -> bool:
    """Say whether citations hold words that what is said on a topic rests on."""
    places = [place for statement in topic.gist for place in statement.rests_on]
    return any(_overlap(place, citation) for citation in citations for place in places)


def _overlap(place: Place, citation: Citation) -> bool:
    same = place.source_id == citation.source.id
    return same and place.start < citation.end and citation.start < place.end


def _is_known(words: set[str], known: Iterable[set[str]]) -> bool:
    """Say whether a question was asked, in these words or nearly."""
    return any(len(words & other) * 2 > len(words | other) for other in known)
