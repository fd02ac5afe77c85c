"""A sentence → words to align with those of another: stems, and one token for any name."""

import re
from dataclasses import dataclass

from rag.language.words import NEGATORS, canonical, names, stem

NAME = ""  # what stands for any name in an alignment
MARKS = frozenset(",;:()")
TOKEN = re.compile(r"\w+(?:['’]s)?|[,;:()]")
SHORT_FORMS = {r"\bwon['’]t\b": "will not", r"\bcan(?:no|['’])t\b": "can not", r"n['’]t\b": " not"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sentence as words to align.

    `keys` are stems, or `NAME`; `said` the words as they stand, of a name all of them.
    """

    keys: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def denials(self) -> list[int]:
        """Where a word denies."""
        return [at for at, word in enumerate(self.said) if word.lower() in NEGATORS]

    @property
    def words(self) -> frozenset[int]:
        """Where a word is no name, mark or denial."""
        plain = (at for at, key in enumerate(self.keys) if key != NAME and key not in MARKS)
        return frozenset(plain) - {*self.denials}


def read_tokens(sentence: str, known: frozenset[str]) -> Tokens:
    """Return the words of a sentence; names that follow each other are one."""
    sentence_names = frozenset(names(sentence, known))
    keys: list[str] = []
    said: list[str] = []
    for word in TOKEN.findall(_written_out(canonical(sentence))):
        bare = re.sub(r"['’]s$", "", word)
        is_name = bare in sentence_names
        if is_name and keys and keys[-1] == NAME:
            said[-1] += f" {bare}"
        else:
            keys.append(NAME if is_name else stem(word))
            said.append(bare if is_name else word)
    return Tokens(tuple(keys), tuple(said))


def _written_out(text: str) -> str:
    """Return a text with "not" for its short forms."""
    for short, whole in SHORT_FORMS.items():
        text = re.sub(short, whole, text)
    return text
