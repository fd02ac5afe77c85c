"""What a claim changes in a sentence that it repeats: names, who did what to whom, denials.

Every word of "Israel sold Russia drones" stands in "Russia sold Israel drones", so neither names
nor likeness tell them apart. A sentence of the claim is aligned, word by word (Ratcliff and
Obershelp 1988, difflib), with each sentence of the evidence, names standing for any name. Where
most of its words find their place, names that stand in each other's are exchanged. Where nearly all
do, the claim repeats the sentence: then a name in another's place is told too, a denial more or
less, and a doubt made sure; and where nearly all words of the evidence do, what the claim adds to
them. A claim in quite other words, or with the verb turned round ("bought from"), is not aligned
and not judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.language.compare import AFFIRMED, DENIED, Facts, Mismatch, compare
from rag.language.tokens import MARKS, NAME, Tokens, read_tokens
from rag.language.words import FUNCTION_WORDS, names, same_name, split, stem, word_set

# Of the words of a sentence that are no names; no supported claim of the public pairs is judged.
ALIGNED = 0.6
REPEATED = 0.9  # of these words
MIN_WORDS = 4  # of what counts as a repetition: a shorter sentence looks like any other
MIN_EXTENDED = 7  # of a sentence that is extended: a shorter one may be a heading
# Words that leave a doubt or a limit, and words that leave none.
DOUBTFUL = word_set("may might could some many most few if")
SURE = word_set("will would must shall all every everyone always because is are was were")
# What a claim may add to the words that it repeats: who speaks, and how.
SPEAKING = word_set(
    """
    essay article author text note source report paper say says said writes wrote argues notes
    reports states describes claims according adds explains tells told mentions
    """
)
SAYS_NOTHING = FUNCTION_WORDS | SPEAKING
# Between names that may come in any order.
LIST = frozenset((NAME, ",", *map(stem, ("and", "or", "the", "both"))))


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
        """How many of the claim's words find their place, in [0, 1]; names and denials apart."""
        placed = {at for at, _ in self.places}
        return len(self.claim.words & placed) / max(1, len(self.claim.words))

    @property
    def repeats(self) -> bool:
        """Whether the claim repeats the evidence, or a part of it."""
        return len(self.claim.words) >= MIN_WORDS and self.share >= REPEATED

    @property
    def extends(self) -> bool:
        """Whether the claim repeats all of the evidence, whatever it adds."""
        words, placed = self.evidence.words, {at for _, at in self.places}
        return len(words) >= MIN_EXTENDED and len(words & placed) >= REPEATED * len(words)

    @property
    def gaps(self) -> list[tuple[range, range]]:
        """The places between the words in common, in the claim and in the evidence.

        Behind the last word in common only those of the claim.
        """
        if not self.places:
            return []
        ends = [*self.places, (len(self.claim.keys), self.places[-1][1] + 1)]
        starts = [(-1, -1), *self.places]
        return [
            (range(start[0] + 1, end[0]), range(start[1] + 1, end[1]))
            for start, end in zip(starts, ends, strict=True)
        ]

    @property
    def renamed(self) -> list[tuple[int, str, str]]:
        """Where the claim has another name: the place, the claim's name, the evidence's."""
        pairs = [
            (at, self.claim.said[at], self.evidence.said[beside]) for at, beside in self.places
        ]
        return [
            (at, ours, theirs)
            for at, ours, theirs in pairs
            if self.claim.keys[at] == NAME and not same_name(ours, theirs)
        ]


def differences(
    claim: Facts,
    evidence: Facts,
    known: frozenset[str] = frozenset(),
    *,
    around: Facts | None = None,
) -> tuple[Mismatch, ...]:
    """Return what `compare` finds, and what is changed in a sentence that the claim repeats.

    A name that the evidence does not mention may stand in what is `around` it, if that is given.
    """
    changes = changed(claim.text, evidence.text, known)
    mismatches = dict.fromkeys((*compare(claim, evidence, known), *changes))
    if around is None:
        return tuple(mismatches)
    absent = {one for one in compare(claim, around, known) if one.kind == "name"}
    return tuple(one for one in mismatches if one.kind != "name" or one.evidence or one in absent)


def changed(claim: str, evidence: str, known: frozenset[str] = frozenset()) -> tuple[Mismatch, ...]:
    """Return a mismatch for each change.

    Names exchanged or in another's place, denials, doubts made sure, words added. `known` are
    further names to know at the start of a sentence, such as those of the whole corpus.
    """
    known = known | frozenset(names(claim)) | frozenset(names(evidence))
    given = [read_tokens(sentence, known) for sentence in split(evidence)]
    held = frozenset(key for sentence in given for key in sentence.keys)
    mismatches: list[Mismatch] = []
    for sentence in split(claim):
        tokens = read_tokens(sentence, known)
        alignments = [_align(tokens, other) for other in given]
        mismatches += _changes(alignments)
        for alignment in alignments:
            if alignment.extends:
                mismatches += _added(alignment, held)
    return tuple(dict.fromkeys(mismatches))


def _changes(alignments: list[Alignment]) -> Iterator[Mismatch]:
    """Yield what a sentence changes in those it is aligned with, and most in the nearest."""
    crossed = [Mismatch("role", *pair) for one in alignments for pair in _crossed(one)]
    yield from crossed
    nearest = max(alignments, key=lambda alignment: alignment.share, default=None)
    if nearest and nearest.repeats:
        if not crossed:
            yield from _replaced(nearest)
        yield from _denied(nearest)
        yield from _assured(nearest)


def _align(claim: Tokens, evidence: Tokens) -> Alignment:
    matcher = SequenceMatcher(None, claim.keys, evidence.keys, autojunk=False)
    places = [
        (block.a + step, block.b + step)
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]
    return Alignment(claim, evidence, tuple(places))


def _crossed(alignment: Alignment) -> Iterator[tuple[str, str]]:
    """Yield two names of the claim, each of which stands where the evidence has the other."""
    if alignment.share < ALIGNED:
        return
    renamed = alignment.renamed
    for number, (at, said, given) in enumerate(renamed):
        for later, ours, theirs in renamed[number + 1 :]:
            listed = frozenset(alignment.claim.keys[at:later]) <= LIST
            if same_name(said, theirs) and same_name(given, ours) and not listed:
                yield said, given


def _replaced(alignment: Alignment) -> Iterator[Mismatch]:
    """Yield a mismatch for each name in the place of one that the claim does not have at all."""
    claim = alignment.claim
    claim_names = [said for key, said in zip(claim.keys, claim.said, strict=True) if key == NAME]
    for _, ours, theirs in alignment.renamed:
        if not any(same_name(theirs, name) for name in claim_names):
            yield Mismatch("name", ours, theirs)


def _added(alignment: Alignment, held: frozenset[str]) -> Iterator[Mismatch]:
    """Yield each word of meaning that the claim adds and no sentence of the evidence holds."""
    claim = alignment.claim
    for ours, theirs in alignment.gaps:
        if theirs:
            continue
        for at in ours:
            low = claim.said[at].lower()
            new = at in claim.words and claim.keys[at] not in held
            if new and low.isalpha() and low not in SAYS_NOTHING:
                yield Mismatch("addition", claim.said[at], None)


def _assured(alignment: Alignment) -> Iterator[Mismatch]:
    """Yield a mismatch for each word of doubt in whose place the claim has a sure one."""
    for ours, theirs in alignment.gaps:
        evidence_words = [alignment.evidence.said[at] for at in theirs]
        doubts = [word for word in evidence_words if word.lower() in DOUBTFUL]
        claim_words = [alignment.claim.said[at] for at in ours]
        sure = [word for word in claim_words if word.lower() in SURE]
        if doubts:
            yield from (Mismatch("opposite", word, doubts[0]) for word in sure)


def _denied(alignment: Alignment) -> Iterator[Mismatch]:
    """Yield a mismatch if the claim denies an odd number of times more, or less.

    The "not only" of the evidence may be left out.
    """
    claim, evidence = alignment.claim, alignment.evidence
    first, last = alignment.places[0][1], alignment.places[-1][1]
    clause = max((at + 1 for at in range(first) if evidence.keys[at] in MARKS), default=0)
    ours = claim.denials
    theirs = [at for at in evidence.denials if clause <= at <= last]
    not_only = sum(evidence.said[at + 1 : at + 2] == ("only",) for at in theirs)
    surplus = len(ours) - len(theirs)
    if surplus % 2 and surplus > 0:
        yield Mismatch(
            "negation", _denied_word(claim, ours, {a for a, _ in alignment.places}), AFFIRMED
        )
    elif surplus % 2 and -surplus > not_only:
        yield Mismatch(
            "negation", _denied_word(evidence, theirs, {b for _, b in alignment.places}), DENIED
        )


def _denied_word(sentence: Tokens, denials: list[int], shared: set[int]) -> str:
    """Return the word behind the first denial that is not shared, or the last one."""
    at = next((at for at in denials if at not in shared), denials[-1])
    return next(iter(sentence.said[at + 1 :]), sentence.said[at])
