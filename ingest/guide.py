"""`guide.yaml` → the guide: what a person wrote on the main texts as a whole.

A summary, the thesis, what each part says, the subjects, and questions worth asking, all in our
words. Every sentence names the words of a main text that it rests on, and they are looked up here,
once: a guide that rests on nothing cannot be read.

```yaml
summary:
- says: The author argues that bees matter.
  rests_on: [Without bees no apples]
topics:
- {name: Bees, also: [beekeeping], gist: [{says: …, rests_on: […]}]}
questions:
- {ask: Why do bees matter?, topics: [Bees]}
```
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.claims import occurrences
from ingest.entries import OneLine, first_problem, parse_yaml
from ingest.errors import CorpusError
from ingest.types import Guide, Place, Section, Statement, Suggestion, Text, Topic


class StatementEntry(BaseModel):
    """A sentence of ours, and the words that it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: OneLine
    rests_on: Annotated[list[OneLine], Field(min_length=1)]


Gist = Annotated[list[StatementEntry], Field(min_length=1)]


class SectionEntry(BaseModel):
    """A part of a main text; `from` holds the words with which it begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: OneLine
    begins: Annotated[OneLine, Field(alias="from")]
    gist: Gist


class TopicEntry(BaseModel):
    """A subject."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: OneLine
    also: list[OneLine] = []
    gist: Gist


class QuestionEntry(BaseModel):
    """A question worth asking."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: OneLine
    topics: list[OneLine] = []


class GuideEntry(BaseModel):
    """The whole file; every part may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    summary: list[StatementEntry] = []
    thesis: list[StatementEntry] = []
    conclusion: list[StatementEntry] = []
    sections: list[SectionEntry] = []
    topics: list[TopicEntry] = []
    questions: list[QuestionEntry] = []


def read_guide(file: Path, texts: Sequence[Text]) -> Guide:
    """Return the guide to these main texts; an empty one if there is no such file.

    Raises CorpusError, naming the words, for an invalid file and for a sentence that rests on words
    that stand in none of the texts.
    """
    if not file.exists():
        return Guide()
    try:
        entry = GuideEntry.model_validate(parse_yaml(file) or {})
    except ValidationError as error:
        raise CorpusError(f"{str(file)!r}: {first_problem(error)}") from error
    names = [topic.name for topic in entry.topics]
    for question in entry.questions:
        for name in question.topics:
            if name not in names:
                raise CorpusError(
                    f"{str(file)!r}: question {question.ask!r} names the topic {name!r}, "
                    "which is not there; correct the name"
                )
    reading = _Finding(file, texts)
    return Guide(
        summary=reading.statements(entry.summary),
        thesis=reading.statements(entry.thesis),
        conclusion=reading.statements(entry.conclusion),
        sections=tuple(reading.section(section) for section in entry.sections),
        topics=tuple(
            Topic(topic.name, tuple(topic.also), reading.statements(topic.gist))
            for topic in entry.topics
        ),
        questions=tuple(Suggestion(one.ask, tuple(one.topics)) for one in entry.questions),
    )


class _Finding:
    """Finds the words of a guide in its texts."""

    def __init__(self, file: Path, texts: Sequence[Text]) -> None:
        self._file = file
        self._texts = texts

    def statements(self, entries: Iterable[StatementEntry]) -> tuple[Statement, ...]:
        return tuple(
            Statement(entry.says, tuple(map(self._place, entry.rests_on))) for entry in entries
        )

    def section(self, entry: SectionEntry) -> Section:
        place = self._place(entry.begins)
        return Section(entry.title, place.source_id, place.start, self.statements(entry.gist))

    def _place(self, words: str) -> Place:
        try:
            return where(words, self._texts)
        except CorpusError as error:
            raise CorpusError(f"{str(self._file)!r}: {error}") from error


def where(words: str, texts: Iterable[Text]) -> Place:
    """Return where words first stand in these texts, white space folded.

    Raises CorpusError, naming the words, if they stand nowhere.
    """
    for text in texts:
        for span in occurrences(text.body, words):
            return Place(text.source_id, *span)
    raise CorpusError(f"{words!r} stands in no text of the corpus; quote it letter for letter")
