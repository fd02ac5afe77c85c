"""What a person reads of an answer: who speaks in words, quotation marks only on quotations."""

import re
from dataclasses import replace
from typing import Any

import pytest

from rag.types import Sentence
from tests.ui.answers import MAIN, NOTE, answer, cited
from ui.render import answer_html


def test_words_of_the_text_stand_in_quotation_marks() -> None:
    assert answer_html(answer(cited(MAIN))).count("“These ") == 2  # in the answer and below it


def test_a_note_is_never_set_in_quotation_marks() -> None:
    shown = answer_html(answer(cited(NOTE)))
    assert "These words." in shown
    assert "“" not in shown


def test_a_sentence_that_mixes_voices_is_not_set_in_quotation_marks() -> None:
    both = (cited(MAIN), cited(NOTE, number=2))
    shown = answer_html(answer(*both, sentences=(Sentence("Mixed words.", "quoted", (1, 2)),)))
    assert "“Mixed" not in shown


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [
        ("supported", "(reworded)"),
        ("quoted", None),
        ("metadata", None),
        ("unsupported", "(not supported"),
    ],
)
def test_what_code_cannot_prove_is_marked(verdict: Any, mark: str | None) -> None:
    shown = answer_html(answer(cited(MAIN), sentences=(Sentence("Words.", verdict, (1,)),)))
    assert ('class="verdict' in shown) == (mark is not None)
    assert mark is None or mark in shown


@pytest.mark.parametrize("relation", ["supports", "qualifies", "contradicts", "context"])
def test_how_a_source_bears_on_the_essay_is_a_word(relation: Any) -> None:
    assert f">{relation}</span>" in answer_html(answer(replace(cited(NOTE), relation=relation)))


def test_the_essay_itself_has_no_relation() -> None:
    assert 'class="relation' not in answer_html(answer(cited(MAIN)))


def test_a_citation_tells_all_a_reader_needs() -> None:
    shown = answer_html(answer(cited(NOTE)))
    for part in (
        "A count",
        "Count House (CH)",
        "2016",
        "Licence: ours",
        "paragraph 3",
        'href="https://example.org/b"',
    ):
        assert part in shown


def test_a_source_cited_again_is_told_once() -> None:
    shown = answer_html(answer(cited(MAIN), cited(MAIN, number=2, quote="Other words.")))
    assert shown.count("Licence: CC BY") == 1
    assert shown.count("same source as [1]") == 1
    assert shown.count("open the source") == 2


def test_a_citation_is_a_named_button_that_holds_its_span() -> None:
    shown = answer_html(answer(cited(MAIN)))
    span = 'data-source="essay" data-start="4" data-end="16"'
    assert f'{span} aria-label="Citation 1: A text, paragraph 3.' in shown
    assert shown.count('<button type="button" class="cite"') == 2


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "file:///etc/passwd", None],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert "<a " not in answer_html(answer(cited(replace(NOTE, url=url))))


@pytest.mark.parametrize("status", ["partly", "not_in_corpus"])
def test_the_reason_stands_before_everything_else(status: Any) -> None:
    shown = answer_html(
        answer(
            cited(MAIN), status=status, reason="It says nothing of when.", nearest=(cited(NOTE),)
        )
    )
    assert (
        shown.index("It says nothing of when.")
        < shown.index("These")
        < shown.index("Closest passages")
    )


def test_an_answer_without_gaps_shows_no_closest_passages() -> None:
    assert "Closest passages" not in answer_html(answer(cited(MAIN)))


def test_an_unsupported_sentence_is_marked_in_words() -> None:
    shown = answer_html(
        answer(cited(MAIN), sentences=(Sentence("Guessed.", "unsupported", (1,)),), engine="write")
    )
    assert "(not supported by what it cites)" in shown
    assert "“Guessed" not in shown


def test_withheld_sentences_are_counted_and_marked() -> None:
    shown = answer_html(
        answer(withheld=(Sentence("One.", "unsupported", ()), Sentence("Two.", "uncited", ())))
    )
    assert "2 sentences were withheld" in shown
    assert "Two. (cites nothing)" in shown


def test_a_speaker_runs_on_and_the_next_starts_anew() -> None:
    sentences = (
        Sentence("One.", "quoted", (), "The essay says: "),
        Sentence("Two.", "quoted", ()),
        Sentence("Three.", "quoted", (), "Note on A: ", "supports"),
        Sentence("Four.", "quoted", (), "", "supports"),
        Sentence("Five.", "quoted", (), "Note on B: ", "supports"),
    )
    shown = answer_html(answer(sentences=sentences))
    assert ["Two" in part or "Four" in part for part in shown.split('<p class="voice')[1:]] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("lead", "count"),
    [("Note on A: ", 1), ("", 1), ("A source disagrees. Note on A: ", 0)],
    ids=["named", "bare", "said by the lead"],
)
def test_a_voice_is_marked_with_its_relation_unless_the_lead_says_it(lead: str, count: int) -> None:
    shown = answer_html(answer(sentences=(Sentence("Words.", "quoted", (), lead, "contradicts"),)))
    assert shown.count(">contradicts</span>") == count


def test_a_number_of_no_citation_makes_no_button() -> None:
    assert "<button" not in answer_html(answer(sentences=(Sentence("Words.", "supported", (7,)),)))


def test_a_word_without_end_may_break_before_its_number() -> None:
    assert 'class="tail"' not in answer_html(answer(cited(MAIN, quote="字" * 200)))


def test_what_supports_and_what_is_more_is_folded_with_what_it_cites() -> None:
    cites = [
        replace(cited(source), number=n) for n, source in enumerate((MAIN, NOTE, NOTE, MAIN), 1)
    ]
    shown = answer_html(
        answer(
            *cites,
            sentences=(
                Sentence("Lead.", "quoted", (1,)),
                Sentence("But.", "quoted", (2,), relation="qualifies", part="sources"),
                Sentence("Yes.", "quoted", (3,), relation="supports", part="sources"),
                Sentence("More.", "quoted", (4,), part="more"),
            ),
        )
    )
    open_part, supports, more = re.split(r'<details class="(?:supports|more)">', shown)
    assert "Lead." in open_part
    assert "But." in open_part
    assert "A source supports this" in supports
    assert "Yes." in supports
    assert "More." in more
    numbers = [
        set(re.findall(r'data-start="\d+" data-end="\d+" aria-label="Citation (\d)', p))
        for p in (open_part, supports, more)
    ]
    assert numbers == [{"1", "2"}, {"3"}, {"4"}]


def test_suggestions_are_buttons_that_ask_and_are_escaped() -> None:
    html = answer_html(answer(cited(MAIN), suggestions=("Why <b>not</b>?", "And then?")))
    assert '<button type="button" class="ask">Why &lt;b&gt;not&lt;/b&gt;?</button>' in html
    assert html.count('class="ask"') == 2
    assert "You could ask" not in answer_html(answer(cited(MAIN)))


def test_what_a_person_wrote_is_marked_as_that() -> None:
    html = answer_html(
        answer(cited(MAIN), sentences=(Sentence("In short.", "curated", (1,), "In our words: "),))
    )
    assert "written by a person" in html
    assert "“In short.”" not in html
