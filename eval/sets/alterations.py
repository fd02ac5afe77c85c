"""A sentence → the same with one thing altered, so that it says something else.

What cannot be altered so gives None. Every choice is drawn from the generator that is handed in.
The opposites come from `opposites.txt` beside this module: pairs listed for this purpose by an
author who had not seen the rules of the product.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from rag.language.words import FUNCTION_WORDS, names, same_name

OPPOSITES = Path(__file__).with_name("opposites.txt")
VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could)\b(?! not)")
DIGITS = re.compile(r"\d[\d,.]*\d|\d")
DENIAL = re.compile(r"\b(?:not|never) |(?<=\w)n['’]t\b")
CERTAIN = {
    "may": "will",
    "might": "will",
    "could": "would",
    "if": "because",
    "almost": "",
    "some": "all",
    "many": "all",
    "most": "all",
}
HEDGE = re.compile(rf"\b(?:{'|'.join(CERTAIN)})\b(?! \d)")
# Details that nothing in the corpus says of anything, to end a sentence with.
DETAILS = (
    " in secret",
    " within a single week",
    ", as a court later confirmed",
    " for the first time since 1973",
    ", with Chinese money",
)
NAMED = re.compile(r"\b[A-Z][\w’'-]*\w(?:\s+[A-Z][\w’'-]*\w)*")
PARTING = re.compile(r"\b[a-z]{4,}")  # a word of meaning between two names

Alteration = Callable[[str, random.Random], str | None]


def alterations(others: Sequence[str]) -> dict[str, Alteration]:
    """Return the alterations that the entailment model is trained on, by name.

    `others` are names to put in another's place.
    """
    return {
        "another digit": digit_changed,
        "“not” put in": denied,
        "another name": lambda text, rng: renamed(text, rng, others),
        "two names exchanged": lambda text, rng: exchanged(text, frozenset(others)),
    }


def untrained() -> dict[str, Alteration]:
    """Return alterations that nothing was trained on, by name."""
    return {
        "a denial left out": affirmed,
        "an opposite": opposed,
        "a doubt made sure": assured,
        "a detail put in": detailed,
    }


def digit_changed(text: str, rng: random.Random) -> str | None:
    """Return the text with one digit of one number changed."""
    numbers = list(DIGITS.finditer(text))
    if not numbers:
        return None
    number = rng.choice(numbers)
    at = rng.choice([i for i in range(number.start(), number.end()) if text[i].isdigit()])
    digit = rng.choice([d for d in "123456789" if d != text[at]])
    return text[:at] + digit + text[at + 1 :]


def denied(text: str, rng: random.Random) -> str | None:
    """Return the text with its first verb denied.

    >>> denied("The mill was sold and is closed.", random.Random(0))
    'The mill was not sold and is closed.'
    """
    verb = VERB.search(text)
    return f"{text[: verb.end()]} not{text[verb.end() :]}" if verb else None


def renamed(text: str, rng: random.Random, others: Sequence[str]) -> str | None:
    """Return the text with one of the other names in the place of its first one."""
    present = [name for name in names(text) if name in text]
    strange = [name for name in others if not _named(name, present)]
    if not (present and strange):
        return None
    return re.sub(rf"\b{re.escape(present[0])}\b", rng.choice(strange), text)


def _named(name: str, present: Sequence[str]) -> bool:
    return any(same_name(name, one) for one in present)


def exchanged(text: str, known: frozenset[str]) -> str | None:
    """Return the text with its first two names in each other's place.

    None where no word of meaning parts them.
    """
    places = [place for place in NAMED.finditer(text) if _is_name(place.group(), known)]
    if len(places) < 2:
        return None
    one, other = places[:2]
    between = text[one.end() : other.start()]
    if same_name(one.group(), other.group()) or not PARTING.search(between):
        return None
    return text[: one.start()] + other.group() + between + one.group() + text[other.end() :]


def _is_name(words: str, known: frozenset[str]) -> bool:
    first_word = words.split(maxsplit=1)[0].lower()
    return first_word not in FUNCTION_WORDS and bool(names(words, known))


def affirmed(text: str, rng: random.Random) -> str | None:
    """Return the text without one of its denials."""
    denials = list(DENIAL.finditer(text))
    if not denials:
        return None
    denial = rng.choice(denials)
    return text[: denial.start()] + text[denial.end() :]


def opposed(text: str, rng: random.Random) -> str | None:
    """Return the text with the opposite of one of its words."""
    opposites = read_opposites()
    longest_first = sorted(opposites, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(longest_first)})\b")
    return _replaced(text, pattern, opposites, rng)


@lru_cache(maxsize=1)
def read_opposites() -> Mapping[str, str]:
    """Return each word of `opposites.txt` with its opposite.

    >>> read_opposites()["won"], read_opposites()["lost"]
    ('lost', 'won')
    """
    opposites: dict[str, str] = {}
    for pair in OPPOSITES.read_text(encoding="utf-8").splitlines():
        word, other = pair.split()
        opposites |= {word: other, other: word}
    return opposites


def assured(text: str, rng: random.Random) -> str | None:
    """Return the text with one word of doubt or limit made sure."""
    return _replaced(text, HEDGE, CERTAIN, rng)


def _replaced(
    text: str, pattern: re.Pattern[str], others: Mapping[str, str], rng: random.Random
) -> str | None:
    places = list(pattern.finditer(text))
    if not places:
        return None
    place = rng.choice(places)
    altered = text[: place.start()] + others[place.group()] + text[place.end() :]
    return " ".join(altered.split())


def detailed(text: str, rng: random.Random) -> str:
    """Return the text with a detail more at its end."""
    return text.rstrip(".") + rng.choice(DETAILS) + "."
