"""What a reader types → a question that can be searched for.

With a history, one that stands alone.
"""

import re

from ingest.errors import QuestionError
from rag.language.words import stems
from rag.types import Turn

MARKUP = re.compile(
    r"<(script|style)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)|</?[a-zA-Z][^<>]*>", re.IGNORECASE | re.DOTALL
)
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
WORD = re.compile(r"[^\W_]")

# A question leans on the one before it if it begins like this, points back with a pronoun, or is a
# fragment.
LEANS = re.compile(
    r"^(and|but|so|or|also|then|what about|how about|why"
    r"|no|not|sorry|i mean|i meant|really|who says|says who|since when)\b",
    re.IGNORECASE,
)
POINTS = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her"
    r"|this(?! essay| text| article)|that|these|those|there|then|both"
    r"|one|ones|others?|former|latter)\b",
    re.IGNORECASE,
)
# Words that carry meaning.
NAMES_ENOUGH = 4
FRAGMENT_WORDS = 4
YEAR = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b")
CORRECTION_WORDS = 6
# What is taken of a history: no more can bear on a question, and whoever calls may send anything.
EARLIER_TURNS = 3
EARLIER_CHARS = 500


def clean(question: str, *, max_chars: int, name: str = "question") -> str:
    """Return the question without markup, control characters and surplus white space.

    `name` is what errors call it.

    Raises QuestionError if it is longer than `max_chars` or no letter or digit is left.
    """
    if len(question) > max_chars:
        raise QuestionError(
            f"the {name} has {len(question):,} characters; ask in {max_chars:,} or fewer"
        )
    cleaned = _tidy(question)
    if not WORD.search(cleaned):
        raise QuestionError(
            f"the {name} holds no word; ask in words, such as “Why did Russia intervene?”"
        )
    return cleaned


def _tidy(question: str) -> str:
    return " ".join(CONTROL.sub(" ", MARKUP.sub(" ", question)).split())


def stand_alone(question: str, history: tuple[Turn, ...]) -> str:
    """Return the question as it would be asked without the history.

    One that leans on the earlier question is put behind it. Where all it says is another year ("And
    in 2013?", "no, I meant 2013"), the earlier question is asked for that year.

    >>> stand_alone("And in 2013?", (Turn("Who saved the regime in 2015?"),))
    'Who saved the regime in 2013?'
    """
    if not history or not leans(question):
        return question
    last_question = _tidy(history[-1].question)[:EARLIER_CHARS]
    earlier = stand_alone(last_question, history[:-1][-EARLIER_TURNS:])
    return _for_year(earlier, question) or f"{earlier} {question}".strip()


def _for_year(earlier: str, question: str) -> str | None:
    """Return the earlier question for the year of this one, None if this one says more than it."""
    years, earlier_years = YEAR.findall(question), YEAR.findall(earlier)
    short = len(question.split()) <= CORRECTION_WORDS
    if short and len(years) == len(earlier_years) == 1:
        return YEAR.sub(years[0], earlier)
    return None


def leans(question: str) -> bool:
    """Say whether a question cannot be understood without the one before it.

    A pronoun points back only if the question itself has not yet named much that it could stand
    for.
    """
    pointing = POINTS.search(question)
    unnamed = pointing is not None and len(stems(question[: pointing.start()])) < NAMES_ENOUGH
    return bool(LEANS.search(question)) or unnamed or len(question.split()) <= FRAGMENT_WORDS
