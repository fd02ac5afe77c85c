"""Train the checker: public claims with their evidence, borne out or not → the adapter `rag/models/entailment.safetensors`.

    python -m eval.training.entailment FOLDER [--write]

FOLDER holds the pairs that `eval.training.support` reads, and the texts that the claims of
`eval/training/data/claims.jsonl` are about. Trained on: two thirds of the development half of the
pairs (`eval.training.support` fits its regression on the other third and reports on the held-out
half); the claims, but for an eighth of the texts and any text of the held-out half; and of both
some that are borne out, altered as `eval.altered` does, which therefore measures alterations that
were trained on, in other texts. No text of the corpus that ships is read. Takes about half an hour
on two cores.
"""

import argparse
import logging
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.altered import alterations
from eval.sets.pairs import Pair, read_pairs
from eval.training.lines import PAIRS, Texts, in_part, read_lines, text_key
from eval.training.lora import SEED, Example, fit
from eval.training.support import Part, group, part_of
from rag.check.support import closest, split
from rag.language.facts import names
from rag.models.entailment import ADAPTER

EPOCHS = 1
MAX_TOKENS = 320
HELD_TEXTS = 8  # one in so many
ALTERED = 0.5  # of the claims that are borne out, also once altered
REPEATED = 0.4  # of the lines, also a sentence of the evidence as it stands, and altered
LIGHT = 0.5  # weight of a pair that nobody has read
SENTENCE = range(30, 300)  # characters of a sentence to repeat

Split = tuple[list[Example], list[Example]]  # to train on, held out


def main() -> None:
    """Train, report, and write the adapter if told to."""
    parser = argparse.ArgumentParser(description="Train the checker.")
    parser.add_argument("folder", type=Path, help="holds the public sets")
    parser.add_argument("--write", action="store_true", help=f"write {ADAPTER.name}")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("eval").setLevel(logging.INFO)
    public = {name: read_pairs(options.folder / f"{file}.jsonl.gz") for name, file in PAIRS.items()}
    reported = frozenset(
        text_key(claim.evidence) for own in public.values() for claim in _part(own, "report")
    )
    parts = {name: of_pairs(own) for name, own in public.items()} | {
        "claims": of_claims(Texts(options.folder), reported)
    }
    pairs = [pair for train, _ in parts.values() for pair in train]
    model = fit(
        pairs,
        {name: held for name, (_, held) in parts.items()},
        epochs=EPOCHS,
        max_tokens=MAX_TOKENS,
    )
    if options.write:
        model.save(ADAPTER)


def of_pairs(claims: Sequence[Pair]) -> Split:
    """Return the pairs of a public set.

    Each class of those to train on weighs the same, before some are altered.
    """
    rng = random.Random(SEED)
    own = _part(claims, "train")
    counts = Counter(claim.supported for claim in own)
    train = [_pair(claim, weight=len(own) / 2 / counts[claim.supported]) for claim in own]
    train += [
        bad
        for pair in train
        if pair.label and rng.random() < ALTERED
        for bad in _altered(pair, rng)
    ]
    return train, [_pair(claim) for claim in _part(claims, "report")]


def of_claims(texts: Texts, reported: frozenset[str]) -> Split:
    """Return the pairs of `claims.jsonl`, but for those about the texts with these keys."""
    rng = random.Random(SEED)
    train: list[Example] = []
    held_out: list[Example] = []
    for line in read_lines("claims"):
        if line["document"] in reported:
            continue
        body = texts.body(line["set"], line["document"])
        start, end = texts.window(line, rng)
        good = Example(line["supported"], body[start:end], label=True)
        pairs = [good, Example(line["unsupported"], body[start:end], label=False)]
        if in_part(line["document"], HELD_TEXTS):
            held_out += pairs
            continue
        train += [*pairs, *(_altered(good, rng) if rng.random() < ALTERED else [])]
        sentences = [
            one for one in split(body[line["near"][0] : line["near"][1]]) if len(one) in SENTENCE
        ]
        if sentences and rng.random() < REPEATED:
            repeated = Example(rng.choice(sentences), good.second, label=True, weight=LIGHT)
            train += [repeated, *_altered(repeated, rng)]
    return train, held_out


def _pair(claim: Pair, weight: float = 1.0) -> Example:
    return Example(
        claim.claim, closest(split(claim.evidence), claim.claim), claim.supported, weight=weight
    )


def _part(claims: Sequence[Pair], part: Part) -> list[Pair]:
    return [claim for claim, own in zip(claims, group(claims), strict=True) if part_of(own) == part]


def _altered(pair: Example, rng: random.Random) -> Iterator[Example]:
    """Yield the claim of a pair with one thing altered, where the thing drawn can be."""
    alter = rng.choice([*alterations(sorted(names(pair.second))).values()])
    claim = alter(pair.first, rng)
    if claim and claim != pair.first:
        yield Example(claim, pair.second, label=False, weight=LIGHT)


if __name__ == "__main__":
    main()
