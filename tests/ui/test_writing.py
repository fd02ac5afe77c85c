"""While a model writes, the page shows its words as unchecked, then each sentence with its verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.sources import read_corpus
from rag.types import Found, Sentence, Settled, Written
from tests.ui.scripted_chain import CHILDREN, children
from ui.app import STRIDE, Conversation, answer_in
from ui.render import writing_html

ROSE, FELL = Sentence("It rose.", "supported", ()), Sentence("It <b>fell</b>.", "unsupported", ())


@dataclass
class Streaming:
    """Streams these events, whatever it is asked."""

    events: list[Any]

    def stream(self, input: Any) -> Iterator[Any]:
        yield from self.events


def pages(*events: Any) -> list[str]:
    """Return the transcript after each update, the answer to a question at last."""
    answer = children(read_corpus())
    chain: Any = Streaming([Found(CHILDREN, ()), *events, answer])
    updates = list(answer_in(chain, CHILDREN, Conversation()))
    assert updates[-1][2].turns[-1].answer == answer.text
    return [transcript for _, transcript, _ in updates]


def test_words_are_shown_as_unchecked_until_their_verdict_is_there() -> None:
    html = writing_html([ROSE, FELL], "It rose. It <b>fell</b>. And then")
    assert 'It rose. <span class="verdict supported">(reworded)</span>' in html
    assert "It &lt;b&gt;fell&lt;/b&gt;. " in html
    assert "(not supported by what it cites)" in html
    assert '<span class="unchecked">And then</span>' in html


def test_the_page_follows_what_is_written() -> None:
    waiting, found, words, settled, answer = pages(
        Written("It rose. " + "x" * STRIDE), Settled(ROSE)
    )
    assert "It rose." not in found
    assert "(reworded)" not in words
    assert "(reworded)" in settled
    assert "Being written" not in answer
    assert waiting != found


def test_a_second_try_replaces_the_first() -> None:
    *_, second, _ = pages(Written("It sank.", 0), Settled(Sentence("It sank.", "unsupported", ()), 0),
                          Written("It rose.", 1), Settled(ROSE, 1))  # fmt: skip
    assert "It rose." in second
    assert "It sank." not in second


def test_a_few_words_more_do_not_send_the_page_again() -> None:
    assert len(pages(*[Written("x") for _ in range(STRIDE - 1)])) == len(pages())
