"""A text → a language model's draft of a guide, for a person to edit: checked, never used unseen.

The model is asked in parts, since a reply is bounded. Whatever does not keep to the form of
`guide.yaml`, or rests on words that stand in no text, is left out and counted.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, ValidationError

from ingest.errors import CorpusError, ModelError
from ingest.guide import QuestionEntry, StatementEntry, TopicEntry, where
from ingest.types import Text
from rag.write.reply import reply

TEXT_CHARS = 60_000  # of the texts that a model is shown
RULES = """You describe an essay for its readers. Reply with one JSON object and nothing else.
Every sentence is in your own words, plain, 12 to 30 words long, says who claims what ("The essay \
argues …"), and claims no more than the essay does. "rests_on" holds one to three passages of the \
essay, copied letter for letter, each 4 to 40 words within one paragraph, which together bear the \
whole sentence."""
STATEMENT = '{"says": "…", "rests_on": ["…"]}'
# What each part of a draft is, and how it is asked for.
PARTS: Mapping[str, str] = {
    "summary": f'{{"summary": [six of {STATEMENT}]}}: the whole essay in six sentences.',
    "thesis": f'{{"thesis": [one or two of {STATEMENT}]}}: what it argues.',
    "conclusion": f'{{"conclusion": [one or two of {STATEMENT}]}}: how it ends.',
    "topics": (
        '{"topics": [six to ten of {"name": "…", "also": ["other names that readers use"], '
        f'"gist": [one or two of {STATEMENT}]}}]}}: its actors and subjects.'
    ),
    "questions": '{"questions": [twelve of {"ask": "…"}]}: short questions that it answers.',
}
FORMS: Mapping[str, type[BaseModel]] = {"topics": TopicEntry, "questions": QuestionEntry}


@dataclass
class GuideDraft:
    """What a model proposed and what stands up, in the form of `guide.yaml`; `dropped` counts."""

    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    dropped: int = 0


def draft_guide(texts: Sequence[Text], model: BaseChatModel, *, timeout_s: float) -> GuideDraft:
    """Return a draft of a guide to these texts.

    Raises ModelError if the model gives no reply, or nothing of what it gives stands up.
    """
    shown = "\n\n".join(text.body for text in texts)[:TEXT_CHARS]
    draft = GuideDraft()
    for part, asked in PARTS.items():
        messages = [SystemMessage(RULES), HumanMessage(f"{shown}\n\n---\n{asked}")]
        rows = _rows("".join(reply(model, messages, timeout_s=timeout_s)), part)
        kept = list(_standing(rows, FORMS.get(part, StatementEntry), texts))
        draft.dropped += len(rows) - len(kept)
        if kept:
            draft.parts[part] = kept
    if not draft.parts:
        raise ModelError("proposed nothing that rests on words of the text")
    return draft


def _rows(said: str, part: str) -> list[Any]:
    """Return the rows of a reply, none of one that is not in the form."""
    start, end = said.find("{"), said.rfind("}")
    try:
        rows = json.loads(said[start : end + 1]).get(part, [])
    except (ValueError, AttributeError):
        return []
    return rows if isinstance(rows, list) else []


def _standing(
    rows: Sequence[Any], form: type[BaseModel], texts: Sequence[Text]
) -> Iterator[dict[str, Any]]:
    """Yield the rows that keep to the form and rest on words of the texts."""
    for row in rows:
        try:
            entry = form.model_validate(row)
            for words in _rests_on(entry):
                where(words, texts)
        except (ValidationError, CorpusError):
            continue
        yield entry.model_dump(exclude_defaults=True)


def _rests_on(entry: BaseModel) -> list[str]:
    match entry:
        case StatementEntry():
            return entry.rests_on
        case TopicEntry():
            return [words for statement in entry.gist for words in statement.rests_on]
        case _:
            return []
