"""A question about the corpus itself → what it asks: who wrote this, which sources there are, what is said about a topic.

The patterns take whole questions and nothing else, so that a question to the texts ("Who wrote the
open letter?") is never taken for one about them.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from rag.question.standalone import EARLIER_CHARS, EARLIER_TURNS
from rag.search.keywords import stems
from rag.types import Turn

Asked = Literal[
    "author", "date", "publisher", "title", "subject", "count", "list", "sources_on", "said_about"
]
Voices = Literal["main", "sources", "both"]

MAX_TOPIC_STEMS = 3  # a longer topic is a question of its own
MAX_TOPIC_WORDS = 6
# What makes a topic a question of its own: a clause, or a figure to look for.
NO_TOPIC = re.compile(
    r"\b(who|whom|whose|which|what|when|where|why|how|that|if|whether|is|are|was|were|do|does|did|it|this|these|those|them|"
    r"they|he|she|him|her|share|number|percentage|reasons?|causes?)\b",
    re.IGNORECASE,
)
IS = r"(?:is|was|['’]s)"
WORK = r"(?:(?:this|the|your)\s+(?:essay|article|text|piece|document))"
ANY_SOURCES = r"(?:sources?|notes|documents|reports)"
ABOUT = r"(?:about|on|regarding|concerning)"
TOPIC = r"(?P<topic>\S.*)"
# {work}: what names the text; with a history "it" is something that was spoken of, without one it
# can only be the text.
PATTERNS: tuple[tuple[Asked, str], ...] = (
    (
        "author",
        rf"who(?:\s+wrote|\s*{IS}\s+the\s+(?:author|writer)\s+of)\s+{{work}}|by\s+whom\s+is\s+{{work}}",
    ),
    ("author", rf"who\s*{IS}\s+(?:(?:the|its)\s+(?:author|writer)|{{work}}\s+by)"),
    (
        "date",
        r"when\s+was\s+{work}\s+(?:first\s+)?(?:written|published)|when\s+did\s+{work}\s+(?:come\s+out|appear)",
    ),
    (
        "date",
        r"what\s+is\s+the\s+(?:publication\s+)?date(?:\s+of\s+{work})?|(?:from\s+when|how\s+old)\s+is\s+{work}",
    ),
    (
        "publisher",
        r"where\s+was\s+{work}\s+(?:first\s+)?published|where\s+did\s+{work}\s+appear|who\s+published\s+{work}",
    ),
    (
        "title",
        rf"what\s*{IS}\s+(?:the|its)\s+title(?:\s+of\s+{{work}})?|what\s*{IS}\s+{{work}}\s+called",
    ),
    (
        "subject",
        rf"what\s*{IS}\s+{{work}}\s+(?:all\s+)?about|what\s*{IS}\s+the\s+(?:topic|subject)\s+of\s+{{work}}",
    ),
    ("subject", r"what\s+does\s+{work}\s+(?:deal\s+with|talk\s+about|cover)"),
    (
        "count",
        rf"how\s+many\s+{ANY_SOURCES}\s+(?:are\s+there|do\s+you\s+have|have\s+you\s+got|are\s+in\s+the\s+corpus)",
    ),
    (
        "list",
        rf"(?:which|what)\s+{ANY_SOURCES}\s+(?:do\s+you\s+have|have\s+you\s+got|do\s+you\s+(?:use|know)|are\s+there)",
    ),
    (
        "list",
        rf"what\s+are\s+(?:your|the)\s+sources|(?:list|show)\s+(?:me\s+)?(?:all\s+)?(?:your|the)\s+{ANY_SOURCES}",
    ),
    (
        "sources_on",
        rf"(?:which|what)\s+{ANY_SOURCES}\s+(?:do\s+you\s+have|have\s+you\s+got|are\s+there)\s+{ABOUT}\s+{TOPIC}",
    ),
    (
        "sources_on",
        rf"(?:which|what)\s+{ANY_SOURCES}\s+(?:(?:are\s+)?about|(?:speak|talk)\s+(?:of|about)|mention)\s+{TOPIC}",
    ),
    (
        "sources_on",
        rf"(?:do\s+you\s+have|have\s+you\s+got|are\s+there)\s+(?:any\s+)?{ANY_SOURCES}\s+{ABOUT}\s+{TOPIC}",
    ),
    (
        "said_about",
        rf"what\s+do(?:es)?\s+(?P<who>\S.*?)\s+(?:say|tell\s+(?:us|me)|write)\s+{ABOUT}\s+{TOPIC}",
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
    r"(?:and|but|so|what\s+about|how\s+about|and\s+what\s+about)\s+(?:(?:about|on|of)\s+)?(?P<topic>\S.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the corpus itself.

    `topic` and `voices` where it asks what is said about something.
    """

    asked: Asked
    topic: str = ""
    voices: Voices = "both"


def read_request(
    question: str, history: tuple[Turn, ...], authors: frozenset[str] = frozenset()
) -> Request | None:
    """Return what a question asks of the corpus itself, None for a question to the texts.

    `authors` are names of the authors of the main texts, in lower case. "And Israel?" asks what the question before it asked.
    """
    plain = _plain(question)
    follows = FOLLOW_UP.fullmatch(plain) if history else None
    if follows:
        earlier = read_request(
            history[-1].question[:EARLIER_CHARS], history[:-1][-EARLIER_TURNS:], authors
        )
        topic = _topic(follows["topic"])
        return replace(earlier, topic=topic) if earlier and earlier.topic and topic else None
    work = rf"(?:{WORK}|this)" if history else rf"(?:{WORK}|this|it)"
    for asked, pattern in PATTERNS:
        found = re.fullmatch(pattern.replace("{work}", work), plain, re.IGNORECASE)
        if found:
            return _request(asked, found.groupdict(), work, authors)
    return None


def _request(
    asked: Asked, parts: dict[str, str | None], work: str, authors: frozenset[str]
) -> Request | None:
    if "topic" not in parts:
        return Request(asked)
    topic, who = _topic(parts["topic"] or ""), parts.get("who")
    voices = (
        _voices(who.casefold(), work, authors)
        if who
        else "sources"
        if asked == "sources_on"
        else "both"
    )
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
    return re.sub(
        r"^(?:please|hi|hello|so|ok|okay)[,\s]+|[,\s]+please$", "", bare, flags=re.IGNORECASE
    ).strip(" ?!.")
