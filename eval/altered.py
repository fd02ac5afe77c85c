"""Sentences of the corpus, altered → how many of each alteration the check of written sentences notices.

    python -m eval.altered

The sentences are those that hold gold of the development half, each citing itself; the check is the
product's. The first row repeats them word for word: what it withholds there it withholds wrongly.
The checker was trained on alterations like those of
`alterations`, in other texts, and on none of those of `untrained`.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from eval.metrics.gold import meets
from eval.sets.cases import SHIPPED, load_cases
from eval.types import Place
from ingest.embed import load_embeddings
from ingest.passages import split_corpus
from ingest.sources import read_corpus
from ingest.types import Corpus, Passage
from rag.check.sentence import read_check
from rag.check.support import load_scorer
from rag.language.english import FUNCTION_WORDS, OPPOSITES_LISTED
from rag.language.facts import names, same_name
from rag.types import WITHHELD, Quote

SEED = 0
VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could)\b(?! not)")
DIGITS = re.compile(r"\d[\d,.]*\d|\d")
DENIAL = re.compile(r"\b(?:not|never) |(?<=\w)n['’]t\b")
CERTAIN = {
    "may": "will",
    "might": "will",
    "could": "would",
    "if": "because",
    "almost": "",
} | dict.fromkeys(("some", "many", "most"), "all")
HEDGE = re.compile(rf"\b(?:{'|'.join(CERTAIN)})\b(?! \d)")
OPPOSITES = {
    word: pair[1 - i]
    for pair in map(str.split, OPPOSITES_LISTED.split(","))
    for i, word in enumerate(pair)
}
OPPOSED = re.compile(rf"\b(?:{'|'.join(sorted(OPPOSITES, key=len, reverse=True))})\b")
# Details that nothing in the corpus says of anything, to end a sentence with.
DETAILS = (
    " in secret",
    " within a single week",
    ", as a court later confirmed",
    " for the first time since 1973",
    ", with Chinese money",
)
NAMED = re.compile(r"\b[A-Z][\w’'-]*\w(?:\s+[A-Z][\w’'-]*\w)*")

Alteration = Callable[[str, random.Random], str | None]


def main() -> None:
    """Print the table."""
    corpus = read_corpus()
    embeddings = load_embeddings()
    check = read_check(corpus, load_scorer(embeddings=embeddings), embeddings)
    rows = list(questions_and_passages(corpus))
    others = sorted({name for _, passage in rows for name in names(passage.text)})
    table = Table("altered", "withheld", "of")
    for label, alter in {"nothing": unaltered, **alterations(others), **untrained()}.items():
        rng = random.Random(SEED)
        seen = [
            (q, p, altered)
            for q, p in rows
            if (altered := alter(p.text, rng)) and (altered != p.text or alter is unaltered)
        ]
        verdicts = [
            check(question, text, (Quote.whole(passage),)).verdict
            for question, passage, text in seen
        ]
        table.add_row(
            label, str(sum(verdict in WITHHELD for verdict in verdicts)), str(len(verdicts))
        )
    moved = [(q, p, rows[(i + len(rows) // 2) % len(rows)][1]) for i, (q, p) in enumerate(rows)]
    wrong = [
        check(q, p.text, (Quote.whole(o),)).verdict
        for q, p, o in moved
        if p.source_id != o.source_id
    ]
    table.add_row(
        "another passage cited", str(sum(verdict in WITHHELD for verdict in wrong)), str(len(wrong))
    )
    Console().print(table)


def questions_and_passages(corpus: Corpus) -> Iterator[tuple[str, Passage]]:
    """Yield the passages that hold gold words of the development half, once each, with the question they answer."""
    passages = split_corpus(corpus, max_chars=600)
    seen: set[Passage] = set()
    for case in load_cases(SHIPPED, corpus, halves=("dev",)):
        for item in case.evidence:
            found = next(
                (p for p in passages if meets([Place(p.source_id, p.start, p.end)], item)), None
            )
            if found and found not in seen:
                seen.add(found)
                yield case.standalone or case.question, found


def alterations(others: Sequence[str]) -> dict[str, Alteration]:
    """Return the alterations by name; `others` are names to put in another's place."""
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


def unaltered(text: str, rng: random.Random) -> str:
    """Return the text."""
    return text


def digit_changed(text: str, rng: random.Random) -> str | None:
    """Return the text with one digit of one number changed, None where there is no number."""
    numbers = list(DIGITS.finditer(text))
    if not numbers:
        return None
    number = rng.choice(numbers)
    at = rng.choice([i for i in range(number.start(), number.end()) if text[i].isdigit()])
    digit = rng.choice([d for d in "123456789" if d != text[at]])
    return text[:at] + digit + text[at + 1 :]


def denied(text: str, rng: random.Random) -> str | None:
    """Return the text with its first verb denied, None where none is found."""
    verb = VERB.search(text)
    return f"{text[: verb.end()]} not{text[verb.end() :]}" if verb else None


def affirmed(text: str, rng: random.Random) -> str | None:
    """Return the text without one of its denials, None where there is none."""
    denials = list(DENIAL.finditer(text))
    if not denials:
        return None
    denial = rng.choice(denials)
    return text[: denial.start()] + text[denial.end() :]


def opposed(text: str, rng: random.Random) -> str | None:
    """Return the text with the opposite of one of its words, None where none has one."""
    return _put(text, OPPOSED, OPPOSITES, rng)


def assured(text: str, rng: random.Random) -> str | None:
    """Return the text with one word of doubt or limit made sure, None where there is none."""
    return _put(text, HEDGE, CERTAIN, rng)


def detailed(text: str, rng: random.Random) -> str | None:
    """Return the text with a detail more at its end."""
    return text.rstrip(".") + rng.choice(DETAILS) + "."


def _put(
    text: str, pattern: re.Pattern[str], others: Mapping[str, str], rng: random.Random
) -> str | None:
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    return " ".join((text[: match.start()] + others[match.group()] + text[match.end() :]).split())


def renamed(text: str, rng: random.Random, others: Sequence[str]) -> str | None:
    """Return the text with a name in another's place, None where there is none."""
    own = [name for name in names(text) if name in text]
    strange = [name for name in others if not any(same_name(name, one) for one in own)]
    return (
        re.sub(rf"\b{re.escape(own[0])}\b", rng.choice(strange), text) if own and strange else None
    )


def exchanged(text: str, known: frozenset[str]) -> str | None:
    """Return the text with its first two names in each other's place, None where no word of meaning parts them."""
    found = [
        m
        for m in NAMED.finditer(text)
        if m.group().split()[0].lower() not in FUNCTION_WORDS and names(m.group(), known)
    ]
    if len(found) < 2 or same_name(found[0].group(), found[1].group()):
        return None
    one, other = found[0], found[1]
    between = text[one.end() : other.start()]
    if not re.search(r"\b[a-z]{4,}", between):
        return None
    return text[: one.start()] + other.group() + between + one.group() + text[other.end() :]


if __name__ == "__main__":
    main()
