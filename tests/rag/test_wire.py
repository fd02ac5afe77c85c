"""One JSON form, going out and coming in; nothing unknown is taken."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.types import Source
from rag.types import Answer, Citation, Sentence, Turn
from rag.wire import AskForm, BatchForm, answer_json, citation_json, deep_link

MAIN = Source(
    "essay",
    "A text",
    "An author",
    "A paper",
    "2016",
    "https://example.org/a",
    "CC BY",
    "main",
    "verbatim",
)
NOTE = replace(MAIN, id="note", voice="sources", wording="note")
CITATION = Citation(1, MAIN, "paragraph 2", 4, 16, "These words.")


def answer(**values: object) -> Answer:
    fields = {
        "sentences": (Sentence("These words.", "quoted", (1,), "It says: ", "essay", 1.0),),
        "citations": (CITATION,),
        "status": "answered",
        "reason": None,
        "nearest": (),
        "engine": "quote",
        "corpus": "sha256:0",
    }
    return Answer("Why?", "Why then?", **(fields | values))  # type: ignore[arg-type]


def test_the_claims_of_an_answer_are_listed_with_what_bears_on_them() -> None:
    sentences = (
        Sentence("Words.", "quoted", (1,)),
        Sentence("Others.", "quoted", (2, 3), relation="qualifies", part="sources"),
        Sentence("More.", "quoted", (4,)),
        Sentence("A note.", "quoted", (5,), relation="context", part="more"),
    )
    assert answer_json(answer(sentences=sentences))["claims"] == [
        {"citations": [1], "contradicts": [], "qualifies": [2, 3], "supports": []}
    ]


def test_an_answer_in_json_has_every_part_of_the_form() -> None:
    form = answer_json(answer(confidence=0.123456, seconds=0.04321, suggestions=("And then?",)))
    assert form == {
        "question": "Why?",
        "standalone_question": "Why then?",
        "status": "answered",
        "text": "It says: These words.",
        "sentences": [
            {
                "part": "lead",
                "intro": "It says: ",
                "text": "These words.",
                "relation": "essay",
                "because": None,
                "verdict": "quoted",
                "support": 1.0,
                "citations": [1],
            }
        ],
        "citations": [citation_json(CITATION)],
        "reason": None,
        "nearest": [],
        "withheld": [],
        "unknown_markers": [],
        "notice": None,
        "suggestions": ["And then?"],
        "claims": [],
        "confidence": 0.1235,
        "engine": "quote",
        "corpus": "sha256:0",
        "seconds": 0.043,
    }


def test_a_citation_in_json_says_whose_words_they_are_and_where() -> None:
    form = citation_json(replace(CITATION, source=NOTE, relation="qualifies"))
    assert (form["source_id"], form["wording"], form["relation"]) == ("note", "note", "qualifies")
    assert (form["start"], form["end"], form["quote"]) == (4, 16, "These words.")
    assert form["licence"] == "CC BY"


def test_a_refusal_says_why_before_what_comes_closest() -> None:
    form = answer_json(
        answer(
            status="not_in_corpus",
            sentences=(),
            citations=(),
            reason="Nothing.",
            nearest=(CITATION,),
        )
    )
    assert (form["text"], form["reason"]) == ("Nothing.", "Nothing.")
    assert [near["quote"] for near in form["nearest"]] == ["These words."]


def test_what_is_withheld_is_counted_and_not_in_the_text() -> None:
    form = answer_json(
        answer(withheld=(Sentence("Made up.", "unsupported", ()),), unknown_markers=("[9]",))
    )
    assert [sentence["text"] for sentence in form["withheld"]] == ["Made up."]
    assert "Made up." not in form["text"]
    assert form["unknown_markers"] == ["[9]"]


@given(words=st.text(min_size=1), lead=st.text())
def test_the_form_survives_json(words: str, lead: str) -> None:
    form = answer_json(
        answer(
            citations=(replace(CITATION, quote=words),),
            sentences=(Sentence(words, "quoted", (1,), lead),),
        )
    )
    assert json.loads(json.dumps(form)) == form


@pytest.mark.parametrize(
    ("url", "quote", "link"),
    [
        pytest.param(None, "Words.", None, id="no address"),
        pytest.param(
            "https://a.org/b", "Two words.", "https://a.org/b#:~:text=Two%20words.", id="short"
        ),
        pytest.param(
            "https://a.org/b#c",
            "Words.",
            "https://a.org/b#c:~:text=Words.",
            id="address with a fragment",
        ),
        pytest.param(
            "https://a.org/b",
            "a-b, c & d",
            "https://a.org/b#:~:text=a%2Db%2C%20c%20%26%20d",
            id="signs",
        ),
        pytest.param(
            "https://a.org/b", "one\n two", "https://a.org/b#:~:text=one%20two", id="white space"
        ),
        pytest.param(
            "https://a.org/b",
            " ".join("abcdefghijklmn"),
            "https://a.org/b#:~:text=a%20b%20c%20d%20e,j%20k%20l%20m%20n",
            id="long",
        ),
    ],
)
def test_a_link_leads_to_the_words(url: str | None, quote: str, link: str | None) -> None:
    assert deep_link(replace(CITATION, source=replace(MAIN, url=url), quote=quote)) == link


def test_a_note_is_never_looked_for_on_the_page() -> None:
    assert deep_link(replace(CITATION, source=NOTE)) == "https://example.org/a"


def test_a_question_comes_with_its_history_as_turns() -> None:
    form = AskForm.model_validate(
        {
            "question": "Why?",
            "history": [{"question": "Who?", "answer": "He."}, {"question": "When?"}],
        }
    )
    assert form.turns() == (Turn("Who?", "He."), Turn("When?", ""))


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param({}, id="no question"),
        pytest.param({"question": 1}, id="question not words"),
        pytest.param({"question": None}, id="question null"),
        pytest.param({"question": "Why?", "model": "x"}, id="unknown key"),
        pytest.param({"question": "Why?", "history": "Who?"}, id="history not a list"),
        pytest.param({"question": "Why?", "history": ["Who?"]}, id="turn not an object"),
        pytest.param(
            {"question": "Why?", "history": [{"answer": "He."}]}, id="turn without question"
        ),
        pytest.param(
            {"question": "Why?", "history": [{"question": "Who?", "role": "user"}]},
            id="unknown key in a turn",
        ),
    ],
)
def test_a_question_of_another_form_is_refused(ask: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AskForm.model_validate(ask)


@pytest.mark.parametrize("identity", ["a", 7])
def test_a_line_of_a_batch_keeps_its_id(identity: str | int) -> None:
    assert (
        BatchForm.model_validate_json(json.dumps({"id": identity, "question": "Why?"})).id
        == identity
    )


def test_a_line_of_a_batch_needs_an_id() -> None:
    with pytest.raises(ValidationError, match="id"):
        BatchForm.model_validate({"question": "Why?"})
