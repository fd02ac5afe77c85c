"""A chain whose stages play a script over the corpus that ships, and the page served with it."""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import QuestionError
from ingest.settings import read_settings
from ingest.types import Corpus, Passage, Relation
from rag.chain import EssayChain
from rag.types import Answer, Citation, Decision, Draft, Hit, Sentence, Turn
from ui.server import create_server, listen, page_url

CHILDREN = "How many children did Russian airstrikes kill?"
GHOUTA = "How many people died in Ghouta?"


def cite(corpus: Corpus, number: int, source_id: str, words: str, locator: str) -> Citation:
    """Return a citation of `words`, which must stand in that text (white space folded)."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    match = re.search(pattern, corpus.body(source_id))
    assert match, words
    source = corpus.source(source_id)
    where = (locator, match.start(), match.end(), match.group())
    relation: Relation = "essay" if source.voice == "main" else "supports"
    return Citation(number, source, *where, relation=relation)


def said(citation: Citation, lead: str = "") -> Sentence:
    """Return the sentence that is this citation's quote."""
    return Sentence(citation.quote, "quoted", (citation.number,), lead, citation.relation)


@dataclass
class Script:
    """Plays the answer written for a question and keeps what it was asked.

    A question without one is refused. Every question waits at `meeting`, where there is one, so
    that it passes only if enough come at once.
    """

    corpus: Corpus
    answers: Mapping[str, Answer]
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    meeting: threading.Barrier | None = None
    failure: Exception | None = None

    def chain(self) -> EssayChain:
        """Return the chain whose stages play this script."""
        return EssayChain(
            corpus=self.corpus,
            clean=self._clean,
            standalone=self._standalone,
            retrieve=self._retrieve,
            decide=lambda question, hits: Decision(self.answers[question].status),
            write=lambda question, hits, decision: Draft(()),
            verify=lambda question, *rest: self.answers[question],
            suggest=lambda answer, history: (GHOUTA,),
        )

    def rewind(self) -> None:
        """Forget what was asked; nobody waits, nothing fails."""
        self.asked.clear()
        self.meeting = self.failure = None

    def _clean(self, question: str) -> str:
        if question not in self.answers:
            raise QuestionError(f"the question {question!r} holds no word; ask in words")
        return question

    def _retrieve(self, question: str) -> tuple[Hit, ...]:
        answer = self.answers[question]
        return tuple(hit(citation) for citation in (*answer.citations, *answer.nearest))

    def _standalone(self, question: str, history: tuple[Turn, ...]) -> str:
        self.asked.append((question, history))
        if self.meeting:
            self.meeting.wait(timeout=20)
        if self.failure:
            raise self.failure
        return question


def hit(citation: Citation) -> Hit:
    """Return the passage of a citation as the retriever gives it."""
    start, end = citation.start, citation.end
    source = citation.source
    passage = Passage(source.id, start, end, citation.quote, citation.locator, start, end)
    return Hit(passage, source, 0.9)


def answered(corpus: Corpus, question: str, citations: Sequence[Citation], **values: Any) -> Answer:
    """Return an answer that says each citation's quote."""
    status = values.pop("status", "answered")
    sentences = values.pop("sentences", tuple(said(citation) for citation in citations))
    rest = {"reason": None, "nearest": ()} | values
    return Answer(
        question,
        question,
        status,
        sentences,
        tuple(citations),
        engine="quote",
        corpus=corpus.fingerprint,
        **rest,
    )


def children(corpus: Corpus) -> Answer:
    """Return the answer about the children.

    The essay counts them, one source counts the same, another qualifies that.
    """
    essay_words = (
        "In the first 305 days of its intervention, Russian airstrikes killed 2,704 civilians, "
        "including 746 children."
    )
    snhr_words = "SNHR counts 2,704 civilian deaths, of whom 746 were children and 514 were women."
    sohr_words = (
        "After eight months it had counted at least 2,099 civilian dead, including 500 minors and "
        "318 women. After a full year it had counted 3,804 civilian dead, including 906 minors."
    )
    cited = [
        cite(corpus, 1, "essay", essay_words, "paragraph 4"),
        cite(corpus, 2, "snhr-2016-08-17-red-square", snhr_words, "fact 1"),
        cite(corpus, 3, "sohr-2016-08-30-eleven-months", sohr_words, "fact 5 to 6"),
    ]
    leads = [
        "The essay says: ",
        "A source supports this. Note on SNHR: ",
        "A source qualifies this. Note on SOHR: ",
    ]
    sentences = tuple(said(citation, lead) for citation, lead in zip(cited, leads, strict=True))
    return answered(corpus, CHILDREN, cited, sentences=sentences)


def ghouta(corpus: Corpus) -> Answer:
    """Return the refusal, with what comes closest."""
    words = (
        "The regime was close to collapse in September 2015 when Putin intervened at the regime’s "
        "request."
    )
    near = cite(corpus, 1, "essay", words, "paragraph 2")
    reason = "Neither the essay nor the notes on its sources mention Ghouta."
    return answered(corpus, GHOUTA, (), status="not_in_corpus", reason=reason, nearest=(near,))


@contextmanager
def serving(chain: EssayChain, **values: Any) -> Iterator[str]:
    """Serve the whole app on a free port of loopback.

    Gives its address, and stops the server afterwards.
    """
    settings = read_settings(port=0, **values)
    up = threading.Event()
    with listen(settings) as listener:
        server = create_server(chain, settings, up.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert up.wait(timeout=30), "the server did not start"
            yield page_url(settings.host, listener)
        finally:
            server.should_exit = True
            thread.join()
