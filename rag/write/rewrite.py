"""A follow-up and its history → a question that stands alone, put by a language model.

By rule where the model fails. What the model puts in must come from the conversation: a name or a
figure of its own would ask for something else.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from ingest.errors import ModelError
from ingest.sources import fold
from rag.language.compare import compare, read_facts
from rag.types import Turn
from rag.write.citations import CitationParser, Cited
from rag.write.prompts import rewriting_messages
from rag.write.reply import reply

log = logging.getLogger(__name__)

# Of a rewritten question, or twice what was asked: more is an answer or an essay.
MAX_CHARS = 300
# Of the time that a reply may take: the rule is there at once.
MAX_WAIT_S = 30.0
# Facts that must come from the conversation.
ADDED = ("name", "number", "date", "quotation")


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Rewrites follow-ups with a chat model.

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
            rewritten = self._rewritten(question, history)
        except ModelError as error:
            log.info("a follow-up is put by rule: the language model %s", error)
            rewritten = None
        return rewritten or self.by_rule(question, history)

    def _rewritten(self, question: str, history: tuple[Turn, ...]) -> str | None:
        """Return what the model makes of the question, None if that is no question of this talk."""
        messages = rewriting_messages(question, history)
        timeout_s = min(self.timeout_s, MAX_WAIT_S)
        parser = CitationParser(0)
        words = ""
        for chunk in reply(self.model, messages, timeout_s=timeout_s):
            words += _words(parser.feed(chunk))
            if len(words) > max(MAX_CHARS, 2 * len(question)):
                return None
        rewritten = fold(words + _words(parser.finish()))
        if not rewritten.endswith("?") or _adds_facts(rewritten, question, history):
            return None
        return rewritten


def _words(parts: Iterable[str | Cited]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def _adds_facts(rewritten: str, question: str, history: tuple[Turn, ...]) -> bool:
    """Tell whether a question names or counts what was not in the conversation."""
    turns = [f"{turn.question} {turn.answer}" for turn in history]
    conversation = " ".join([*turns, question])
    mismatches = compare(read_facts(rewritten), read_facts(conversation))
    return any(mismatch.kind in ADDED for mismatch in mismatches)
