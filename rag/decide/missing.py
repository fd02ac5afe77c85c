"""A question and its hits → the numbers from which `rag.decide.answerable` estimates whether the corpus answers it.

A reranker's score says that a passage is about the question, not that it answers it. What tells the
two apart is mostly what is missing: a name, a figure, a date, the thing counted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.types import Corpus
from rag.language.english import CONVERSE
from rag.language.facts import Facts, extract, opposites, stem
from rag.search.keywords import stems
from rag.types import Hit

TOP = 3  # hits whose words count as found
# A figure is given for one thing only: passages that are merely about the matter, by the reranker's
# logit, do not give it.
CLOSE = 3.0
FLOOR = -12.0  # the logit of a passage that has nothing to do with the question

NUMBER_ASKED = re.compile(
    r"\bhow (many|much|long|old|often|big|large|high)\b|\b(number of|percentage|share|percent|cost|total|budget|toll)\b",
    re.I,
)
YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
NAME = re.compile(r"\b[A-Z][\w’'-]*\w")
FIRST_WORD = re.compile(r"^\W*\w+")
# A denial is told from the text's where the question asks which thing it is true of ("Who did not
# sign?"). Whoever asks for a reason or a yes, or tells what is thought, denies what the text may
# say in other words: "Why should I not believe that?"
THING_ASKED = re.compile(
    r"^(?!\W*(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)(?:n[’']?t)?)\b)"
    r"(?!.*\b(?:why|how come|reasons?)\b).*\b(?:who|whom|whose|what|which|when|where|how)\b",
    re.I,
)
SUBORDINATE = re.compile(r"\b(?:that|because|although|if|whether)\b", re.I)
COUNTED = re.compile(r"\bhow many\s+(?:of\s+the\s+|of\s+)?([\w’'-]+)(?:\s+([\w’'-]+))?", re.I)
PLURAL = re.compile(r"(?<!s)s$|^(people|men|women|children|kids|ppl|police)$", re.I)
# Whoever asks for people is answered by a count of any kind of them.
PEOPLE = frozenset(
    stem(word)
    for word in re.findall(
        r"\w+",
        "people ppl persons civilians inhabitants residents men women children kids refugees victims fighters soldiers members "
        "deaths dead killed wounded prisoners detainees evacuees",
    )
)
ANYBODY = frozenset(map(stem, ("people", "ppl", "persons", "folks", "dead", "killed", "died")))
SAME = {stem("kids"): stem("children")}
NOT_NOUNS = frozenset(("was", "does", "has", "is", "its"))
QUESTION_WORDS = frozenset(
    stems(
        "who whom whose what which when where why how does did do is are was were say says said tell essay author article text"
    )
)


def read_vocabulary(corpus: Corpus) -> frozenset[str]:
    """Return the stems of every word of a corpus, its sources' titles and names with it."""
    words: set[str] = set()
    for source, text in zip(corpus.sources, corpus.texts, strict=True):
        words.update(
            stems(
                " ".join(filter(None, [text.body, source.title, source.author, source.publisher]))
            )
        )
    return frozenset(words)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a question names or asks for that the best passages do not have.

    Empty or false where nothing is missing.
    """

    names: tuple[str, ...]
    years: tuple[str, ...]
    figure: bool
    counted: str
    denied: str
    opposite: str


def content(question: str) -> list[str]:
    """Return the stems of a question that carry its meaning, once each."""
    return [word for word in dict.fromkeys(stems(question)) if word not in QUESTION_WORDS]


def names(question: str) -> list[str]:
    """Return the capitalised words of a question but its first, which any sentence begins with a capital."""
    first = FIRST_WORD.match(question)
    found = [match.group() for match in NAME.finditer(question, first.end() if first else 0)]
    return list(dict.fromkeys(name for name in found if content(name)))


def missing(question: str, hits: Sequence[Hit], vocabulary: frozenset[str]) -> Missing:
    """Return what the question names or asks for and its best hits (best first) do not have.

    A name: the whole corpus.
    """
    texts = [_words(hit) for hit in hits[:TOP]]
    passages = [hit.passage.text for hit in hits[:TOP]]
    facts = [extract(passage) for passage in passages]
    numbers = [number for of_one in facts for number in of_one.numbers]
    counted = _asked_for(question)
    closeness = max((hit.parts.get("sentence", CLOSE) for hit in hits[:TOP]), default=FLOOR)
    held = {stem(noun) for number in numbers for noun in number.nouns}
    return Missing(
        names=tuple(name for name in names(question) if not set(stems(name)) <= vocabulary),
        years=tuple(
            year
            for year in dict.fromkeys(YEAR.findall(question))
            if not any(year in text for text in texts)
        ),
        figure=bool(NUMBER_ASKED.search(question)) and not (numbers and closeness >= CLOSE),
        counted=" ".join(counted) if counted and not _counts(stem(counted[-1]), held) else "",
        denied=_denied(question, facts),
        opposite=_opposite(question, passages, facts),
    )


def _denied(question: str, facts: Sequence[Facts]) -> str:
    """Return a word that a question about a thing denies and its passages state, or any if they deny nothing; else "".

    What stands in a name denies nothing ("Doctors Without Borders").
    """
    if not THING_ASKED.search(question):
        return ""
    denied = extract(NAME.sub(" ", SUBORDINATE.split(question)[0])).negated
    negated = {key for given in facts for key in given.negated}
    stated = _asserted(facts) - negated if negated else denied.keys()
    return next((word for key, word in denied.items() if key in stated), "")


def _opposite(question: str, passages: Sequence[str], facts: Sequence[Facts]) -> str:
    """Return, in words, a word's opposite in a passage that has half of the question's other words, if none has the word."""
    asked, words, asserted = (
        extract(NAME.sub(" ", question)),
        set(content(question)),
        _asserted(facts),
    )
    for passage, given in zip(passages, facts, strict=True):
        held = set(stems(passage))
        for mismatch in opposites(asked, given):
            others = words - set(stems(mismatch.claim))
            lone = (
                mismatch.claim.lower() not in CONVERSE
                and stem(mismatch.claim.lower()) not in asserted
            )
            if lone and others and len(others & held) >= len(others) / 2:
                return f"“{mismatch.evidence}”, not “{mismatch.claim}”"
    return ""


def _asserted(facts: Sequence[Facts]) -> set[str]:
    return {key for given in facts for key in given.asserted}


def _asked_for(question: str) -> list[str]:
    """Return the noun after "how many", with the word before it where two follow.

    A verb comes after the noun's plural.
    """
    asked = COUNTED.search(question)
    if asked is None:
        return []
    first, second = asked.group(1), asked.group(2) or ""
    return [first, second] if PLURAL.search(second) and second.lower() not in NOT_NOUNS else [first]


def _counts(noun: str, held: set[str]) -> bool:
    """Say whether a number among those found counts what was asked for.

    All are stems, `held` of what they count.
    """
    return not held.isdisjoint(PEOPLE) if noun in ANYBODY else SAME.get(noun, noun) in held


def _words(hit: Hit) -> str:
    named = f"{hit.source.title} {hit.source.date}" if hit.source.wording == "note" else ""
    return f"{hit.passage.text} {named}"


def measure(hits: Sequence[Hit], lacks: Missing) -> dict[str, float]:
    """Return the features of a question's hits, and of what they lack, by name.

    None of them grows with the corpus.

    "answers" and "span" are there where a reader read the hits: its best logits for a text and for
    a passage of one.
    """
    read = [hit.parts for hit in hits if "answers" in hit.parts]
    return {
        **{name: max(parts[name] for parts in read) for name in ("answers", "span") if read},
        "paragraph": max((hit.parts.get("paragraph", FLOOR) for hit in hits), default=FLOOR),
        "dense": max((hit.parts.get("dense", 0.0) for hit in hits), default=0.0),
        "name_missing": float(bool(lacks.names)),
        "year_missing": float(bool(lacks.years)),
        "figure_missing": float(lacks.figure),
        "count_missing": float(bool(lacks.counted)),
        "denial_missing": float(bool(lacks.denied)),
        "opposite_found": float(bool(lacks.opposite)),
    }
