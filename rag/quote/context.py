"""Quotes that can be understood alone: a sentence is quoted with what it leans on.

"They rejected it." says nothing by itself, so the sentence before is quoted too; and what begins
with "But" or "Instead" is the other half of what stands before it, so after a claim that others
make its answer is quoted too.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from ingest.neighbours import Neighbours
from ingest.types import Corpus, Passage
from rag.types import Quote

LEANS_BACK = re.compile(
    r"[“\"'(]?(it|its|they|them|their|theirs|he|his|she|her|hers|this|that|these|those|such|"
    r"the (same|latter|former)|and|but|yet|or|nor|so|thus|hence|therefore|instead|rather|however|"
    r"still|also|moreover|then|"
    r"otherwise|by the same|"
    r"in (turn|contrast|return|other words)|on the contrary|as a result)\b",
    re.IGNORECASE,
)
MAX_BACK = 2
# Sentences between two that are quoted: so few are quoted too, or the reader gets crumbs.
BRIDGED = 2
LEAD_WORDS = 60  # of the lead, unless its first quote alone has more
# What says nothing without the sentence after it.
ANNOUNCES = re.compile(
    r"[:?][”\"’')]*\s*$|\b(?:following|as follows)\b[^.;:]{0,40}[.;:]?\s*$", re.IGNORECASE
)
# What others say, for the author to reply to.
REPORTED = re.compile(
    r"\b(some|others|many|critics)\b[^.]{0,40}\b(say|said|claim|argu|complain|insist|believe)\w*",
    re.IGNORECASE,
)


def leans_back(text: str) -> bool:
    """Say whether a sentence cannot be understood without the one before it, by how it begins."""
    return LEANS_BACK.match(text) is not None


def announces(text: str) -> bool:
    """Say whether a sentence says nothing without the one after it.

    >>> announces("These are of the following kinds."), announces("But where is the king?")
    (True, True)
    """
    return ANNOUNCES.search(text) is not None


def with_context(passage: Passage, neighbours: Neighbours) -> list[Passage]:
    """Return the passage with what it leans on before it and what leans on it after it."""
    found = [passage]
    while len(found) <= MAX_BACK and leans_back(found[0].text):
        before = neighbours.before(found[0])
        if before is None:
            break
        found.insert(0, before)
    after = neighbours.after(passage)
    if after is not None and (leans_back(after.text) or announces(passage.text)):
        found.append(after)
    return found


def lead_context(passage: Passage, neighbours: Neighbours) -> list[Passage]:
    """Return a passage that leads, and what it is quoted together with.

    What leans on it comes too unless that makes it long; but what others say is never quoted
    without the reply.
    """
    whole = in_context(passage, neighbours)
    needed = REPORTED.search(passage.text) or announces(passage.text)
    if word_count(whole) <= LEAD_WORDS or needed:
        return whole
    return in_context(passage, neighbours, ahead=False)


def in_context(passage: Passage, neighbours: Neighbours, *, ahead: bool = True) -> list[Passage]:
    """Return the passage first, then what it is quoted together with.

    Without `ahead` only what it leans on, not what leans on it.
    """
    around = with_context(passage, neighbours)
    if not ahead:
        around = around[: around.index(passage) + 1]
    return [passage, *(other for other in around if other != passage)]


def word_count(passages: Iterable[Passage]) -> int:
    """Return how many words passages have."""
    return sum(len(passage.text.split()) for passage in passages)


def joined(
    passages: Iterable[Passage],
    corpus: Corpus,
    neighbours: Neighbours,
    apart: Collection[Passage] = (),
) -> list[Quote]:
    """Return quotes that cover the passages, in the order of the texts, neighbours in one.

    Notes are facts apart: only neighbours are joined. No quote reaches over a passage of `apart`.
    """
    ordered = sorted(set(passages), key=lambda passage: neighbours.position[passage])
    runs: list[list[Passage]] = []
    for passage in ordered:
        reach = 0 if passage.source_id in neighbours.notes else BRIDGED
        if runs and _near(runs[-1][-1], passage, neighbours, reach, apart):
            runs[-1].append(passage)
        else:
            runs.append([passage])
    return [_quote(run, corpus) for run in runs]


def _near(
    one: Passage, later: Passage, neighbours: Neighbours, reach: int, apart: Collection[Passage]
) -> bool:
    """Say whether no more than `reach` passages stand between two, all neighbours, none apart."""
    before = neighbours.before(later)
    for _ in range(reach):
        if before is None or before == one or before in apart:
            break
        before = neighbours.before(before)
    return before == one


def _quote(run: Sequence[Passage], corpus: Corpus) -> Quote:
    first, last = run[0], run[-1]
    unit, number = first.locator.split()
    locator = (
        first.locator
        if first.locator == last.locator
        else f"{unit}s {number} to {last.locator.split()[-1]}"
    )
    body = corpus.body(first.source_id)
    return Quote(first.source_id, first.start, last.end, body[first.start : last.end], locator)
