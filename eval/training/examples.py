"""Labelled pairs of texts → tokens, and batches of them as tensors."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from rag.models.encoder import load_tokenizer

BATCH = 16
POOL = 16 * BATCH  # pairs drawn at once and sorted by length, to make batches of


@dataclass(frozen=True, slots=True)
class Example:
    """Two texts and whether the second answers (bears out) the first.

    `place`: characters of the second that do.
    """

    first: str
    second: str
    label: bool
    place: tuple[int, int] | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair as tokens; `place` are the tokens of the answer, (0, 0) for "nowhere"."""

    ids: list[int]
    types: list[int]
    place: tuple[int, int]
    pair: Example


def encode(pair: Example, max_tokens: int, rng: random.Random) -> Encoded:
    """Return the pair as at most `max_tokens` tokens.

    Of a longer second text it is a random stretch that holds the place.
    """
    encoded = _tokenizer().encode(pair.first, pair.second)
    second = [i for i, sequence in enumerate(encoded.sequence_ids) if sequence == 1]
    others = [i for i, sequence in enumerate(encoded.sequence_ids) if sequence != 1]
    answer = _answer(encoded, second, pair)
    room = max_tokens - len(others)
    if len(second) > room > 0:
        second = _stretch(second, answer, room, rng)
    kept = [*others[:-1], *second, others[-1]]
    position = {token: i for i, token in enumerate(kept)}
    place = (position.get(answer[0], 0), position.get(answer[-1], 0)) if answer else (0, 0)
    ids = [encoded.ids[i] for i in kept]
    types = [encoded.type_ids[i] for i in kept]
    return Encoded(ids, types, place, pair)


def _answer(encoded: Encoding, second: Sequence[int], pair: Example) -> list[int]:
    """Return the tokens of the second text that stand at the place of the answer."""
    start, end = pair.place or (0, 0)
    offsets = encoded.offsets
    return [i for i in second if offsets[i][0] < end and offsets[i][1] > start]


def _stretch(second: list[int], answer: Sequence[int], room: int, rng: random.Random) -> list[int]:
    """Return `room` of the tokens in a row, those of the answer among them."""
    low, high = 0, len(second) - room
    if answer:
        low = max(low, answer[-1] - second[0] - room + 1)
        high = min(high, answer[0] - second[0])
    start = rng.randint(min(low, high), high)
    return second[start : start + room]


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return load_tokenizer()


def batches(encoded: Sequence[Encoded], rng: random.Random) -> Iterator[list[Encoded]]:
    """Yield batches of pairs of like length, in random order."""
    order = list(encoded)
    rng.shuffle(order)
    pieces = []
    for start in range(0, len(order), POOL):
        pool = sorted(order[start : start + POOL], key=lambda pair: len(pair.ids))
        pieces += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
    rng.shuffle(pieces)
    yield from pieces


def tensors(pairs: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor]:
    """Return token ids, attention mask and token types, each of shape (pairs, longest pair)."""
    length = max(len(pair.ids) for pair in pairs)
    ids, mask, types = (torch.zeros(len(pairs), length, dtype=torch.long) for _ in range(3))
    for row, pair in enumerate(pairs):
        size = len(pair.ids)
        ids[row, :size] = torch.tensor(pair.ids)
        types[row, :size] = torch.tensor(pair.types)
        mask[row, :size] = 1
    return ids, mask, types
