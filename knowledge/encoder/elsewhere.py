"""Encoders other than the embedded one, for platforms that have a stronger model: by setting, never by default.

Search weighs and judges with what it learned from the embedded encoder; with another one, measure it on questions of
your own (`fairdesk eval run search`) before you trust the refusals.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from knowledge.errors import Unavailable

CACHED_QUERIES = 4096
AT_ONCE = 64
"""How many texts go into one request."""

SECONDS = 10.0
"""How long a request may take; search goes by words alone after that."""

Floats = NDArray[np.float32]


class EndpointEncoder:
    """A model behind an OpenAI-compatible endpoint (`POST /embeddings`); remembers recent queries.

    Raises `Unavailable` when the endpoint can't be reached in time or answers with something else.
    """

    def __init__(self, url: str, model: str, key: str = "", http: httpx.Client | None = None) -> None:
        self.name = f"endpoint/{model}"
        self._model = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = http or httpx.Client(timeout=SECONDS)
        self._url, self._headers = f"{url.rstrip('/')}/embeddings", headers
        self._cached = lru_cache(maxsize=CACHED_QUERIES)(self._one)

    def query(self, text: str) -> Floats:
        """The vector of something that a person asks."""
        return self._cached(text)

    def passages(self, texts: Sequence[str]) -> Floats:
        """The vectors of texts that may hold an answer, one row each."""
        parts = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
        return np.concatenate([self._asked(part) for part in parts]) if parts else np.empty((0, 0), np.float32)

    def _one(self, text: str) -> Floats:
        vector: Floats = self._asked([text])[0]
        vector.flags.writeable = False
        return vector

    def _asked(self, texts: Sequence[str]) -> Floats:
        body = {"model": self._model, "input": [text or " " for text in texts], "encoding_format": "float"}
        try:
            answer = self._http.post(self._url, json=body, headers=self._headers).raise_for_status().json()
            rows = sorted(answer["data"], key=lambda row: int(row["index"]))
            vectors = np.array([row["embedding"] for row in rows], np.float32)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"the embedding endpoint gave no vectors: {error}") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise Unavailable(f"the embedding endpoint gave {len(vectors)} vectors for {len(texts)} texts")
        return _unit(vectors)


class SentenceTransformersEncoder:
    """A model of the package `sentence-transformers` (an optional extra), loaded at once from its cache or a folder.

    Raises `Unavailable` where the package or the model is missing.
    """

    def __init__(self, model: str) -> None:
        self.name = f"sentence-transformers/{model}"
        self._model = _loaded(model)
        self._cached = lru_cache(maxsize=CACHED_QUERIES)(self._one)

    def query(self, text: str) -> Floats:
        """The vector of something that a person asks, with the model's own prompt for queries if it has one."""
        return self._cached(text)

    def passages(self, texts: Sequence[str]) -> Floats:
        """The vectors of texts that may hold an answer, one row each."""
        if not texts:
            return np.empty((0, 0), np.float32)
        return _unit(np.asarray(self._model.encode_document(list(texts), show_progress_bar=False), np.float32))

    def _one(self, text: str) -> Floats:
        vector: Floats = _unit(np.asarray(self._model.encode_query([text], show_progress_bar=False), np.float32))[0]
        vector.flags.writeable = False
        return vector


def _loaded(model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(model, device="cpu")
    except ImportError as error:
        raise Unavailable("install the extra `sentence-transformers` to use its models") from error
    except (OSError, ValueError) as error:
        raise Unavailable(f"the model {model} can't be loaded: {error}") from error


def _unit(vectors: Floats) -> Floats:
    """Rows of length 1."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
