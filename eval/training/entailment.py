"""Train the entailment model on claims with their evidence: `rag/models/entailment.safetensors`.

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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.sets.alterations import alterations
from eval.sets.pairs import Pair, read_pairs
from eval.training.examples import Example
from eval.training.lines import PAIRS, Texts, in_part, read_lines, text_key
from eval.training.lora import SEED, fit
from eval.training.splits import PairUse, group, part_of
from rag.check.support import closest
from rag.language.words import names, split
from rag.models.entailment import ADAPTER

EPOCHS = 1
MAX_TOKENS = 320
HELD_TEXTS = 8  # one in so many
ALTERED = 0.5  # of the claims that are borne out, also once altered
REPEATED = 0.4  # of the lines, also a sentence of the evidence as it stands, and altered
LIGHT = 0.5  # weight of a pair that nobody has read
SENTENCE = range(30, 300)  # characters of a sentence to repeat

ClaimSplit = tuple[list[Example], list[Example]]  # to train on, held out


def main() -> None:
    """Train, report, and write the adapter if told to."""
    parser = argparse.ArgumentParser(description="Train the entailment model.")
    parser.add_argument("folder", type=Path, help="holds the public sets")
    parser.add_argument("--write", action="store_true", help=f"write {ADAPTER.name}")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("eval").setLevel(logging.INFO)
    public = {name: read_pairs(options.folder / f"{file}.jsonl.gz") for name, file in PAIRS.items()}
    reported = {
        text_key(claim.evidence) for claims in public.values() for claim in _part(claims, "report")
    }
    parts = {name: of_pairs(claims) for name, claims in public.items()}
    parts["claims"] = of_claims(Texts(options.folder), frozenset(reported))
    pairs = [pair for train, _ in parts.values() for pair in train]
    held_out = {name: held for name, (_, held) in parts.items()}
    model = fit(pairs, held_out, epochs=EPOCHS, max_tokens=MAX_TOKENS)
    if options.write:
        model.save(ADAPTER)


def of_pairs(claims: Sequence[Pair]) -> ClaimSplit:
    """Return the pairs of a public set.

    Each class of those to train on weighs the same, before some are altered.
    """
    rng = random.Random(SEED)
    to_train = _part(claims, "train")
    counts = Counter(claim.supported for claim in to_train)
    train = [
        _example(claim, weight=len(to_train) / 2 / counts[claim.supported]) for claim in to_train
    ]
    altered: list[Example] = []
    for pair in train:
        if pair.label and rng.random() < ALTERED:
            altered += _altered(pair, rng)
    return [*train, *altered], [_example(claim) for claim in _part(claims, "report")]


def of_claims(texts: Texts, reported: frozenset[str]) -> ClaimSplit:
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
        bad = Example(line["unsupported"], body[start:end], label=False)
        if in_part(line["document"], HELD_TEXTS):
            held_out += [good, bad]
        else:
            train += [good, bad, *_made_from(good, line, body, rng)]
    return train, held_out


def _made_from(
    good: Example, line: Mapping[str, Any], body: str, rng: random.Random
) -> Iterator[Example]:
    """Yield, for some lines, the claim altered, and a sentence repeated and altered."""
    if rng.random() < ALTERED:
        yield from _altered(good, rng)
    start, end = line["near"]
    sentences = [sentence for sentence in split(body[start:end]) if len(sentence) in SENTENCE]
    if sentences and rng.random() < REPEATED:
        repeated = Example(rng.choice(sentences), good.second, label=True, weight=LIGHT)
        yield repeated
        yield from _altered(repeated, rng)


def _example(claim: Pair, weight: float = 1.0) -> Example:
    evidence = closest(split(claim.evidence), claim.claim)
    return Example(claim.claim, evidence, claim.supported, weight=weight)


def _part(claims: Sequence[Pair], part: PairUse) -> list[Pair]:
    grouped = zip(claims, group(claims), strict=True)
    return [claim for claim, name in grouped if part_of(name) == part]


def _altered(pair: Example, rng: random.Random) -> Iterator[Example]:
    """Yield the claim of a pair with one thing altered, where the thing drawn can be."""
    alter = rng.choice([*alterations(sorted(names(pair.second))).values()])
    claim = alter(pair.first, rng)
    if claim and claim != pair.first:
        yield Example(claim, pair.second, label=False, weight=LIGHT)


if __name__ == "__main__":
    main()
