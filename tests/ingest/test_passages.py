"""Every passage is exact characters of its text, and no words of a text are lost."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.passages import paragraph_spans, split_text
from ingest.types import Passage, Source, Text

MAIN = Source("t", "T", None, None, None, None, None, "main", "verbatim")
NOTE = Source("t", "T", None, None, None, None, None, "sources", "note")
HARD = (
    "Yes. ",
    "Yes.",
    "No",
    "the same sentence again. ",
    "The same sentence again.",
    "Dr. Who came at 5 p.m. on Monday. ",
    "🙂",
    "👩‍👩‍👧‍👦 ",
    "🇸🇾",
    "שלום עולם. ",
    "مرحبا بالعالم؟ ",
    "e\u0301",
    "\u0301\u0308",
    "दीन ",
    "दिन ",
    "。",
    "…",
    "***",
    "- ",
    "“",
    "”",
    "(",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\r\n\r\n",
    "\n \t\n",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "\x00",
    "\x85",
    " ",
    "\t",
    "x" * 90,
    "word " * 40,
    "1.5%",
    "https://example.org/a.b?c=d ",
    "# A heading",
    "10,000",
    "é",
    "ﬁ",
    "ß",
    "İ",
)
bodies = st.one_of(st.lists(st.sampled_from(HARD), max_size=30).map("".join), st.text(max_size=300))


def split(body: str, *, source: Source = MAIN, max_chars: int = 80) -> tuple[Passage, ...]:
    return split_text(source, Text("t", body), max_chars=max_chars)


def texts(body: str, *, max_chars: int = 600) -> list[str]:
    return [passage.text for passage in split(body, max_chars=max_chars)]


def bare(text: str) -> str:
    return " ".join(text.split()).strip(" .,;:!?…\"'“”‘’«»„").casefold()


@given(body=bodies, max_chars=st.integers(80, 200), source=st.sampled_from([MAIN, NOTE]))
def test_a_passage_is_the_characters_of_its_span(body: str, max_chars: int, source: Source) -> None:
    for passage in split(body, source=source, max_chars=max_chars):
        assert body[passage.start : passage.end] == passage.text
        assert passage.context_start <= passage.start < passage.end <= passage.context_end
        assert passage.text == passage.text.strip() != ""


@given(body=bodies, max_chars=st.integers(80, 200), source=st.sampled_from([MAIN, NOTE]))
def test_no_passage_is_longer_than_allowed(body: str, max_chars: int, source: Source) -> None:
    assert all(
        len(passage.text) <= max_chars
        for passage in split(body, source=source, max_chars=max_chars)
    )


@given(body=bodies, source=st.sampled_from([MAIN, NOTE]))
def test_passages_are_in_order_and_apart(body: str, source: Source) -> None:
    assert all(before.end <= after.start for before, after in pairwise(split(body, source=source)))


@given(body=bodies)
@example(body="Wait. …")
@example(body="It is so. 🙂")
@example(body="दीन\n\nदिन")
def test_nothing_is_lost_but_paragraphs_that_stand_elsewhere(body: str) -> None:
    covered = {at for passage in split(body) for at in range(passage.start, passage.end)}
    kept = "\n".join(
        " ".join(body[s:e].split()) for s, e in paragraph_spans(body) if s in covered
    ).casefold()
    for start, end in paragraph_spans(body):
        missing = [
            at
            for at in range(start, end)
            if at not in covered and not body[at].isspace() and body[at] != "\ufeff"
        ]
        if missing:
            assert not covered & set(range(start, end)), (
                "a paragraph is indexed whole or not at all"
            )
            assert bare(body[start:end]) in kept


@given(body=bodies)
def test_paragraphs_hold_every_character_that_is_not_white_space(body: str) -> None:
    inside = {at for start, end in paragraph_spans(body) for at in range(start, end)}
    assert all(at in inside or char.isspace() or char == "\ufeff" for at, char in enumerate(body))


@pytest.mark.parametrize(
    "unit",
    [
        "word ",
        "A sentence of a few words. ",
        "x",
        "שלום ",
        "e\u0301",
        "🙂",
        "one\ntwo ",
        "He said “yes” to it. ",
    ],
    ids=[
        "words",
        "sentences",
        "one-word",
        "right-to-left",
        "combining-marks",
        "emoji",
        "lines",
        "quotations",
    ],
)
def test_a_paragraph_of_100_000_characters_is_cut_to_size(unit: str) -> None:
    body = (unit * 100_000)[:100_000].strip()
    passages = split(body, max_chars=600)
    assert sum(len("".join(passage.text.split())) for passage in passages) == len(
        "".join(body.split())
    )
    assert max(len(passage.text) for passage in passages) <= 600
    assert not any(unicodedata.combining(passage.text[0]) for passage in passages)


def test_an_empty_text_has_no_passage() -> None:
    assert split("") == ()
    assert split(" \r\n\t\ufeff\u00a0") == ()


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        pytest.param(
            "Dr. Smith met Mr. Jones at 5 p.m. on Monday. He left.",
            ["Dr. Smith met Mr. Jones at 5 p.m. on Monday.", "He left."],
            id="abbreviations",
        ),
        pytest.param(
            "It cost 3.5 million. Then 4.5.",
            ["It cost 3.5 million.", "Then 4.5."],
            id="decimal points",
        ),
        pytest.param(
            "He asked “Why?” and left. So did she.",
            ["He asked “Why?” and left.", "So did she."],
            id="question",
        ),
        pytest.param(
            "A line\nwrapped by hand. Next.",
            ["A line\nwrapped by hand.", "Next."],
            id="wrapped lines",
        ),
        pytest.param(
            "A line\r\nwrapped by hand. Next.",
            ["A line\r\nwrapped by hand.", "Next."],
            id="wrapped lines of CRLF",
        ),
        pytest.param("One.\r\n\r\nTwo.", ["One.", "Two."], id="blank line of CRLF"),
        pytest.param("One.\r\rTwo.", ["One.", "Two."], id="blank line of CR"),
        pytest.param("One.\n \t \nTwo.", ["One.", "Two."], id="blank line with spaces"),
        pytest.param("\ufeffOne. Two.", ["One.", "Two."], id="byte order mark"),
        pytest.param(
            "Same. Same. Other.",
            ["Same.", "Same.", "Other."],
            id="sentence repeated in a paragraph",
        ),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(body: str, sentences: list[str]) -> None:
    assert texts(body) == sentences


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param("One. Two.\n\nOne.", ["One.", "Two."], id="sentence of a paragraph"),
        pytest.param("One\n\nOne. Two.", ["One.", "Two."], id="pull quote before its sentence"),
        pytest.param("“One two”\n\nOne two. Three.", ["One two.", "Three."], id="quotation marks"),
        pytest.param(
            "Only this\n\nOnly this.", ["Only this."], id="paragraph without its full stop"
        ),
        pytest.param("Again.\n\nAgain.\n\nAgain.", ["Again."], id="three times"),
        pytest.param("One  two.\n\nOne\ntwo.", ["One  two."], id="white space"),
        pytest.param("5% fell.\n\n5 fell.", ["5% fell.", "5 fell."], id="not the same: a sign"),
        pytest.param(
            "One. Two.\n\nOne. Two. Three.",
            ["One.", "Two.", "One.", "Two.", "Three."],
            id="not the same: longer",
        ),
    ],
)
def test_a_repeated_paragraph_is_indexed_once(body: str, kept: list[str]) -> None:
    assert texts(body) == kept


def test_of_a_note_each_fact_is_a_passage() -> None:
    passages = split("One fact. In two sentences.\nAnother.", source=NOTE)
    assert [(p.text, p.locator) for p in passages] == [
        ("One fact. In two sentences.", "fact 1"),
        ("Another.", "fact 2"),
    ]


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    body = f"{'word ' * 10}here; {'word ' * 10}there, {'word ' * 10}end."
    pieces = texts(body, max_chars=100)
    assert len(pieces) > 1
    assert pieces[0].endswith("here;")
    assert all(len(piece) > 20 for piece in pieces)
