"""What a person reads: escaped, in quotation marks only where somebody is quoted, with who speaks in words."""

from dataclasses import replace
from typing import Any

import pytest

from ingest.types import Corpus, Passage, Source
from rag.types import Answer, Citation, Found, Hit, Sentence
from ui.render import answer_html, exchange_html, found_html, problem_html, text_html

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
MAIN = Source(
    "essay",
    "A text",
    "An author",
    "A paper",
    "2016-12",
    "https://example.org/a",
    "CC BY",
    None,
    "essay",
    "verbatim",
)
NOTE = Source(
    "count",
    "A count",
    None,
    "Count House (CH)",
    "2016",
    "https://example.org/b",
    "ours",
    "words",
    "qualifies",
    "note",
)


def answer(*citations: Citation, **values: Any) -> Answer:
    sentences = values.pop(
        "sentences", tuple(Sentence(c.quote, "quoted", (c.number,)) for c in citations)
    )
    given: dict[str, Any] = {
        "status": "answered",
        "reason": None,
        "nearest": (),
        "engine": "quote",
        "corpus": "sha256:0",
    } | values
    return Answer("Why?", "Why?", sentences=sentences, citations=citations, **given)


def cited(source: Source, quote: str = "These words.", **values: Any) -> Citation:
    given: dict[str, Any] = {
        "number": 1,
        "locator": "paragraph 3",
        "start": 4,
        "end": 4 + len(quote),
    } | values
    return Citation(source=source, quote=quote, **given)


@pytest.mark.parametrize(
    "hostile",
    [SCRIPT, IMAGE, "' onmouseover='alert(1)", "<b>&lt;i&gt;"],
    ids=["script", "img", "quote", "entity"],
)
@pytest.mark.parametrize(
    "render",
    [
        pytest.param(lambda text: exchange_html(text, ""), id="question"),
        pytest.param(problem_html, id="problem"),
        pytest.param(lambda text: answer_html(answer(cited(MAIN, quote=text))), id="quote"),
        pytest.param(lambda text: answer_html(answer(cited(MAIN, locator=text))), id="locator"),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, id=text)))), id="source id"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, title=text)))), id="title"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, author=text)))), id="author"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(NOTE, publisher=text)))), id="publisher"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(MAIN, licence=text)))), id="licence"
        ),
        pytest.param(
            lambda text: answer_html(answer(cited(replace(NOTE, url="https://a/" + text)))),
            id="address",
        ),
        pytest.param(lambda text: answer_html(answer(status="partly", reason=text)), id="reason"),
        pytest.param(lambda text: answer_html(answer(notice=text)), id="notice"),
        pytest.param(
            lambda text: answer_html(answer(sentences=(Sentence("a", "quoted", (), text),))),
            id="lead",
        ),
        pytest.param(
            lambda text: answer_html(answer(sentences=(Sentence(text, "supported", ()),))),
            id="sentence",
        ),
        pytest.param(
            lambda text: answer_html(answer(withheld=(Sentence(text, "unsupported", ()),))),
            id="withheld",
        ),
        pytest.param(
            lambda text: answer_html(answer(nearest=(cited(MAIN, quote=text),))), id="nearest"
        ),
        pytest.param(
            lambda text: found_html(
                Found("q", (Hit(Passage("a", 0, 1, text, "p", 0, 1), MAIN, 1.0),))
            ),
            id="hit",
        ),
    ],
)
def test_no_text_becomes_markup(render: Any, hostile: str) -> None:
    shown = render(hostile)
    assert hostile not in shown
    assert text_html(hostile).replace(" ", "") in shown.replace(" ", "").replace(
        '<spanclass="tail">', ""
    )
    assert "<script" not in shown
    assert "<img" not in shown


def test_a_line_break_in_a_text_does_not_end_the_line_of_html() -> None:
    shown = answer_html(answer(cited(MAIN, quote="one\n\n# two\r\nthree")))
    assert "\n" not in shown
    assert "\r" not in shown
    assert "one&#10;&#10;# two&#13;&#10;three" in shown


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
    assert f">{relation}</span>" in answer_html(answer(cited(replace(NOTE, relation=relation))))


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
    assert (
        'data-source="essay" data-start="4" data-end="16" aria-label="Citation 1: A text, paragraph 3.'
        in shown
    )
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


def test_while_waiting_the_best_of_each_voice_is_shown(corpus: Corpus) -> None:
    def hits(source: Source, word: str) -> list[Hit]:
        return [
            Hit(Passage(source.id, 0, 1, f"{word} {n}", "p", 0, 1), source, 1 - n / 10)
            for n in range(5)
        ]

    shown = found_html(Found("q", tuple(hits(MAIN, "main") + hits(NOTE, "note"))))
    assert [f"{word} {n}" in shown for word in ("main", "note") for n in (0, 2, 3)] == [
        True,
        True,
        False,
    ] * 2
