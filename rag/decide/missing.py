"""What a question names or asks for and its best passages do not have.

A reranker's score says that a passage is about the question, not that it answers it. What tells the
two apart is mostly what is missing: a name, a figure, a date, the thing counted. `measure` puts
that into numbers, from which `rag.decide.answerable` estimates whether the corpus answers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.types import Corpus
from rag.language.compare import Facts, opposites, read_facts
from rag.language.words import full_names, stem, stems, word_set
from rag.types import Hit

TOP = 3  # hits whose words count as found
# A figure is given for one thing only: passages that are merely about the matter, by the reranker's
# logit, do not give it.
CLOSE = 3.0
FLOOR = -12.0  # the logit of a passage that has nothing to do with the question

NUMBER_ASKED = re.compile(
    r"\bhow (many|much|long|old|often|big|large|high)\b"
    r"|\b(number of|percentage|share|percent|cost|total|budget|toll)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
# A denial is told from the text's where the question asks which thing it is true of ("Who did not
# sign?"). Whoever asks for a reason or a yes, or tells what is thought, denies what the text may
# say in other words: "Why should I not believe that?"
AUXILIARY = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should"
THING_ASKED = re.compile(
    rf"^(?!\W*(?:(?:{AUXILIARY})(?:n[’']?t)?)\b)"
    r"(?!.*\b(?:why|how come|reasons?)\b)"
    r".*\b(?:who|whom|whose|what|which|when|where|how)\b",
    re.IGNORECASE,
)
SUBORDINATE = re.compile(r"\b(?:that|because|although|if|whether)\b", re.IGNORECASE)
COUNTED = re.compile(
    r"\bhow many\s+(?:of\s+the\s+|of\s+)?([\w’'-]+)(?:\s+([\w’'-]+))?", re.IGNORECASE
)
PLURAL = re.compile(r"(?<!s)s$|^(people|men|women|children|kids|ppl|police)$", re.IGNORECASE)
# Whoever asks for people is answered by a count of any kind of them.
PEOPLE = frozenset(
    map(
        stem,
        word_set(
            """
            people ppl persons civilians inhabitants residents men women children kids refugees
            victims fighters soldiers members deaths dead killed wounded prisoners detainees
            evacuees
            """
        ),
    )
)
ANYBODY = frozenset(map(stem, ("people", "ppl", "persons", "folks", "dead", "killed", "died")))
SAME = {stem("kids"): stem("children")}
NOT_NOUNS = frozenset(("was", "does", "has", "is", "its"))
# Two sides of one event: who asks who sold it to A is answered by what A bought.
CONVERSE = word_set(
    """
    buy buys sell sells bought sold buying selling lend lends borrow borrows lent import imports
    export exports
    """
)
# What a question says beside what it is about.
QUESTION_WORDS = frozenset(stems("say says said tell essay author article text"))


def read_vocabulary(corpus: Corpus) -> frozenset[str]:
    """Return the stems of every word of a corpus, its sources' titles and names with it."""
    words: set[str] = set()
    for source, text in zip(corpus.sources, corpus.texts, strict=True):
        fields = [text.body, source.title, source.author, source.publisher]
        words.update(stems(" ".join(filter(None, fields))))
    return frozenset(words)


@dataclass(frozen=True, slots=True)
class Missing:
    """What the best passages do not have; empty or false where nothing is missing."""

    names: tuple[str, ...]
    years: tuple[str, ...]
    figure: bool
    counted: str
    denied: str
    opposite: str


def content(question: str) -> list[str]:
    """Return the stems of a question that carry its meaning, once each."""
    return [word for word in dict.fromkeys(stems(question)) if word not in QUESTION_WORDS]


def missing(question: str, hits: Sequence[Hit], vocabulary: frozenset[str]) -> Missing:
    """Return what the question names or asks for and its best hits (best first) do not have.

    A name is missing only if the whole corpus has it not; `vocabulary` holds its stems.
    """
    best = hits[:TOP]
    facts = [read_facts(hit.passage.text) for hit in best]
    return Missing(
        names=tuple(name for name in full_names(question) if not set(stems(name)) <= vocabulary),
        years=_years(question, best),
        figure=_figure(question, best, facts),
        counted=_counted(question, facts),
        denied=_denied(question, facts),
        opposite=_opposite(question, facts),
    )


def _years(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the years asked for that stand in none of the hits."""
    texts = [_words(hit) for hit in hits]
    years = dict.fromkeys(YEAR.findall(question))
    return tuple(year for year in years if not any(year in text for text in texts))


def _words(hit: Hit) -> str:
    named = f"{hit.source.title} {hit.source.date}" if hit.source.wording == "note" else ""
    return f"{hit.passage.text} {named}"


def _figure(question: str, hits: Sequence[Hit], facts: Sequence[Facts]) -> bool:
    """Say whether a figure is asked for, and no hit that is close has any."""
    if not NUMBER_ASKED.search(question):
        return False
    closeness = max((hit.parts.get("sentence", CLOSE) for hit in hits), default=FLOOR)
    return closeness < CLOSE or not any(each.numbers for each in facts)


def _counted(question: str, facts: Sequence[Facts]) -> str:
    """Return what is to be counted, if no number of the hits counts it."""
    asked = _asked_for(question)
    if not asked:
        return ""
    numbers = [number for each in facts for number in each.numbers]
    nouns = {stem(noun) for number in numbers for noun in number.nouns}
    return "" if _counts(stem(asked[-1]), nouns) else " ".join(asked)


def _asked_for(question: str) -> list[str]:
    """Return the noun after "how many", with the word before it where two follow.

    A verb comes after the noun's plural.
    """
    asked = COUNTED.search(question)
    if asked is None:
        return []
    first, second = asked.group(1), asked.group(2) or ""
    is_noun = PLURAL.search(second) and second.lower() not in NOT_NOUNS
    return [first, second] if is_noun else [first]


def _counts(noun: str, counted: set[str]) -> bool:
    """Say whether a number counts what was asked for; all are stems."""
    if noun in ANYBODY:
        return not counted.isdisjoint(PEOPLE)
    return SAME.get(noun, noun) in counted


def _denied(question: str, facts: Sequence[Facts]) -> str:
    """Return a word that a question about a thing denies and its passages state, else "".

    Any denied word if the passages deny nothing at all. What stands in a name denies nothing
    ("Doctors Without Borders").
    """
    if not THING_ASKED.search(question):
        return ""
    denied = read_facts(_without_names(SUBORDINATE.split(question)[0])).negated
    negated = {key for each in facts for key in each.negated}
    stated = _asserted(facts) - negated if negated else denied.keys()
    return next((word for key, word in denied.items() if key in stated), "")


def _opposite(question: str, facts: Sequence[Facts]) -> str:
    """Return in words the opposite of a word of the question, in a passage that has the rest.

    The rest is half of the question's other words; "" where any passage has the word itself.
    """
    asked, words = read_facts(_without_names(question)), set(content(question))
    asserted = _asserted(facts)
    for each in facts:
        held = set(stems(each.text))
        for mismatch in opposites(asked, each):
            word = mismatch.claim.lower()
            others = words - set(stems(mismatch.claim))
            lone = word not in CONVERSE and stem(word) not in asserted
            if lone and others and len(others & held) >= len(others) / 2:
                return f"“{mismatch.evidence}”, not “{mismatch.claim}”"
    return ""


def _asserted(facts: Sequence[Facts]) -> set[str]:
    return {key for each in facts for key in each.asserted}


def _without_names(question: str) -> str:
    return re.sub(r"\b[A-Z][\w’'-]*\w", " ", question)


def measure(hits: Sequence[Hit], lacks: Missing) -> dict[str, float]:
    """Return the features of a question's hits, and of what they lack, by name.

    None of them grows with the corpus. "answers" and "span" are there where a reader read the hits:
    its best logits for a text and for a passage of one. "paragraph" is the reranker's best.
    """
    read = [hit.parts for hit in hits if "answers" in hit.parts]
    best = {name: max(parts[name] for parts in read) for name in ("answers", "span") if read}
    return {
        **best,
        "paragraph": max((hit.parts.get("paragraph", FLOOR) for hit in hits), default=FLOOR),
        "dense": max((hit.parts.get("dense", 0.0) for hit in hits), default=0.0),
        "name_missing": float(bool(lacks.names)),
        "year_missing": float(bool(lacks.years)),
        "figure_missing": float(lacks.figure),
        "count_missing": float(bool(lacks.counted)),
        "denial_missing": float(bool(lacks.denied)),
        "opposite_found": float(bool(lacks.opposite)),
    }
