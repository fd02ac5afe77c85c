"""Public pairs → groups, and what each group is used for.

Pairs that share an evidence text or a claim form a group; groups go by their hash to the held-out
half, which is only reported on, or to the development half, of which two groups in three train the
entailment model and the third fits the regression.
"""

import hashlib
from collections.abc import Sequence
from typing import Literal

from eval.sets.pairs import Pair

PairUse = Literal["train", "fit", "report"]


def group(pairs: Sequence[Pair]) -> list[str]:
    """Return for each pair the name of its group (union-find over evidence texts and claims)."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for pair in pairs:
        parent[root(_hash(pair.claim))] = root(_hash(pair.evidence))
    smallest: dict[str, str] = {}
    for node in sorted(parent):
        smallest.setdefault(root(node), node)
    return [smallest[root(_hash(pair.claim))] for pair in pairs]


def part_of(name: str) -> PairUse:
    """Return what the pairs of a group are used for."""
    if int(name[:8], 16) % 2:
        return "report"
    return "fit" if int(name[16:24], 16) % 3 == 0 else "train"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
