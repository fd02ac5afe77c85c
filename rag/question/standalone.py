"""What a reader types → a question that can be searched for.

With a history, one that stands alone.
"""

import re

from ingest.errors import QuestionError
from rag.language.words import full_names, stems
from rag.types import Turn

MARKUP = re.compile(
    r"<(script|style)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)|</?[a-zA-Z][^<>]*>", re.IGNORECASE | re.DOTALL
)
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
WORD = re.compile(r"[^\W_]")

# A question leans on the one before it if it begins like this, points back, or is a fragment.
LEANS = re.compile(
    r"^(and|but|so|or|also|then|what about|how about"
    r"|no|not|sorry|i mean|i meant|i asked|really|even|same|who says so|says who|since when)\b",
    re.IGNORECASE,
)
# Words that point back, unless they stand for something in the question itself: "is there", "is it
# legal to", "was it Russia that", "those who", "can one", "both Russia and Iran".
POINTS = re.compile(
    r"\b((?<!is )(?<!was )it|it(?! \w+ (?:that|to|who)\b)|its"
    r"|they|them|their|theirs|he|him|his|she|her"
    r"|this(?! (?:essay|text|article|book|document|handbook|leaflet|paper|pdf|policy|report)\b)"
    r"|these|those(?! who\b| that\b)"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )there|then|both(?! [\w ]+ and\b)"
    r"|(?:the|which|another)(?: \w+)? ones?|others?|former|latter)\b"
    # "That" points back behind a verb that opens the question, behind a preposition and at the end;
    # elsewhere it opens a clause ("Who says that Russia won?").
    r"|^(?:\w+ )?(?:is|was|were|does|did|has) that\b"
    r"|\b(?:about|after|before|by|for|from|in|like|of|on|than|to|with) that\b"
    r"|\b(?:that(?: \w+){0,2}|next)\W*$",
    re.IGNORECASE,
)
# Who "he" or "their" is, a name before it in the question says; "him" is somebody else.
NAMED_BEFORE = re.compile(
    r"(?:they|theirs?|he|his|she|its|it(?= (?:is|was|has|had|will|would|could|should)\b))\b",
    re.IGNORECASE,
)
# Words that carry meaning.
NAMES_ENOUGH = 4
FRAGMENT_WORDS = 4
# Words as few as a fragment's are whole if so many of them carry meaning, fewer of a question.
WHOLE_STEMS, WHOLE_QUESTION_STEMS, WHO_IS_STEMS = 3, 2, 1
WHO_IS = re.compile(r"^(?:who|what)(?:['’]s| is| was| are| were)\b(?! the\b)", re.IGNORECASE)
BEGINS = re.compile(
    r"^(who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|had"
    r"|can|could|will|would|should|may|might|must)\b",
    re.IGNORECASE,
)
SOCIAL = re.compile(
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks|thank you|thx|cheers"
    r"|ok|okay|great|nice|cool|good|perfect|bye|goodbye"
    r"|there|to you|to all|a lot|so much|very much|very helpful|that helps|again"
    r"|for (?:that|this|the help|your help))\b\W*)+",
    re.IGNORECASE,
)
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
    in 2013?", "no, I meant 2013"), the earlier question is asked for that year. Thanks,
    greetings and what was refused are not leaned on, nor is a question that is asked again.

    >>> stand_alone("And in 2013?", (Turn("Who saved the regime in 2015?"),))
    'Who saved the regime in 2013?'
    """
    if not leans(question):
        return question
    earlier_turns = _spoken_of(question, history)
    if not earlier_turns:
        return question
    last_question = _tidy(earlier_turns[-1].question)[:EARLIER_CHARS]
    earlier = stand_alone(last_question, earlier_turns[:-1][-EARLIER_TURNS:])
    return _for_year(earlier, question) or f"{earlier} {question}".strip()


def _spoken_of(question: str, history: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return the turns that a question may lean on."""
    asked = question.casefold()
    return tuple(
        turn
        for turn in history
        if turn.status != "not_in_corpus"
        and turn.question.casefold() != asked
        and not is_social(turn.question)
    )


def is_social(question: str) -> bool:
    """Say whether it only greets or thanks.

    >>> is_social("Thank you so much!"), is_social("Thanks, and in 2013?")
    (True, False)
    """
    return SOCIAL.fullmatch(question.strip()) is not None


def _for_year(earlier: str, question: str) -> str | None:
    """Return the earlier question for the year of this one, None if this one says more than it."""
    years, earlier_years = YEAR.findall(question), YEAR.findall(earlier)
    short = len(question.split()) <= CORRECTION_WORDS
    if short and len(years) == len(earlier_years) == 1:
        return YEAR.sub(years[0], earlier)
    return None


def leans(question: str) -> bool:
    """Say whether a question cannot be understood without the one before it.

    A word points back only if the question itself has not yet named much that it could stand for:
    for “he” or “their” a name will do.

    >>> leans("Is Turkey mentioned?"), leans("Why does Iran want Assad to stay?"), leans("Why?")
    (False, False, True)
    """
    if is_social(question):
        return False
    return bool(LEANS.search(question)) or _points_back(question) or _is_fragment(question)


def _points_back(question: str) -> bool:
    pointing = POINTS.search(question)
    if pointing is None:
        return False
    before = question[: pointing.start()]
    named = NAMED_BEFORE.match(question, pointing.start()) and full_names(before)
    return not named and len(stems(before)) < NAMES_ENOUGH


def _is_fragment(question: str) -> bool:
    whole = WHOLE_STEMS
    if BEGINS.search(question):
        whole = WHO_IS_STEMS if WHO_IS.search(question) else WHOLE_QUESTION_STEMS
    return len(stems(question)) < whole and len(question.split()) <= FRAGMENT_WORDS
