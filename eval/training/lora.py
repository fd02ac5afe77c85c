"""Train an adapter of the packaged cross-encoder on labelled pairs of texts.

`rag.models.encoder` runs what comes out. Low-rank adaptation (Hu et al. 2021): the weights stay as
they are, and beside each matrix two thin ones are learned.
"""

import logging
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as nnf

from eval.metrics.stats import auroc
from eval.training.examples import BATCH, Encoded, Example, batches, encode, tensors
from rag.models.encoder import HIDDEN, SCALE, load_base

RANK = 16
RATE = 5e-4
WARM_UP = 0.06  # share of the steps over which the rate rises
LEAST_RATE = 0.02  # share of the rate that is left at the end
WEIGHT_DECAY = 0.01
SPAN_SHARE = 0.5  # of the loss of the answer's place, beside that of the label
SEED = 0

log = logging.getLogger(__name__)


class LowRank(nn.Module):
    """A linear layer, whose weights are not trained, with a low-rank addition, zero at first."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(
            torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features)
        )
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, hidden: Tensor) -> Tensor:
        """Return the layer's output and the addition's."""
        added: Tensor = nnf.linear(nnf.linear(hidden, self.down), self.up)
        # A module's call is untyped.
        return self.layer(hidden) + SCALE * added  # type: ignore[no-any-return]


class Adapted(nn.Module):
    """The encoder with an adapter and its heads.

    One head gives a logit of the pair, the other two (begins, ends) of each token.
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder = load_base()
        modules = list(self.encoder.named_modules())
        for name, layer in modules:
            if isinstance(layer, nn.Linear):
                parent, _, child = name.rpartition(".")
                setattr(self.encoder.get_submodule(parent), child, LowRank(layer))
        self.pooled, self.tokens = nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, 2)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of the pairs (batch,), and of their tokens (batch, tokens, 2)."""
        out = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types)
        return self.pooled(out.pooler_output)[:, 0], self.tokens(out.last_hidden_state)

    def save(self, file: Path) -> None:
        """Write the adapter and its heads, as 16-bit floats."""
        weights = {
            name.removeprefix("encoder."): weight.detach().half().contiguous()
            for name, weight in self.named_parameters()
            if weight.requires_grad
        }
        save_file(weights, file)
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
    parameters = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=WEIGHT_DECAY)
    rates = _rates(epochs * math.ceil(len(pairs) / BATCH))
    began = time.monotonic()
    for epoch in range(epochs):
        model.train()
        encoded = [encode(pair, max_tokens, rng) for pair in pairs]
        for batch in batches(encoded, rng):
            rate = next(rates)
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss = _loss(model, batch)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
        log.info("epoch %d of %d, %.0f s", epoch + 1, epochs, time.monotonic() - began)
        for name, some in held_out.items():
            score = auroc([pair.label for pair in some], predict(model, some, max_tokens))
            log.info("  %s: AUROC %.3f of %d", name, score, len(some))
    return model


def _rates(steps: int) -> Iterator[float]:
    """Yield the learning rate of each step: it rises, then falls to the least one."""
    for step in range(1, steps + 1):
        yield RATE * min(1.0, step / (WARM_UP * steps)) * max(LEAST_RATE, 1 - step / steps)


def predict(model: Adapted, pairs: Sequence[Example], max_tokens: int) -> np.ndarray:
    """Return the logit of each pair, in their order."""
    rng = random.Random(SEED)
    encoded = [encode(pair, max_tokens, rng) for pair in pairs]
    by_length = sorted(range(len(pairs)), key=lambda row: len(encoded[row].ids))
    logits = np.zeros(len(pairs))
    model.eval()
    for at in range(0, len(by_length), BATCH):
        rows = by_length[at : at + BATCH]
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            scores, _ = model(*tensors([encoded[row] for row in rows]))
        logits[rows] = scores.float().numpy()
    return logits


def _loss(model: Adapted, batch: Sequence[Encoded]) -> Tensor:
    ids, mask, types = tensors(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        labels, places = model(ids, mask, types)
    weights = torch.tensor([row.pair.weight for row in batch])
    true = torch.tensor([float(row.pair.label) for row in batch])
    losses = nnf.binary_cross_entropy_with_logits(labels.float(), true, reduction="none")
    loss = (losses * weights).mean()
    # Where the answer stands is known of a pair with a place, and of one without an answer.
    known = torch.tensor([row.place != (0, 0) or not row.pair.label for row in batch])
    logits = places.float().masked_fill(mask[:, :, None] == 0, -1e4)
    for side in (0, 1):
        tokens = torch.tensor([row.place[side] for row in batch])
        losses = nnf.cross_entropy(logits[:, :, side], tokens, reduction="none")
        loss = loss + SPAN_SHARE / 2 * (losses * (known * weights)).mean()
    return loss
