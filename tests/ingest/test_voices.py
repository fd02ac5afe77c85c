"""Readers are told whose words they see, everywhere by the same name."""

from dataclasses import replace

import pytest

from ingest.types import Source
from ingest.voices import introduction, whose_words

MAIN = Source(
    "essay", "A text", "An author", "A paper", "2016-12", None, "CC BY", "main", "verbatim"
)
NOTE = Source(
    "count", "A count", None, "Count House (CH)", "2016 (about)", None, "ours", "sources", "note"
)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (MAIN, "essay, verbatim"),
        (replace(MAIN, id="chapter"), "essay, verbatim"),
        (NOTE, "note on CH"),
        (
            replace(NOTE, publisher="Syrian Observatory (SOHR), as reported by others"),
            "note on SOHR",
        ),
        (replace(NOTE, publisher="Reuters (via Chicago Tribune)"), "note on Reuters"),
        (replace(NOTE, publisher="Jewish News, reporting Vedomosti"), "note on Jewish News"),
        (replace(NOTE, publisher=None), "note on “A count”"),
    ],
    ids=[
        "essay",
        "other text",
        "letters",
        "letters and carrier",
        "carrier",
        "reporting",
        "no publisher",
    ],
)
def test_the_voice_says_whose_words_they_are(source: Source, named: str) -> None:
    assert whose_words(source) == named


def test_a_quotation_is_introduced_by_its_voice() -> None:
    assert introduction(MAIN, only=True) == "The essay says"
    assert introduction(MAIN, only=False) == "“A text” says"
    assert introduction(NOTE, only=True) == "Note on CH (2016)"
