"""Two texts → the names that one has the other way round: "Israel sold Russia drones" beside "Russia sold Israel drones".

Every word of such a claim stands in its evidence, so neither names nor likeness tell them apart. A sentence of the claim is
aligned, word by word (Ratcliff and Obershelp 1988, difflib), with each sentence of the evidence, names standing for any name;
where most of its words find their place, names that stand in each other's are exchanged. A claim in quite other words, or
with the verb turned round ("bought from"), is not aligned and not judged.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import sentencex

from rag.facts import Mismatch, canonical, compare, names, same_name, stem

ALIGNED = 0.6  # of the words of a sentence that are no names: no supported claim of the public pairs is judged at this
NAME = ""  # what stands for any name in an alignment
LIST = frozenset((NAME, ",", *map(stem, ("and", "or", "the", "both"))))  # between names that may come in any order
TOKEN = re.compile(r"\w+(?:['\u2019]s)?|[,;:()]")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sentence as words to align: stems, or `NAME`; `names` are the names, in the places where they stand."""

    keys: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def words(self) -> int:
        """How many are no names."""
        return sum(key != NAME for key in self.keys)


def differences(claim: str, evidence: str, known: frozenset[str] = frozenset()) -> tuple[Mismatch, ...]:
    """Return what `rag.facts.compare` finds, and the names that are exchanged."""
    return (*compare(claim, evidence, known), *exchanged(claim, evidence, known))


def exchanged(claim: str, evidence: str, known: frozenset[str] = frozenset()) -> tuple[Mismatch, ...]:
    """Return a mismatch for each two names of the claim that the evidence has the other way round."""
    known = known | frozenset(names(claim)) | frozenset(names(evidence))
    given = [_tokens(sentence, known) for sentence in _sentences(evidence)]
    pairs = [pair for one in _sentences(claim) for other in given for pair in _crossed(_tokens(one, known), other)]
    return tuple(Mismatch("role", one, other) for one, other in dict.fromkeys(pairs))


def _crossed(claim: Tokens, evidence: Tokens) -> Iterator[tuple[str, str]]:
    """Yield two names of the claim, each of which stands where the evidence has the other."""
    if sum(key == NAME for key in claim.keys) < 2:
        return
    blocks = SequenceMatcher(None, claim.keys, evidence.keys, autojunk=False).get_matching_blocks()
    places = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
    found = [(a, claim.names[a], evidence.names[b]) for a, b in places if claim.keys[a] == NAME]
    if len(places) - len(found) < ALIGNED * max(1, claim.words):
        return
    other = [(at, said, given) for at, said, given in found if not same_name(said, given)]
    for i, (at, said, given) in enumerate(other):
        for later, ours, theirs in other[i + 1 :]:
            listed = frozenset(claim.keys[at:later]) <= LIST
            if same_name(said, theirs) and same_name(given, ours) and not listed:
                yield said, given


def _tokens(sentence: str, known: frozenset[str]) -> Tokens:
    """Return the words of a sentence; names that follow each other are one."""
    own = frozenset(names(sentence, known))
    keys: list[str] = []
    spoken: list[str] = []
    for word in TOKEN.findall(canonical(sentence)):
        bare = re.sub(r"['\u2019]s$", "", word)
        if bare in own and keys and keys[-1] == NAME:
            spoken[-1] += f" {bare}"
        else:
            keys.append(NAME if bare in own else stem(word))
            spoken.append(bare if bare in own else "")
    return Tokens(tuple(keys), tuple(spoken))


def _sentences(text: str) -> Sequence[str]:
    return [sentence for line in text.splitlines() for sentence in sentencex.segment("en", line) if sentence.strip()]
