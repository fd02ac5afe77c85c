"""The guide of a corpus on the command line: `ingest --check` tries its questions, `guide` drafts.

A question that a reader is offered and that is then refused is worse than none. A draft by a
language model is a file beside the guide that nothing reads: a person makes a guide of it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from ingest.errors import SettingsError
from ingest.settings import Settings
from ingest.sources import read_corpus

if TYPE_CHECKING:  # slow to import
    from rag.chain import EssayChain

DRAFT = "guide.draft.yaml"
HEAD = """\
# A draft by {model}; {dropped} parts were dropped because they rest on nothing. Read every
# sentence against the words that it rests on, mend it, and save what stands as guide.yaml:
# nothing reads this file.
"""


def not_answered(chain: "EssayChain") -> list[str]:
    """Return a line for each question of the guide that is not answered outright, and why."""
    answers = [chain.invoke(one.ask) for one in chain.corpus.guide.questions]
    return [f"{a.question}: {a.status}: {a.reason}" for a in answers if a.status != "answered"]


def write_draft(settings: Settings) -> Path:
    """Have the model of the settings draft a guide to their corpus; return the file.

    It lies in the folder of the corpus, of the one that ships in the current one. Raises
    SettingsError without a model or where a draft lies already, ModelError if nothing comes of it.
    """
    from rag.write.chat import load_chat
    from rag.write.guide import draft_guide

    if settings.model is None:
        raise SettingsError("guide needs a chat model; name one with --model provider:name")
    file = (settings.corpus or Path()) / DRAFT
    if file.exists():
        raise SettingsError(f"{str(file)!r} is there already; move it away first")
    corpus = read_corpus(settings.corpus)
    mains = {source.id for source in corpus.mains}
    texts = [text for text in corpus.texts if text.source_id in mains]
    draft = draft_guide(texts, load_chat(settings), timeout_s=settings.model_timeout_s)
    body = yaml.safe_dump(draft.parts, allow_unicode=True, sort_keys=False, width=120)
    head = HEAD.format(model=settings.model, dropped=draft.dropped)
    file.write_text(head + body, encoding="utf-8")
    return file
