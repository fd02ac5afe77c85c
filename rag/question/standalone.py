"""What a reader types → a question that can be searched for.

With a history, one that stands alone.
"""

import re

from ingest.errors import QuestionError
from ingest.types import Corpus
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
# Who "he" or "their" is, a name before it in the question says; "him" is somebody else, and so is
# "it", unless it does something ("the drones it downed").
NAMED_BEFORE = re.compile(
    r"(?:they|theirs?|he|his|she|its"
    r"|it(?= \w)(?! (?:to|in|on|at|from|for|with|by|and|or|as|after|before|when|if|that)\b))\b",
    re.IGNORECASE,
)
# Who says or thinks something is the author, of whom nobody speaks by name ("why does she think").
AUTHOR = re.compile(
    r"\b(?:does|did|is|has|would|why|what|how|that|things?|points?|words?)\s+s?he\s+"
    r"(?:say|think|argue|want|write|claim|believe|mean|see|expect|fear|propose|concede|reject|use|call)"
    r"|\bs?he\s+(?:says|thinks|argues|wants|writes|claims|believes|means|sees|expects|fears|proposes"
    r"|concedes|rejects|uses|calls)\b"
    r"|\b(?:his|her)\s+(?:opinion|view|argument|thesis|conclusion|essay|text)s?\b",
    re.IGNORECASE,
)
# Words that carry meaning.
NAMES_ENOUGH = 4
FRAGMENT_WORDS = 4
# Words as few as a fragment's are whole if so many of them carry meaning, fewer of a question.
WHOLE_STEMS, WHOLE_QUESTION_STEMS, WHOLE_NAMED_STEMS, WHO_IS_STEMS = 3, 2, 2, 1
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


def read_capitals(corpus: Corpus) -> frozenset[str]:
    """Return the words that a corpus writes with a capital only, in lower case."""
    bodies = [text.body for text in corpus.texts]
    names = {word for body in bodies for name in full_names(body) for word in name.split()}
    small = {word for body in bodies for word in re.findall(r"[^\W\d_]+", body) if word.islower()}
    return frozenset(word.lower() for word in names) - small


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


def stand_alone(
    question: str, history: tuple[Turn, ...], names: frozenset[str] = frozenset()
) -> str:
    """Return the question as it would be asked without the history.

    `names` are words, in lower case, that the corpus writes with a capital only: readers do not.

    One that leans on the earlier question is put behind it. Where all it says is another year ("And
    in 2013?", "no, I meant 2013"), the earlier question is asked for that year. Thanks,
    greetings and what was refused are not leaned on, nor is a question that is asked again.

    >>> stand_alone("And in 2013?", (Turn("Who saved the regime in 2015?"),))
    'Who saved the regime in 2013?'
    """
    if not leans(question, names):
        return question
    earlier_turns = _spoken_of(question, history)
    if not earlier_turns:
        return question
    last_question = _tidy(earlier_turns[-1].question)[:EARLIER_CHARS]
    earlier = stand_alone(last_question, earlier_turns[:-1][-EARLIER_TURNS:], names)
    return _for_year(earlier, question) or f"{earlier} {question}".strip()


def _cased(question: str, names: frozenset[str]) -> str:
    """Return the question with a capital on each of these names, and on no word for opening it."""

    def cased(match: re.Match[str]) -> str:
        word = match.group()
        if word.lower() in names:
            return word[0].upper() + word[1:]
        return word if match.start() else word.lower()

    return re.sub(r"[^\W\d_]+", cased, question.strip())


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


def leans(question: str, names: frozenset[str] = frozenset()) -> bool:
    """Say whether a question cannot be understood without the one before it.

    A word points back only if the question itself has not yet named much that it could stand for:
    for “he” or “their” a name will do.

    >>> leans("Is Turkey mentioned?"), leans("Why does Iran want Assad to stay?"), leans("Why?")
    (False, False, True)
    """
    if is_social(question):
        return False
    question = _cased(question, names)
    return bool(LEANS.search(question)) or _points_back(question) or _is_fragment(question)


def _points_back(question: str) -> bool:
    question = AUTHOR.sub("the author", question)
    pointing = POINTS.search(question)
    if pointing is None:
        return False
    before = question[: pointing.start()]
    named = NAMED_BEFORE.match(question, pointing.start()) and full_names(f"on {before}")
    return not named and len(stems(before)) < NAMES_ENOUGH


def _is_fragment(question: str) -> bool:
    whole = WHOLE_NAMED_STEMS if full_names(f"on {question}") else WHOLE_STEMS
    if BEGINS.search(question):
        whole = WHO_IS_STEMS if WHO_IS.search(question) else WHOLE_QUESTION_STEMS
    return len(stems(question)) < whole and len(question.split()) <= FRAGMENT_WORDS
