"""Weights to the artifact: the layers of the encoder as an ONNX graph with 8-bit weights.

Weights are rounded in blocks of 128 along their inputs, each block with a scale of its own; activations are rounded by
onnxruntime row by row. A vector's cosine with that of the unrounded layers is .9997; rounding activations for a whole
text at once would be a third faster and cost .997. The graph is written by hand because the operators that
onnxruntime runs fastest are its own and no exporter of PyTorch writes them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.wheel import Shape

BLOCK = 128
_OPSET, _FORMAT = 18, 10
_OWN = "com.microsoft"
_EPSILON = 1e-12
_ROWS_IN_EIGHT_BITS, _EXACT_SUMS = 8, 4

Floats = NDArray[np.float32]


def encoder_graph(weights: Mapping[str, Floats], shape: Shape, about: Mapping[str, str]) -> bytes:
    """The artifact: word vectors plus places in (`inputs`, 1 × tokens × dim), the mean of the last layer out."""
    from onnx import TensorProto, helper

    graph = _Graph(weights, shape)
    last = graph.layers()
    mean = graph.node("ReduceMean", [last, graph.constant("axis", np.array([1], np.int64))], keepdims=0)
    inputs = helper.make_tensor_value_info("inputs", TensorProto.FLOAT, [1, "tokens", shape.dim])
    outputs = helper.make_tensor_value_info(mean, TensorProto.FLOAT, [1, shape.dim])
    body = helper.make_graph(graph.nodes, "encoder", [inputs], [outputs], graph.constants)
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OWN, 1)]
    model = helper.make_model(body, opset_imports=versions, ir_version=_FORMAT, producer_name="fairdesk")
    helper.set_model_props(model, dict(about))
    return bytes(model.SerializeToString(deterministic=True))


def rounded(weights: Floats) -> tuple[NDArray[np.uint8], Floats]:
    """Weights (outputs × inputs) in 8 bits, 128 standing for zero, and the scale of each block."""
    blocks = weights.reshape(len(weights), -1, BLOCK)
    scales = np.abs(blocks).max(axis=-1) / np.float32(127)
    steps = np.rint(blocks / np.maximum(scales, np.float32(1e-12))[..., None]) + 128
    return steps.astype(np.uint8), scales.astype(np.float32).ravel()


class _Graph:
    """Nodes and constants as they are laid down, one layer after another."""

    def __init__(self, weights: Mapping[str, Floats], shape: Shape) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._weights, self._shape = weights, shape

    def constant(self, name: str, values: Any) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: list[str], outputs: int = 1, domain: str = "", **settings: Any) -> str:
        """Lays one node down; the name of its output, or their common stem when there are several."""
        from onnx import helper

        stem = f"{operator}{len(self.nodes)}"
        names = [stem] if outputs == 1 else [f"{stem}.{part}" for part in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **settings))
        return stem

    def layers(self) -> str:
        """All layers; the name of what the last one gives."""
        self.constant("thirds", np.array([self._shape.dim] * 3, np.int64))
        norm = [self.constant(f"emb.ln.{part}", self._weights[f"emb.ln.{part}"]) for part in "wb"]
        hidden = self.node("LayerNormalization", ["inputs", *norm], axis=-1, epsilon=_EPSILON)
        for layer in range(self._shape.layers):
            hidden = self._layer(f"l{layer}", hidden)
        return hidden

    def _layer(self, name: str, hidden: str) -> str:
        attended = self._product(self._attention(name, hidden), f"{name}.ao")
        middle = self._added(attended, hidden, f"{name}.aln")
        inner = self.node("Gelu", [self._product(middle, f"{name}.fi")], domain=_OWN)
        return self._added(self._product(inner, f"{name}.fo"), middle, f"{name}.oln")

    def _attention(self, name: str, hidden: str) -> str:
        """Queries, keys and values by one product of three times the width."""
        weights = np.concatenate([self._weights[f"{name}.{part}.w"] for part in "qkv"])
        bias = np.concatenate([self._weights[f"{name}.{part}.b"] for part in "qkv"])
        whole = self._multiplied(hidden, f"{name}.qkv", weights, bias)
        stem = self.node("Split", [whole, "thirds"], outputs=3, axis=-1)
        parts = [f"{stem}.{part}" for part in range(3)]
        return self.node("MultiHeadAttention", parts, domain=_OWN, num_heads=self._shape.heads)

    def _product(self, inputs: str, name: str) -> str:
        return self._multiplied(inputs, name, self._weights[f"{name}.w"], self._weights[f"{name}.b"])

    def _multiplied(self, inputs: str, name: str, weights: Floats, bias: Floats) -> str:
        steps, scales = rounded(weights)
        parts = [self.constant(f"{name}.steps", steps), self.constant(f"{name}.scales", scales), "", ""]
        outputs, width = weights.shape
        return self.node(
            "MatMulNBits", [inputs, *parts, self.constant(f"{name}.b", bias)], domain=_OWN, K=width, N=outputs,
            bits=_ROWS_IN_EIGHT_BITS, block_size=BLOCK, accuracy_level=_EXACT_SUMS,
        )  # fmt: skip

    def _added(self, new: str, before: str, name: str) -> str:
        """The sum of what is new and what was before, normalised."""
        norm = [self.constant(f"{name}.{part}", self._weights[f"{name}.{part}"]) for part in "wb"]
        return self.node("SkipLayerNormalization", [new, before, *norm], domain=_OWN, epsilon=_EPSILON)
