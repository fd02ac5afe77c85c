"""Two texts → what small trained heads on the packaged cross-encoder make of them.

The weights of the cross-encoder are those that `rag.models.rerank` runs as int8 ONNX, read into
torch. An adapter (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685) adds to each of its
matrices the product of two thin ones, and brings heads of its own: a few megabytes that make
another model of it. `eval/training/lora.py` trains them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ingest.errors import ModelError
from ingest.weights import check_hash, packaged_folder
from rag.models.rerank import MAX_TOKENS, PACKAGE, SHA256

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding, Tokenizer
    from transformers import BertModel

LAYERS, HEADS, HIDDEN, INTERMEDIATE = 12, 12, 384, 1536
SCALE = 2.0  # of the product of the thin matrices: LoRA's alpha over its rank

Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Read:
    """What an adapted encoder made of a pair.

    `pooled` is the output of the heads on the pair as a whole, `tokens` that of the heads on the
    tokens of the second text, shape (tokens, outputs); `spans` are the characters of each of these
    tokens. `first` is `tokens` of the [CLS] token.
    """

    pooled: Floats32
    tokens: Floats32
    first: Floats32
    spans: tuple[tuple[int, int], ...]


class AdaptedEncoder:
    """Reads pairs of texts, one by one: what a pair gives does not depend on what else is read."""

    def __init__(
        self, model: "BertModel", heads: Mapping[str, "torch.Tensor"], tokenizer: "Tokenizer"
    ) -> None:
        """The adapter is merged; `heads` are "pooled" and "tokens", weight and bias."""
        self._model, self._heads, self._tokenizer = model, heads, tokenizer

    def read(self, first: str, second: str) -> Read:
        """Return what the heads make of a pair.

        A second text that is too long is read up to `MAX_TOKENS` in all.
        """
        import torch

        encoded = self._tokenizer.encode(first, second)
        with torch.inference_mode():
            out = self._model(
                input_ids=torch.tensor([encoded.ids]),
                attention_mask=torch.tensor([encoded.attention_mask]),
                token_type_ids=torch.tensor([encoded.type_ids]),
            )
            pooled = self._head("pooled", out.pooler_output[0])
            tokens = self._head("tokens", out.last_hidden_state[0])
        places = _second(encoded)
        return Read(pooled, tokens[places], tokens[0], tuple(encoded.offsets[i] for i in places))

    def _head(self, name: str, hidden: "torch.Tensor") -> Floats32:
        from torch.nn.functional import linear

        return np.asarray(
            linear(hidden, self._heads[f"{name}.weight"], self._heads[f"{name}.bias"]).numpy(),
            dtype=np.float32,
        )


def _second(encoded: "Encoding") -> list[int]:
    """Return the places of the tokens of the second text."""
    return [place for place, sequence in enumerate(encoded.sequence_ids) if sequence == 1]


def load_adapted(adapter: Path) -> AdaptedEncoder:
    """Return the packaged cross-encoder with an adapter merged into it.

    Raises ModelError if the weights cannot be found or are not the expected ones.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found = {name: tensor.float() for name, tensor in load_file(adapter).items()}
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"adapter {str(adapter)!r} cannot be read ({error}); run `make chat` again"
        ) from error
    model = load_base()
    state = model.state_dict()
    for name in [name.removesuffix(".down") for name in found if name.endswith(".down")]:
        state[f"{name}.weight"] += SCALE * found[f"{name}.up"] @ found[f"{name}.down"]
    heads = {
        name: tensor for name, tensor in found.items() if name.startswith(("pooled.", "tokens."))
    }
    return AdaptedEncoder(model, heads, load_tokenizer())


def load_tokenizer() -> "Tokenizer":
    """Return the packaged tokenizer, which truncates a pair to `MAX_TOKENS` in all."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(packaged_folder(*PACKAGE) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def load_base() -> "BertModel":
    """Return the packaged cross-encoder without its head, its int8 weights as float32."""
    import torch
    from transformers import BertConfig, BertModel

    weights = {
        name.removeprefix("bert."): torch.from_numpy(values)
        for name, values in packaged_weights().items()
    }
    config = BertConfig(
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        hidden_size=HIDDEN,
        intermediate_size=INTERMEDIATE,
    )
    model = BertModel(config)
    model.load_state_dict(
        {name: weight for name, weight in weights.items() if not name.startswith("classifier")}
    )
    model.requires_grad_(False)
    model.train(False)
    return model


def packaged_weights() -> dict[str, Floats32]:
    """Return the weights in the ONNX file, its head with them, by their names in torch.

    Quantised ones are told by the node that uses them: a matrix product, whose matrix stands
    transposed, or a look-up.
    """
    import onnx

    graph = onnx.load(check_hash(packaged_folder(*PACKAGE) / "model.onnx", SHA256)).graph
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found = {
        name: values.copy()
        for name, values in stored.items()
        if values.dtype == np.float32 and values.ndim
    }
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in stored:
            name = (
                node.name.strip("/")
                .replace("/", ".")
                .removesuffix("_quant")
                .removesuffix("_MatMul")
                .rpartition(".")[0]
            )
            found[f"{name}.weight"] = _dequantised(stored, node.input[1]).T.copy()
        elif (
            node.op_type == "Gather"
            and node.input[0].endswith("_quantized")
            and node.input[0] in stored
        ):
            found[node.input[0].removesuffix("_quantized")] = _dequantised(stored, node.input[0])
    return found


def _dequantised(stored: Mapping[str, npt.NDArray[Any]], name: str) -> Floats32:
    base = name.removesuffix("_quantized")
    shifted = stored[name].astype(np.float32) - stored[f"{base}_zero_point"].astype(np.float32)
    return np.asarray(shifted * stored[f"{base}_scale"], dtype=np.float32)
