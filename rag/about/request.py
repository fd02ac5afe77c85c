"""A question about the corpus itself → what it asks.

Who wrote this, which sources there are, what is said about a topic. The patterns take whole
questions and nothing else, so that a question to the texts ("Who wrote the open letter?") is never
taken for one about them.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from rag.language.words import stems
from rag.question.standalone import EARLIER_CHARS, EARLIER_TURNS
from rag.types import Turn

Asked = Literal[
    "author", "date", "publisher", "title", "subject", "count", "list", "sources_on", "said_about"
]
Voices = Literal["main", "sources", "both"]

# A longer topic is a question of its own.
MAX_TOPIC_STEMS = 3
MAX_TOPIC_WORDS = 6
# What makes a topic a question of its own: a clause, or a figure to look for.
NO_TOPIC = re.compile(
    r"\b(who|whom|whose|which|what|when|where|why|how|that|if|whether"
    r"|is|are|was|were|do|does|did|it|this|these|those|them|they|he|she|him|her"
    r"|share|number|percentage|reasons?|causes?)\b",
    re.IGNORECASE,
)
IS = r"(?:is|was|['’]s)"
WORK = r"(?:(?:this|the|your)\s+(?:essay|article|text|piece|document))"
ANY_SOURCES = r"(?:sources?|notes|documents|reports)"
YOU_HAVE = r"(?:do\s+you\s+have|have\s+you\s+got)"
ABOUT = r"(?:about|on|regarding|concerning)"
TOPIC = r"(?P<topic>\S.*)"
# {work}: what names the text; with a history "it" is something that was spoken of, without one it
# can only be the text.
PATTERNS: tuple[tuple[Asked, str], ...] = (
    (
        "author",
        rf"who(?:\s+wrote|\s*{IS}\s+the\s+(?:author|writer)\s+of)\s+{{work}}"
        r"|by\s+whom\s+is\s+{work}",
    ),
    ("author", rf"who\s*{IS}\s+(?:(?:the|its)\s+(?:author|writer)|{{work}}\s+by)"),
    (
        "date",
        r"when\s+was\s+{work}\s+(?:first\s+)?(?:written|published)"
        r"|when\s+did\s+{work}\s+(?:come\s+out|appear)",
    ),
    (
        "date",
        r"what\s+is\s+the\s+(?:publication\s+)?date(?:\s+of\s+{work})?"
        r"|(?:from\s+when|how\s+old)\s+is\s+{work}",
    ),
    (
        "publisher",
        r"where\s+was\s+{work}\s+(?:first\s+)?published"
        r"|where\s+did\s+{work}\s+appear|who\s+published\s+{work}",
    ),
    (
        "title",
        rf"what\s*{IS}\s+(?:the|its)\s+title(?:\s+of\s+{{work}})?"
        rf"|what\s*{IS}\s+{{work}}\s+called",
    ),
    (
        "subject",
        rf"what\s*{IS}\s+{{work}}\s+(?:all\s+)?about"
        rf"|what\s*{IS}\s+the\s+(?:topic|subject)\s+of\s+{{work}}",
    ),
    ("subject", r"what\s+does\s+{work}\s+(?:deal\s+with|talk\s+about|cover)"),
    (
        "count",
        rf"how\s+many\s+{ANY_SOURCES}\s+"
        rf"(?:are\s+there|{YOU_HAVE}|are\s+in\s+the\s+corpus)",
    ),
    (
        "list",
        rf"(?:which|what)\s+{ANY_SOURCES}\s+"
        rf"(?:{YOU_HAVE}|do\s+you\s+(?:use|know)|are\s+there)",
    ),
    (
        "list",
        r"what\s+are\s+(?:your|the)\s+sources"
        rf"|(?:list|show)\s+(?:me\s+)?(?:all\s+)?(?:your|the)\s+{ANY_SOURCES}",
    ),
    (
        "sources_on",
        rf"(?:which|what)\s+{ANY_SOURCES}\s+"
        rf"(?:{YOU_HAVE}|are\s+there)\s+{ABOUT}\s+{TOPIC}",
    ),
    (
        "sources_on",
        rf"(?:which|what)\s+{ANY_SOURCES}\s+"
        rf"(?:(?:are\s+)?about|(?:speak|talk)\s+(?:of|about)|mention)\s+{TOPIC}",
    ),
    ("sources_on", rf"(?:{YOU_HAVE}|are\s+there)\s+(?:any\s+)?{ANY_SOURCES}\s+{ABOUT}\s+{TOPIC}"),
    (
        "said_about",
        rf"what\s+do(?:es)?\s+(?P<who>\S.*?)\s+"
        rf"(?:say|tell\s+(?:us|me)|write)\s+{ABOUT}\s+{TOPIC}",
    ),
    ("said_about", rf"what\s*(?:is|['’]s)\s+said\s+{ABOUT}\s+{TOPIC}"),
    ("said_about", rf"do(?:es)?\s+(?P<who>\S.*?)\s+(?:mention|say\s+anything\s+{ABOUT})\s+{TOPIC}"),
)
SPEAKERS: tuple[tuple[Voices, str], ...] = (
    ("main", r"(?:the|this)\s+(?:author|writer)"),
    ("sources", rf"(?:(?:the|your|its|other)\s+)?{ANY_SOURCES}"),
    ("both", r"(?:the|your)\s+(?:corpus|texts)|you"),
)
FOLLOW_UP = re.compile(
    r"(?:and|but|so|what\s+about|how\s+about|and\s+what\s+about)\s+"
    rf"(?:(?:about|on|of)\s+)?{TOPIC}",
    re.IGNORECASE,
)
POLITE = re.compile(r"^(?:please|hi|hello|so|ok|okay)[,\s]+|[,\s]+please$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the corpus itself; of a topic, where it asks what is said about one."""

    asked: Asked
    topic: str = ""
    voices: Voices = "both"


def read_request(
    question: str, history: tuple[Turn, ...], authors: frozenset[str] = frozenset()
) -> Request | None:
    """Return what a question asks of the corpus itself, None for a question to the texts.

    `authors` are names of the authors of the main texts, in lower case. "And Israel?" asks what the
    question before it asked.

    >>> read_request("What does the essay say about Iran?", ())
    Request(asked='said_about', topic='Iran', voices='main')
    """
    plain = _plain(question)
    follow_up = FOLLOW_UP.fullmatch(plain) if history else None
    if follow_up:
        return _follow_up(_topic(follow_up["topic"]), history, authors)
    work = rf"(?:{WORK}|this)" if history else rf"(?:{WORK}|this|it)"
    for asked, pattern in PATTERNS:
        match = re.fullmatch(pattern.replace("{work}", work), plain, re.IGNORECASE)
        if match:
            return _request(asked, match.groupdict(), work, authors)
    return None


def _follow_up(topic: str, history: tuple[Turn, ...], authors: frozenset[str]) -> Request | None:
    """Return what the last question asked, of another topic; None if it asked of none."""
    last_question = history[-1].question[:EARLIER_CHARS]
    request = read_request(last_question, history[:-1][-EARLIER_TURNS:], authors)
    if request and request.topic and topic:
        return replace(request, topic=topic)
    return None


def _request(
    asked: Asked, parts: dict[str, str | None], work: str, authors: frozenset[str]
) -> Request | None:
    if "topic" not in parts:
        return Request(asked)
    topic = _topic(parts["topic"] or "")
    who = parts.get("who")
    voices: Voices | None = "sources" if asked == "sources_on" else "both"
    if who:
        voices = _voices(who.casefold(), work, authors)
    return Request(asked, topic, voices) if topic and voices else None


def _voices(who: str, work: str, authors: frozenset[str]) -> Voices | None:
    if who in authors or re.fullmatch(work, who):
        return "main"
    return next((voices for voices, pattern in SPEAKERS if re.fullmatch(pattern, who)), None)


def _topic(words: str) -> str:
    """Return the topic without its article, empty where it is a question of its own."""
    topic = re.sub(r"^(?:the|a|an|any)\s+", "", words.strip(" “”\"'"), flags=re.IGNORECASE)
    short = len(topic.split()) <= MAX_TOPIC_WORDS and 0 < len(stems(topic)) <= MAX_TOPIC_STEMS
    return topic if short and not NO_TOPIC.search(topic) else ""


def _plain(question: str) -> str:
    """Return the question without what politeness puts around it."""
    bare = question.strip(" ?!.…")
    return POLITE.sub("", bare).strip(" ?!.")
