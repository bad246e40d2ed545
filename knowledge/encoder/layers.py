"""The layers in PyTorch, for tuning: the same sums as the artifact's, over padded batches of texts.

BERT's layers (Devlin et al. 2019) as plain functions of named tensors; the artifact's graph is in `graph.py`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 -- its usual name
from torch.nn.utils.rnn import pad_sequence

from knowledge.encoder.tokens import Tokenizer
from knowledge.encoder.wheel import E5File, Shape

Tensor = Any
Weights = dict[str, Tensor]

_EPSILON = 1e-12


class Texts:
    """Texts as the frozen layers leave them, and the vectors that they had before tuning; each is computed once."""

    def __init__(self, file: E5File, weights: Weights, frozen: int, longest: int) -> None:
        self._file, self._weights, self._frozen, self._longest = file, weights, frozen, longest
        self._tokenizer = Tokenizer(file.vocabulary())
        places = file.tensor("emb.pos").reshape(file.shape.window, file.shape.dim)
        self._places = places + file.tensor("emb.type")[: file.shape.dim]
        self._hidden: dict[str, Tensor] = {}
        self._vectors: dict[str, Tensor] = {}

    def batch(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """What goes into the layers above (texts × tokens × dim), and which of the tokens are real."""
        rows = [self._known(text) for text in texts]
        hidden = pad_sequence([row.float() for row in rows], batch_first=True)
        lengths = torch.tensor([len(row) for row in rows])
        return hidden, torch.arange(hidden.shape[1])[None] < lengths[:, None]

    def length(self, text: str) -> int:
        """How many tokens a text has, cut at the longest that is learned from."""
        return len(self._known(text))

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """The vectors that texts had before tuning."""
        for text in texts:
            self._known(text)
        return torch.stack([self._vectors[text] for text in texts])

    def _known(self, text: str) -> Tensor:
        if text not in self._hidden:
            with torch.no_grad():
                real = torch.ones(1, 1, dtype=torch.bool)
                hidden = below(self._weights, self._file.shape, self._inputs(text), real, self._frozen)
                self._vectors[text] = above(self._weights, self._file.shape, hidden, real, self._frozen)[0]
            self._hidden[text] = hidden[0].to(torch.bfloat16)
        return self._hidden[text]

    def _inputs(self, text: str) -> Tensor:
        ids = self._tokenizer.windows(text, self._longest)[0]
        return torch.from_numpy(self._file.words(ids) + self._places[: len(ids)])[None]


def below(weights: Weights, shape: Shape, inputs: Tensor, real: Tensor, frozen: int) -> Tensor:
    """What the lowest `frozen` layers make of word vectors."""
    hidden = _normal(weights, "emb.ln", inputs)
    for layer in range(frozen):
        hidden = _layer(weights, f"l{layer}", shape, hidden, real, _keep)
    return hidden


def above(weights: Weights, shape: Shape, hidden: Tensor, real: Tensor, frozen: int, drop: float = 0.0) -> Tensor:
    """The unit vectors that the other layers make of that; `drop` is the rate of dropout while learning."""
    for layer in range(frozen, shape.layers):
        hidden = _layer(weights, f"l{layer}", shape, hidden, real, lambda x: F.dropout(x, drop))
    real = real[:, :, None].expand(-1, hidden.shape[1], -1).to(hidden.dtype)
    return F.normalize(((hidden * real).sum(1) / real.sum(1)).float(), dim=-1)


def _keep(values: Tensor) -> Tensor:
    return values


def _layer(
    weights: Weights, name: str, shape: Shape, hidden: Tensor, real: Tensor, drop: Callable[[Tensor], Tensor]
) -> Tensor:
    queries, keys, values = (_heads(_product(weights, f"{name}.{part}", hidden), shape.heads) for part in "qkv")
    attended = F.scaled_dot_product_attention(queries, keys, values, attn_mask=real[:, None, None, :])
    joined = attended.transpose(1, 2).reshape(hidden.shape)
    middle = _normal(weights, f"{name}.aln", hidden + drop(_product(weights, f"{name}.ao", joined)))
    inner = F.gelu(_product(weights, f"{name}.fi", middle))
    return _normal(weights, f"{name}.oln", middle + drop(_product(weights, f"{name}.fo", inner)))


def _heads(values: Tensor, heads: int) -> Tensor:
    texts, tokens, _ = values.shape
    return values.view(texts, tokens, heads, -1).transpose(1, 2)


def _product(weights: Weights, name: str, values: Tensor) -> Tensor:
    return F.linear(values, weights[f"{name}.w"], weights[f"{name}.b"])


def _normal(weights: Weights, name: str, values: Tensor) -> Tensor:
    return F.layer_norm(values, values.shape[-1:], weights[f"{name}.w"], weights[f"{name}.b"], _EPSILON)
