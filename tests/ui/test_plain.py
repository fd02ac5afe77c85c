"""What a person reads in a terminal.

The reason comes first, then who speaks, with quotation marks on quotations, then where each stands.
"""

from dataclasses import replace

from ingest.types import Source
from rag.types import Answer, Citation, Sentence
from ui.plain import answer_text

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
NOTE = Source("count", "A count", "Somebody", "Count House", "2017", None, None, "sources", "note")
FIRST = Citation(1, MAIN, "paragraph 2", 4, 16, "These words.")
SECOND = Citation(2, NOTE, "fact 3", 0, 12, "Other words.", "contradicts")


def answer(*sentences: Sentence, **values: object) -> Answer:
    fields = {
        "status": "answered",
        "citations": (),
        "reason": None,
        "nearest": (),
        "engine": "quote",
        "corpus": "sha256:0",
    }
    return Answer("Why?", "Why?", sentences=sentences, **(fields | values))  # type: ignore[arg-type]


def test_each_speaker_has_a_paragraph_and_only_the_authors_words_have_quotation_marks() -> None:
    text = answer_text(
        answer(
            Sentence("These words.", "quoted", (1,), "The essay says: "),
            Sentence("And these.", "quoted", (1,)),
            Sentence("Other words.", "quoted", (2,), "A source disagrees. Note on Count House: "),
            citations=(FIRST, SECOND),
        )
    )
    answered, _, _ = text.partition("\n\nCitations:")
    assert answered.split("\n\n") == [
        "The essay says: “These words.” [1] “And these.” [1]",
        "A source disagrees. Note on Count House: Other words. [2]",
    ]


def test_written_words_have_no_quotation_marks_and_are_marked() -> None:
    assert (
        answer_text(answer(Sentence("Written.", "supported", (1, 2))))
        == "Written. (reworded) [1][2]"
    )


def test_citations_say_whose_words_where_and_how_they_bear() -> None:
    said = Sentence("These words.", "quoted", (1, 2))
    text = answer_text(answer(said, citations=(FIRST, SECOND)))
    assert "Citations:" in text
    first = "[1] A text (An author, A paper, 2016; verbatim), paragraph 2, characters 4–16:"
    assert f"{first}\n      “These words.”" in text
    assert "      https://example.org/a" in text
    second = "[2] A count (Count House, 2017; note in our words; contradicts the essay)"
    assert f"{second}, fact 3, characters 0–12:" in text
    assert "Somebody" not in text, "the author of a source did not write the note on it"


def test_a_source_without_publisher_or_date_is_named_by_its_id() -> None:
    bare = replace(MAIN, author=None, publisher=None, date=None, url=None)
    assert "A text (essay; verbatim)" in answer_text(
        answer(Sentence("A", "quoted", (1,)), citations=(replace(FIRST, source=bare),))
    )


def test_a_refusal_is_its_reason_and_what_comes_closest() -> None:
    text = answer_text(
        answer(status="not_in_corpus", reason="Nothing about Ghouta.", nearest=(FIRST,))
    )
    assert text.startswith("Nothing about Ghouta.\n\nClosest passages:\n  [1] A text")


def test_a_partial_answer_opens_with_what_is_missing() -> None:
    assert answer_text(
        answer(Sentence("A", "quoted", ()), status="partly", reason="No year is given.")
    ).startswith("No year")


def test_sentences_that_were_withheld_are_counted_but_not_shown() -> None:
    made_up = Sentence("Made up.", "unsupported", ())
    assert "1 sentence was withheld" in answer_text(answer(withheld=(made_up,)))
    text = answer_text(answer(withheld=(made_up, made_up)))
    assert "2 sentences were withheld" in text
    assert "Made up." not in text


def test_a_notice_comes_before_everything() -> None:
    assert answer_text(answer(reason="No.", notice="The model failed.")).startswith(
        "The model failed.\n\nNo."
    )


def test_the_rest_of_an_answer_is_counted_and_shown_when_asked_for() -> None:
    whole = answer(
        Sentence("These words.", "quoted", (1,), "The essay says: "),
        Sentence("Other words.", "quoted", (2,), relation="qualifies", part="sources"),
        Sentence("It is so.", "quoted", (2,), relation="supports", part="sources"),
        Sentence("And more.", "quoted", (1,), part="more"),
        citations=(FIRST, SECOND),
    )
    brief = answer_text(whole)
    assert "Other words." in brief
    assert "(1 supporting note and 1 more passage: --all shows them.)" in brief
    assert "It is so." not in brief
    assert "And more." not in brief
    assert "And more." in answer_text(whole, whole=True)
