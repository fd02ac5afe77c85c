"""Two texts → what one of them changes in a sentence that it repeats: names, who did what to whom, and denials.

Every word of "Israel sold Russia drones" stands in "Russia sold Israel drones", so neither names
nor likeness tell them apart. A sentence of the claim is aligned, word by word (Ratcliff and
Obershelp 1988, difflib), with each sentence of the evidence, names standing for any name. Where
most of its words find their place, names that stand in each other's are exchanged. Where nearly all
do, the claim repeats the sentence: then a name in another's place is told too, a denial more or
less, and a doubt made sure; and where nearly all words of the evidence do, what the claim adds to
them. A claim in quite other words, or with the verb turned round ("bought from"), is not aligned
and not judged.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.check.support import split
from rag.language.english import DOUBTFUL, FUNCTION_WORDS, NEGATORS, SPEAKING, SURE
from rag.language.facts import (
    AFFIRMED,
    DENIED,
    Mismatch,
    canonical,
    compare,
    names,
    same_name,
    stem,
)

ALIGNED = 0.6  # of the words of a sentence that are no names: no supported claim of the public pairs is judged at this
REPEATED = 0.9  # of these words
MIN_WORDS = 4  # of what counts as a repetition: a shorter sentence looks like any other
MIN_EXTENDED = 7  # of a sentence that is extended: a shorter one may be a heading
NAME = ""  # what stands for any name in an alignment
MARKS = frozenset(",;:()")
SAYS_NOTHING = FUNCTION_WORDS | SPEAKING  # of what a claim adds
LIST = frozenset(
    (NAME, ",", *map(stem, ("and", "or", "the", "both")))
)  # between names that may come in any order
TOKEN = re.compile(r"\w+(?:['\u2019]s)?|[,;:()]")
SHORT = {
    r"\bwon['\u2019]t\b": "will not",
    r"\bcan(?:no|['\u2019])t\b": "can not",
    r"n['\u2019]t\b": " not",
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sentence as words to align: `keys` are stems, or `NAME`.

    `said` the words as they stand, of a name all of them.
    """

    keys: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def denials(self) -> list[int]:
        """Where a word denies."""
        return [at for at, word in enumerate(self.said) if word.lower() in NEGATORS]

    @property
    def words(self) -> frozenset[int]:
        """Where a word is no name, mark or denial."""
        return frozenset(
            at for at, key in enumerate(self.keys) if key != NAME and key not in MARKS
        ) - {*self.denials}


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two sentences and the places, in each, of the words that they have in common.

    A name is in common with any.
    """

    claim: Tokens
    evidence: Tokens
    places: tuple[tuple[int, int], ...]

    @property
    def share(self) -> float:
        """How many of the claim's words find their place, names, marks and denials apart, in [0, 1]."""
        return len(self.claim.words & {at for at, _ in self.places}) / max(1, len(self.claim.words))

    @property
    def repeats(self) -> bool:
        """Whether the claim repeats the evidence, or a part of it."""
        return len(self.claim.words) >= MIN_WORDS and self.share >= REPEATED

    @property
    def extends(self) -> bool:
        """Whether the claim repeats all of the evidence, whatever it adds."""
        words = self.evidence.words
        return len(words) >= MIN_EXTENDED and len(
            words & {at for _, at in self.places}
        ) >= REPEATED * len(words)

    @property
    def gaps(self) -> list[tuple[range, range]]:
        """The places between the words in common, in the claim and in the evidence.

        Behind the last only in the claim.
        """
        ends = [*self.places, (len(self.claim.keys), self.places[-1][1] + 1)] if self.places else []
        between = zip([(-1, -1), *ends], ends, strict=False)
        return [(range(a + 1, later), range(b + 1, beside)) for (a, b), (later, beside) in between]

    @property
    def renamed(self) -> list[tuple[int, str, str]]:
        """Where the claim has another name than the evidence: the place, the name of the claim, that of the evidence."""
        named = [
            (a, self.claim.said[a], self.evidence.said[b])
            for a, b in self.places
            if self.claim.keys[a] == NAME
        ]
        return [(at, ours, theirs) for at, ours, theirs in named if not same_name(ours, theirs)]


def differences(
    claim: str, evidence: str, known: frozenset[str] = frozenset(), *, around: str | None = None
) -> tuple[Mismatch, ...]:
    """Return what `rag.language.facts.compare` finds, and what is changed in a sentence that the claim repeats.

    A name that the evidence does not mention may stand in what is `around` it, if that is given.
    """
    found = dict.fromkeys((*compare(claim, evidence, known), *changed(claim, evidence, known)))
    if around is None:
        return tuple(found)
    absent = {mismatch for mismatch in compare(claim, around, known) if mismatch.kind == "name"}
    return tuple(one for one in found if one.kind != "name" or one.evidence or one in absent)


def changed(claim: str, evidence: str, known: frozenset[str] = frozenset()) -> tuple[Mismatch, ...]:
    """Return a mismatch for each change: names exchanged or in another's place, denials, doubts made sure, words added.

    `known` are further names to know at the start of a sentence, such as those of the whole corpus.
    """
    known = known | frozenset(names(claim)) | frozenset(names(evidence))
    given = [_tokens(sentence, known) for sentence in split(evidence)]
    found: dict[Mismatch, None] = {}
    for one in (_tokens(sentence, known) for sentence in split(claim)):
        aligned = [_align(one, other) for other in given]
        crossed = [Mismatch("role", *pair) for alignment in aligned for pair in _crossed(alignment)]
        found |= dict.fromkeys(crossed)
        nearest = max(aligned, key=lambda alignment: alignment.share, default=None)
        if nearest and nearest.repeats:
            found |= dict.fromkeys(
                (*(() if crossed else _replaced(nearest)), *_denied(nearest), *_assured(nearest))
            )
        held = frozenset(key for other in given for key in other.keys)
        found |= dict.fromkeys(
            one for alignment in aligned if alignment.extends for one in _added(alignment, held)
        )
    return tuple(found)


def _align(claim: Tokens, evidence: Tokens) -> Alignment:
    blocks = SequenceMatcher(None, claim.keys, evidence.keys, autojunk=False).get_matching_blocks()
    return Alignment(
        claim,
        evidence,
        tuple((block.a + i, block.b + i) for block in blocks for i in range(block.size)),
    )


def _crossed(alignment: Alignment) -> Iterator[tuple[str, str]]:
    """Yield two names of the claim, each of which stands where the evidence has the other."""
    renamed = alignment.renamed if alignment.share >= ALIGNED else []
    for i, (at, said, given) in enumerate(renamed):
        for later, ours, theirs in renamed[i + 1 :]:
            listed = frozenset(alignment.claim.keys[at:later]) <= LIST
            if same_name(said, theirs) and same_name(given, ours) and not listed:
                yield said, given


def _replaced(alignment: Alignment) -> Iterator[Mismatch]:
    """Yield a mismatch for each name in the place of one that the claim does not have at all."""
    own = [
        said
        for key, said in zip(alignment.claim.keys, alignment.claim.said, strict=True)
        if key == NAME
    ]
    for _, ours, theirs in alignment.renamed:
        if not any(same_name(theirs, name) for name in own):
            yield Mismatch("name", ours, theirs)


def _added(alignment: Alignment, held: frozenset[str]) -> Iterator[Mismatch]:
    """Yield a mismatch for each word of meaning that the claim adds and no sentence of the evidence holds (`held`)."""
    claim = alignment.claim
    for at in (at for ours, theirs in alignment.gaps if not theirs for at in ours):
        low = claim.said[at].lower()
        if (
            at in claim.words
            and claim.keys[at] not in held
            and low.isalpha()
            and low not in SAYS_NOTHING
        ):
            yield Mismatch("addition", claim.said[at], None)


def _assured(alignment: Alignment) -> Iterator[Mismatch]:
    """Yield a mismatch for each word of doubt in whose place the claim has a sure one."""
    for gap in alignment.gaps:
        ours, theirs = (
            [of.said[at] for at in own]
            for of, own in zip((alignment.claim, alignment.evidence), gap, strict=True)
        )
        doubts = [word for word in theirs if word.lower() in DOUBTFUL]
        yield from (
            Mismatch("opposite", word, doubts[0])
            for word in ours
            if doubts and word.lower() in SURE
        )


def _denied(alignment: Alignment) -> Iterator[Mismatch]:
    """Yield a mismatch if the claim denies an odd number of times more, or less, than the words that it repeats.

    The "not only" of the evidence may be left out.
    """
    claim, evidence = alignment.claim, alignment.evidence
    first, last = alignment.places[0][1], alignment.places[-1][1]
    clause = max((at + 1 for at in range(first) if evidence.keys[at] in MARKS), default=0)
    ours, theirs = claim.denials, [at for at in evidence.denials if clause <= at <= last]
    more_said = sum(evidence.said[at + 1 : at + 2] == ("only",) for at in theirs)
    if (len(ours) - len(theirs)) % 2 and (
        len(ours) > len(theirs) or len(theirs) - len(ours) > more_said
    ):
        more, of = (ours, claim) if len(ours) > len(theirs) else (theirs, evidence)
        shared = {place[0 if of is claim else 1] for place in alignment.places}
        at = next((at for at in more if at not in shared), more[-1])
        yield Mismatch(
            "negation",
            next(iter(of.said[at + 1 :]), of.said[at]),
            AFFIRMED if of is claim else DENIED,
        )


def _tokens(sentence: str, known: frozenset[str]) -> Tokens:
    """Return the words of a sentence; names that follow each other are one."""
    own = frozenset(names(sentence, known))
    keys: list[str] = []
    said: list[str] = []
    for word in TOKEN.findall(_written_out(canonical(sentence))):
        bare = re.sub(r"['\u2019]s$", "", word)
        if bare in own and keys and keys[-1] == NAME:
            said[-1] += f" {bare}"
        else:
            keys.append(NAME if bare in own else stem(word))
            said.append(bare if bare in own else word)
    return Tokens(tuple(keys), tuple(said))


def _written_out(text: str) -> str:
    """Return a text with "not" for its short forms."""
    for short, whole in SHORT.items():
        text = re.sub(short, whole, text)
    return text
