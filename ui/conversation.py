"""A question of a session → what the page shows of it, until the answer is there.

The page keeps a `Conversation` for each reader. It shows every exchange so far and, below them,
the passages found, what a model writes, and then the answer.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.errors import EssayChatError
from rag.chain import Ask, EssayChain
from rag.types import Answer, Found, Sentence, Settled, Turn, Written
from ui.pending import found_html, waiting_html, writing_html
from ui.render import answer_html, exchange_html, problem_html, transcript_html

log = logging.getLogger(__name__)

MAX_TURNS = 12  # of history handed to the chain: a follow-up leans on the last few
MAX_SHOWN = 60  # exchanges kept on the page, so that an endless session stays light
# Characters of a model's prose between two updates of the page, which each carry the whole
# conversation.
STRIDE = 40
FAILED = "This question could not be answered: something failed in the program. Its log says what."


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a session holds: the turns handed to the chain, and the exchanges as they are shown."""

    turns: tuple[Turn, ...] = ()
    shown: tuple[str, ...] = ()

    def reply(self, question: str, html: str, answer: Answer | None = None) -> "Conversation":
        """Return the conversation with this exchange added.

        A question that failed does not become a turn.
        """
        answered = [] if answer is None else [Turn(question, answer.text, answer.status)]
        turns = (*self.turns, *answered)
        shown = (*self.shown, exchange_html(question, html))
        return Conversation(turns[-MAX_TURNS:], shown[-MAX_SHOWN:])


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a language model has written so far in its current attempt."""

    attempt: int = 0
    words: str = ""
    settled: tuple[Sentence, ...] = ()

    def after(self, event: Written | Settled) -> "SoFar":
        """Return it with what came now; a new attempt begins anew."""
        before = self if event.attempt == self.attempt else SoFar(event.attempt)
        if isinstance(event, Written):
            return replace(before, words=before.words + event.text)
        return replace(before, settled=(*before.settled, event.sentence))


# The question box, the transcript, and the conversation that the session then holds.
Update = tuple[str, str, Conversation]


def answer_in(chain: EssayChain, question: str, held: Conversation) -> Iterator[Update]:
    """Yield what the page shows: at once, with the passages found, as is written, and at the end.

    `held` is the conversation before the question. Only the last update adds the question to it.
    """
    yield _pending(held, question, waiting_html())
    writing = SoFar()
    try:
        for event in chain.stream(Ask(question=question, history=held.turns)):
            if isinstance(event, Answer):
                yield _update(held.reply(question, answer_html(event), event))
            elif isinstance(event, Found):
                yield _pending(held, question, found_html(event))
            else:
                characters_before = len(writing.words)
                writing = writing.after(event)
                strides = len(writing.words) // STRIDE
                if isinstance(event, Settled) or strides > characters_before // STRIDE:
                    yield _pending(held, question, writing_html(writing.settled, writing.words))
    except EssayChatError as error:
        yield _update(held.reply(question, problem_html(str(error))))
    except Exception:  # the reader gets one sentence, the log the trace
        log.exception("the chain failed on a question of %d characters", len(question))
        yield _update(held.reply(question, problem_html(FAILED)))


def _pending(held: Conversation, question: str, html: str) -> Update:
    """Return the update that shows a reply which is not the last word: the session keeps `held`."""
    return "", transcript_html(held.reply(question, html).shown), held


def _update(conversation: Conversation) -> Update:
    return "", transcript_html(conversation.shown), conversation
