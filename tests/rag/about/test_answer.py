"""Questions about the corpus itself get its own data, checked field by field, and exact quotes."""

from dataclasses import replace
from pathlib import Path

import pytest

from eval.metrics.answers import sentences_held
from eval.types import Case, Observed
from ingest.claims import ClaimMap
from ingest.neighbours import read_neighbours
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Corpus
from rag.about.answer import About
from rag.about.central import Central
from rag.about.claims import ClaimAnswers
from rag.about.guide import GuideAnswers
from rag.about.request import Request
from rag.about.topics import CUT, LISTED, OTHERS, Topics, mentions
from rag.chain import EssayChain
from rag.check.quotes import Verifier
from rag.decide.missing import read_vocabulary
from rag.quote.engine import QuoteEngine
from rag.types import Answer, Decision, Draft, DraftSentence, Found, Hit, Quote, Sentence, Turn
from rag.wire import answer_json
from tests.fakes import NOTES, WordVectors, write_corpus
from ui.plain import answer_text
from ui.render import answer_html

DATA = {
    "title": "The river",
    "author": "Ada Brook",
    "publisher": "The Valley Post",
    "date": "1936-05",
}


class Searching:
    """Finds every passage but those that it is told to miss, longest first.

    It keeps what it was asked.
    """

    def __init__(self, corpus: Corpus, missing: str = "nothing at all") -> None:
        self.asked: list[str] = []
        self._corpus, self._missing = corpus, missing

    def __call__(self, question: str) -> tuple[Hit, ...]:
        self.asked.append(question)
        return tuple(
            Hit(passage, self._corpus.source(passage.source_id), float(len(passage.text)))
            for passage in split_corpus(self._corpus, max_chars=600)
            if self._missing not in passage.text
        )


def requested(question: str, history: tuple[Turn, ...]) -> Request | None:
    """Read the requests of these tests by their plainest words."""
    if history and question.startswith("And the"):
        return Request("topic", question.removeprefix("And the ").strip("?"))
    for words, request in REQUESTS.items():
        if question.startswith(words):
            topic = question.removeprefix(words).strip(" ?").removeprefix("the ")
            return replace(request, topic=topic if request.asked in OF_A_TOPIC else "")
    return None


OF_A_TOPIC = ("topic", "sources_on")
REQUESTS = {
    "Who w": Request("work"),
    "When was": Request("work"),
    "Who published": Request("work"),
    "Where was": Request("work"),
    "What is": Request("work"),
    "How many sources": Request("sources"),
    "Which sources do you have?": Request("sources"),
    "Which sources do you have on": Request("sources_on", sources=True),
    "Which sources do you have about": Request("sources_on", sources=True),
    "Which sources mention": Request("sources_on", sources=True),
    "What does the essay say about": Request("topic"),
    "What do the sources say about": Request("topic", sources=True),
}


def about(corpus: Corpus, search: Searching | None = None) -> About:
    passages = split_corpus(corpus, max_chars=600)
    neighbours = read_neighbours(corpus, passages)
    engine = QuoteEngine(corpus, ClaimMap(corpus, passages), neighbours)
    search = search or Searching(corpus)
    return About(
        read=requested,
        guide=GuideAnswers(engine, Central(corpus, neighbours, WordVectors()), frozenset()),
        claims=ClaimAnswers(engine, search, read_vocabulary(corpus)),
        topics=Topics(engine, search),
    )


def answered(
    corpus: Corpus, question: str, history: tuple[Turn, ...] = (), search: Searching | None = None
) -> Answer:
    told = about(corpus, search)(question, history)
    assert told, question
    return Verifier(corpus)(question, question, told.hits, told.decision, told.draft)


@pytest.fixture
def known(tmp_path: Path) -> Corpus:
    """The river corpus with what is known of its text."""
    return read_corpus(write_corpus(tmp_path / "known", notes=NOTES, metadata={"river.txt": DATA}))


@pytest.mark.parametrize(
    "question",
    ["Who wrote this?", "When was it published?", "Where was it published?", "What is its title?"],
)
def test_what_the_corpus_says_of_its_text_is_told_as_data(known: Corpus, question: str) -> None:
    answer = answered(known, question)
    [sentence] = answer.sentences
    assert sentence.text == "“The river” by Ada Brook, The Valley Post, 1936-05."
    assert (sentence.verdict, sentence.citations, sentence.support) == ("metadata", (), None)
    assert (answer.status, answer.reason, answer.citations) == ("answered", None, ())


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("Who wrote this?", "who wrote it"),
        ("When was it written?", "when it was published"),
        ("Where was it published?", "where it was"),
    ],
)
def test_what_the_corpus_does_not_say_of_its_text_is_said_to_be_missing(
    river: Corpus, question: str, lacking: str
) -> None:
    answer = answered(river, question)
    assert answer.status == "partly"
    assert lacking in (answer.reason or "")
    assert [sentence.text for sentence in answer.sentences] == ["“river”."]


def test_a_text_without_an_author_has_a_title_all_the_same(river: Corpus) -> None:
    assert answered(river, "What is the title?").status == "answered"


@pytest.mark.parametrize(
    ("files", "notes", "words"),
    [
        pytest.param(None, True, "1 text, and notes on 2 sources.", id="one text and notes"),
        pytest.param(
            {"a.txt": "One.", "b.txt": "Two."},
            False,
            "2 texts, and notes on no sources.",
            id="texts alone",
        ),
    ],
)
def test_sources_are_counted(
    tmp_path: Path, files: dict[str, str] | None, notes: bool, words: str
) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c", files, notes=NOTES if notes else ()))
    assert [s.text for s in answered(corpus, "How many sources are there?").sentences] == [words]


@pytest.mark.parametrize(
    ("files", "notes", "words"),
    [
        pytest.param(None, True, "notes on 2 sources, from County Office; An atlas.", id="notes"),
        pytest.param(
            {"a.txt": "One.", "b.txt": "Two."}, False, "the texts a; b.", id="texts alone"
        ),
    ],
)
def test_sources_are_named(
    tmp_path: Path, files: dict[str, str] | None, notes: bool, words: str
) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c", files, notes=NOTES if notes else ()))
    assert [s.text for s in answered(corpus, "Which sources do you have?").sentences] == [words]


def test_what_the_text_says_on_a_topic_is_quoted_with_the_note_that_disputes_it(
    river: Corpus,
) -> None:
    search = Searching(river)
    answer = answered(river, "What does the essay say about mills?", search=search)
    assert search.asked == ["mills"]
    assert [(s.verdict, s.relation) for s in answer.sentences] == [
        ("quoted", "essay"),
        ("quoted", "essay"),
        ("quoted", "contradicts"),
        ("quoted", "supports"),
    ]
    assert "The last mill shut in 1934." in answer.text
    assert answer.sentences[-2].intro.startswith("A source disagrees: one ran until 1934.")
    for citation in answer.citations:
        assert river.body(citation.source.id)[citation.start : citation.end] == citation.quote


def test_what_the_sources_say_on_a_topic_begins_with_them(river: Corpus) -> None:
    answer = answered(river, "What do the sources say about the mill?")
    assert answer.sentences[0].text == "The last mill shut in 1934."
    assert [s.relation for s in answer.sentences] == ["contradicts", "essay"], (
        "the claim that it disputes comes with it"
    )


def test_sources_on_a_topic_are_named_and_quoted_once_each(river: Corpus) -> None:
    answer = answered(river, "Which sources do you have on the north?")
    named, *quoted = answer.sentences
    assert (named.text, named.verdict) == ("Sources that mention “north”: An atlas.", "metadata")
    assert [s.text for s in quoted] == ["The spring lies north of the town."]


def test_where_there_are_no_notes_the_texts_are_the_sources(tmp_path: Path) -> None:
    files = {
        "a.txt": "The ferry sank. The ferry was sold.",
        "b.txt": "No ferry ran here.",
        "c.txt": "It rained.",
    }
    named, *quoted = answered(
        read_corpus(write_corpus(tmp_path / "c", files)), "Which sources mention the ferry?"
    ).sentences
    assert named.text == "Sources that mention “ferry”: a; b."
    assert len(quoted) == 2


def test_the_title_of_a_source_counts_where_sources_are_asked_for(river: Corpus) -> None:
    named, *_ = answered(river, "Which sources do you have about the county?").sentences
    assert named.text == "Sources that mention “county”: County Office (1935-02-01)."


def test_a_passage_that_the_search_misses_is_listed_too(river: Corpus) -> None:
    answer = answered(
        river,
        "What does the essay say about mills?",
        search=Searching(river, missing="closed in 1931"),
    )
    assert "The mills closed in 1931." in answer.text


@pytest.mark.parametrize(
    "question",
    ["What does the essay say about Ghouta?", "What does the essay say about the owner?"],
    ids=["nowhere", "in the notes only"],
)
def test_a_topic_that_nobody_asked_mentions_is_left_to_the_gate(
    river: Corpus, question: str
) -> None:
    assert about(river)(question, ()) is None


@pytest.mark.parametrize(
    ("notes", "reason"),
    [(True, "No source of the corpus mentions “valley”"), (False, "The corpus has no notes")],
)
def test_where_no_source_speaks_of_it_that_is_said_and_the_text_quoted(
    tmp_path: Path, notes: bool, reason: str
) -> None:
    corpus = read_corpus(write_corpus(tmp_path / "c", notes=NOTES if notes else ()))
    answer = answered(corpus, "Which sources mention the valley?")
    assert answer.status == "partly"
    assert (answer.reason or "").startswith(reason)
    assert "It feeds three mills along the valley." in answer.text


def test_a_follow_up_asks_for_another_topic(river: Corpus) -> None:
    answer = answered(river, "And the valley?", (Turn("What does the essay say about mills?"),))
    assert "It feeds three mills along the valley." in answer.text


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    body = "\n\n".join(
        f"The ferry of year {year} sank. Nobody drowned." for year in range(1900, 1920)
    )
    facts = {"relation": "qualifies", "facts": ["The ferry was raised.", "The ferry was sold."]}
    notes = [
        {"id": f"n{i}", "title": f"Log {i}", "claim": f"The ferry of year {1900 + i} sank"} | facts
        for i in range(20)
    ]
    corpus = read_corpus(write_corpus(tmp_path / "c", {"ferry.txt": body}, notes=notes))
    for question in (
        "What does the essay say about the ferry?",
        "What do the sources say about the ferry?",
    ):
        told = about(corpus)(question, ())
        assert told
        assert told.draft.notice == CUT.format(topic="ferry")
        assert len(told.hits) <= LISTED + OTHERS
        assert len(told.draft.sentences) <= LISTED + OTHERS


def test_a_whole_list_says_nothing_of_a_cut(river: Corpus) -> None:
    told = about(river)("What does the essay say about mills?", ())
    assert told
    assert told.draft.notice is None


@pytest.mark.parametrize(
    ("words", "topic", "mentioned"),
    [
        pytest.param({"iran", "deal"}, ["iran"], True, id="itself"),
        pytest.param({"iranian"}, ["iran"], True, id="adjective"),
        pytest.param({"kurdish"}, ["kurd"], True, id="adjective in -ish"),
        pytest.param({"portugues"}, ["port"], False, id="another word"),
        pytest.param({"white"}, ["white", "helmet"], False, id="one of two words"),
        pytest.param({"white"}, [], False, id="no word"),
    ],
)
def test_a_topic_is_found_by_its_words(words: set[str], topic: list[str], mentioned: bool) -> None:
    assert mentions(words, topic) is mentioned


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"stated": ("Ada Pond",), "text": "By Ada Pond."}, id="an author that no source has"
        ),
        pytest.param({"stated": ("65",), "text": "Notes on 65 sources."}, id="another count"),
        pytest.param({"text": "By somebody else."}, id="a value that is not said"),
        pytest.param({"stated": ()}, id="nothing stated"),
        pytest.param({"stated": (" ",)}, id="a blank stated"),
        pytest.param({"quotes": True}, id="words of its own that cite"),
    ],
)
def test_a_sentence_that_states_what_the_corpus_does_not_have_is_withheld(
    known: Corpus, change: dict[str, object]
) -> None:
    quote = Quote.whole(split_corpus(known, max_chars=600)[0])
    given: dict[str, object] = {"text": "By Ada Brook.", "stated": ("Ada Brook",)} | change
    quotes = (quote,) if given.pop("quotes", False) else ()
    sentence = DraftSentence(quotes=quotes, **given)  # type: ignore[arg-type]
    answer = Verifier(known)("Who?", "Who?", (), Decision("answered"), Draft((sentence,)))
    assert answer.sentences == ()
    assert [withheld.verdict for withheld in answer.withheld] == ["unsupported"]


@pytest.mark.parametrize(
    "question",
    ["Who wrote this?", "How many sources are there?", "Which sources mention the north?"],
)
def test_the_evaluation_holds_the_data_that_is_told(known: Corpus, question: str) -> None:
    answer = answered(known, question)
    seen = Observed(Case("a", "essay_fact", question), answer, (), known)
    assert sentences_held(seen) == 1.0
    made_up = replace(answer, sentences=(Sentence("Ada Pond told 65 ravens so.", "metadata", ()),))
    assert sentences_held(replace(seen, answer=made_up)) == 0.0


def test_data_are_shown_without_quotation_marks_and_as_data(known: Corpus) -> None:
    answer = answered(known, "Who wrote this?")
    assert (
        answer_text(answer)
        == "From the corpus’ own data: “The river” by Ada Brook, The Valley Post, 1936-05."
    )
    html = answer_html(answer)
    assert "From what the corpus says of its texts and sources" in html
    assert 'class="verdict"' not in html
    assert answer_json(answer)["sentences"][0]["verdict"] == "metadata"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who wrote this?", "Leila Al-Shami"),
        ("When was it published?", "2016-12"),
        ("How many sources are there?", "64 sources"),
        ("Which sources do you have on hospitals?", "Amnesty International"),
        ("What does the essay say about Iran?", "Iran’s sectarian militias did not comply"),
        ("What does the essay say about drones?", "the drones were sold by Israel"),
        ("What do the sources say about Tartus?", "Putin had ordered a deal with Syria"),
        ("What does the essay say about Tartus?", "Tartous"),
        ("What does the essay say about the Kurds?", "Kurdish autonomy"),
    ],
)
def test_the_chain_answers_about_the_essay(
    essay_chain: EssayChain, question: str, words: str
) -> None:
    found, answer = essay_chain.stream(question)
    assert isinstance(found, Found)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.standalone_question) == ("answered", question)
    said = [*(s.text for s in answer.sentences), *(c.quote for c in answer.citations)]
    assert any(words in one for one in said)
    quoted = [s for s in answer.sentences if s.verdict == "quoted"]
    listed = [s for s in quoted if s.relation in ("essay", "context")]
    assert len(listed) <= LISTED + OTHERS
    for citation in answer.citations:
        assert (
            essay_chain.corpus.body(citation.source.id)[citation.start : citation.end]
            == citation.quote
        )


@pytest.mark.slow
def test_an_explanation_is_what_the_answer_was_made_from(essay_chain: EssayChain) -> None:
    question = "Who saved the regime in 2013?"
    explanation = essay_chain.explain(question)
    assert explanation.answer == essay_chain.invoke(question)
    assert explanation.hits == essay_chain.read(question, essay_chain.retrieve(question))
    assert explanation.decision == essay_chain.decide(question, explanation.hits)


def test_a_greeting_gets_a_sentence_and_no_search(river: Corpus) -> None:
    search = Searching(river)
    told = about(river, search)("Thanks a lot!", (Turn("Who built the mill?"),))
    assert told is not None
    assert told.decision.reason == (
        "Ask about “river” and the notes on 2 sources: an answer quotes them, or says that they do "
        "not tell."
    )
    assert (told.hits, search.asked) == ((), [])
