"""What is shown while an answer is made: passages found, and words that are not yet checked."""

from ingest.types import Passage, Source
from rag.types import Found, Hit, Sentence
from tests.ui.answers import MAIN, NOTE
from ui.pending import found_html, writing_html

ROSE = Sentence("It rose.", "supported", ())
FELL = Sentence("It <b>fell</b>.", "unsupported", ())


def test_while_waiting_the_best_of_each_voice_is_shown() -> None:
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


def test_words_are_shown_as_unchecked_until_their_verdict_is_there() -> None:
    html = writing_html([ROSE, FELL], "It rose. It <b>fell</b>. And then")
    assert 'It rose. <span class="verdict supported">(reworded)</span>' in html
    assert "It &lt;b&gt;fell&lt;/b&gt;. " in html
    assert "(not supported by what it cites)" in html
    assert '<span class="unchecked">And then</span>' in html
