"""A follow-up and its history → a question that stands alone, put by a language model.

By rule where the model fails.

What the model puts in must come from the conversation: a name or a figure of its own would ask for
something else.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from ingest.errors import ModelError
from ingest.sources import fold
from rag.language.facts import compare
from rag.types import Turn
from rag.write.markers import CitationParser
from rag.write.prompts import rewriting_messages
from rag.write.reply import reply

log = logging.getLogger(__name__)

MAX_CHARS = 300  # of a question put anew, or twice what was asked: more is an answer or an essay
MAX_WAIT_S = 30.0  # of the time that a reply may take: the rule is there at once


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Puts follow-ups with a chat model.

    `by_rule` is asked where the model gives no question of this conversation.
    """

    model: BaseChatModel
    by_rule: Callable[[str, tuple[Turn, ...]], str]
    timeout_s: float = MAX_WAIT_S

    def __call__(self, question: str, history: tuple[Turn, ...]) -> str:
        """Return the question as it stands alone.

        Without a history as it is, and no model is asked.
        """
        if not history:
            return question
        try:
            put = self._put(question, history)
        except ModelError as error:
            log.info("a follow-up is put by rule: the language model %s", error)
            put = None
        return put or self.by_rule(question, history)

    def _put(self, question: str, history: tuple[Turn, ...]) -> str | None:
        parser, said = CitationParser(0), ""
        for chunk in reply(
            self.model,
            rewriting_messages(question, history),
            timeout_s=min(self.timeout_s, MAX_WAIT_S),
        ):
            said += "".join(part for part in parser.feed(chunk) if isinstance(part, str))
            if len(said) > max(MAX_CHARS, 2 * len(question)):
                return None
        put = fold(said + "".join(part for part in parser.finish() if isinstance(part, str)))
        return put if put.endswith("?") and not _brings_its_own(put, question, history) else None


def _brings_its_own(put: str, question: str, history: tuple[Turn, ...]) -> bool:
    """Tell whether a question names or counts what was not in the conversation."""
    spoken = " ".join([*(f"{turn.question} {turn.answer}" for turn in history), question])
    return any(
        mismatch.kind in {"name", "number", "date", "quotation"}
        for mismatch in compare(put, spoken)
    )
