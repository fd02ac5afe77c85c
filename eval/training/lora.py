"""Train an adapter of the packaged cross-encoder on labelled pairs of texts.

`rag.models.encoder` runs what comes out.

Low-rank adaptation (Hu et al. 2021): the weights stay as they are, and beside each matrix two thin
ones are learned. On two cores a pair of 130 tokens takes a twentieth of a second.
"""

import logging
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as nnf

from eval.metrics.stats import auroc
from rag.models.encoder import HIDDEN, SCALE, load_base, load_tokenizer

RANK = 16
BATCH = 16
RATE = 5e-4
WARM_UP = 0.06  # share of the steps over which the rate rises
WEIGHT_DECAY = 0.01
SPAN_SHARE = 0.5  # of the loss of the answer's place, beside that of the label
SEED = 0

log = logging.getLogger(__name__)


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


class LowRank(nn.Module):
    """A linear layer with a low-rank addition, zero at first."""

    def __init__(self, layer: nn.Linear) -> None:
        """Take the layer, whose own weights are not trained."""
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(
            torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features)
        )
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, hidden: Tensor) -> Tensor:
        """Return the layer's output and the addition's."""
        added: Tensor = nnf.linear(nnf.linear(hidden, self.down), self.up)
        return self.layer(hidden) + SCALE * added  # type: ignore[no-any-return]  # a module's call is untyped


class Adapted(nn.Module):
    """The encoder with an adapter and its heads: a logit of the pair, and two (begins, ends) of each token."""

    def __init__(self) -> None:
        """Load the encoder and put the additions in."""
        super().__init__()
        self.encoder = load_base()
        for name, layer in [
            (n, m) for n, m in self.encoder.named_modules() if isinstance(m, nn.Linear)
        ]:
            parent, _, own = name.rpartition(".")
            setattr(self.encoder.get_submodule(parent), own, LowRank(layer))
        self.pooled, self.tokens = nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, 2)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of the pairs, shape (batch,), and of their tokens, shape (batch, tokens, 2)."""
        out = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types)
        return self.pooled(out.pooler_output)[:, 0], self.tokens(out.last_hidden_state)

    def save(self, file: Path) -> None:
        """Write the adapter and its heads, as 16-bit floats."""
        trained = {
            name.removeprefix("encoder."): p
            for name, p in self.named_parameters()
            if p.requires_grad
        }
        save_file(
            {name: weight.detach().half().contiguous() for name, weight in trained.items()}, file
        )
        file.chmod(0o644)  # as any other file of the package


def fit(
    pairs: Sequence[Example],
    held_out: Mapping[str, Sequence[Example]],
    *,
    epochs: int,
    max_tokens: int,
) -> Adapted:
    """Return an adapter trained on the pairs.

    After each epoch the AUROC on each held-out set is logged.
    """
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    model = Adapted()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=WEIGHT_DECAY)
    steps, step, began = epochs * math.ceil(len(pairs) / BATCH), 0, time.monotonic()
    for epoch in range(epochs):
        model.train()
        encoded = [_encode(pair, max_tokens, rng) for pair in pairs]
        for batch in _batches(encoded, rng):
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = (
                    RATE * min(1.0, step / (WARM_UP * steps)) * max(0.02, 1 - step / steps)
                )
            loss = _loss(model, batch)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
        log.info("epoch %d of %d, %.0f s", epoch + 1, epochs, time.monotonic() - began)
        for name, own in held_out.items():
            log.info(
                "  %s: AUROC %.3f of %d",
                name,
                auroc([p.label for p in own], predict(model, own, max_tokens)),
                len(own),
            )
    return model


def predict(model: Adapted, pairs: Sequence[Example], max_tokens: int) -> np.ndarray:
    """Return the logit of each pair, in their order."""
    rng = random.Random(SEED)
    encoded = [_encode(pair, max_tokens, rng) for pair in pairs]
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i].ids))
    logits = np.zeros(len(pairs))
    model.eval()
    for at in range(0, len(order), BATCH):
        rows = order[at : at + BATCH]
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            found, _ = model(*_tensors([encoded[i] for i in rows]))
        logits[rows] = found.float().numpy()
    return logits


def _loss(model: Adapted, batch: Sequence[Encoded]) -> Tensor:
    ids, mask, types = _tensors(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        label, place = model(ids, mask, types)
    weights = torch.tensor([row.pair.weight for row in batch])
    wanted = torch.tensor([float(row.pair.label) for row in batch])
    loss = (
        nnf.binary_cross_entropy_with_logits(label.float(), wanted, reduction="none") * weights
    ).mean()
    placed = torch.tensor([row.place != (0, 0) or not row.pair.label for row in batch]) * weights
    logits = place.float().masked_fill(mask[:, :, None] == 0, -1e4)
    for side in (0, 1):
        at = torch.tensor([row.place[side] for row in batch])
        loss = (
            loss
            + SPAN_SHARE
            / 2
            * (nnf.cross_entropy(logits[:, :, side], at, reduction="none") * placed).mean()
        )
    return loss


def _batches(encoded: Sequence[Encoded], rng: random.Random) -> Iterator[list[Encoded]]:
    """Yield batches of pairs of like length, in random order."""
    order = list(encoded)
    rng.shuffle(order)
    pools = [
        sorted(order[at : at + 16 * BATCH], key=lambda row: len(row.ids))
        for at in range(0, len(order), 16 * BATCH)
    ]
    batches = [pool[at : at + BATCH] for pool in pools for at in range(0, len(pool), BATCH)]
    rng.shuffle(batches)
    yield from batches


def _tensors(rows: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor]:
    length = max(len(row.ids) for row in rows)
    ids, mask, types = (torch.zeros(len(rows), length, dtype=torch.long) for _ in range(3))
    for i, row in enumerate(rows):
        own = len(row.ids)
        ids[i, :own], types[i, :own], mask[i, :own] = (
            torch.tensor(row.ids),
            torch.tensor(row.types),
            1,
        )
    return ids, mask, types


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    return load_tokenizer()


def _encode(pair: Example, max_tokens: int, rng: random.Random) -> Encoded:
    """Return the pair as at most `max_tokens` tokens: of a longer second text a random stretch that holds the place."""
    encoded = _tokenizer().encode(pair.first, pair.second)
    second = [i for i, sequence in enumerate(encoded.sequence_ids) if sequence == 1]
    begins, ends = pair.place or (0, 0)
    answer = [i for i in second if encoded.offsets[i][0] < ends and encoded.offsets[i][1] > begins]
    room = max_tokens - (len(encoded.ids) - len(second))
    if len(second) > room > 0:
        last = len(second) - room
        low = max(0, answer[-1] - second[0] - room + 1) if answer else 0
        high = min(last, answer[0] - second[0]) if answer else last
        at = rng.randint(min(low, high), high)
        second = second[at : at + room]
    kept = [i for i, sequence in enumerate(encoded.sequence_ids) if sequence != 1]
    kept = [*kept[:-1], *second, kept[-1]]
    position = {token: i for i, token in enumerate(kept)}
    place = (position.get(answer[0], 0), position.get(answer[-1], 0)) if answer else (0, 0)
    return Encoded([encoded.ids[i] for i in kept], [encoded.type_ids[i] for i in kept], place, pair)
