"""One collection ready to be searched: its clauses by id, and a searcher over them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.content import IndexContent, all_passages, index_content
from knowledge.corpus import Corpus
from knowledge.embedding import Encoder, Vector
from knowledge.errors import Unavailable
from knowledge.index import MemoryIndex, Neighbour, VectorIndex
from knowledge.passages import Passage
from knowledge.search import Searcher
from knowledge.space import space_for
from knowledge.vectors import VectorFile, with_passages

log = logging.getLogger(__name__)

OpenIndex = Callable[[IndexContent], VectorIndex]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection's clauses and the searcher over them; `version` tells whether they have changed since."""

    corpus: Corpus
    searcher: Searcher
    version: int = 0


def fill_shelf(
    corpus: Corpus,
    vectors: VectorFile | None,
    encoder: Encoder | None,
    open_index: OpenIndex = MemoryIndex,
    version: int = 0,
) -> Shelf:
    """A shelf for `corpus`. Vectors that are missing are computed; without an encoder there is no index."""
    index: VectorIndex | None = None
    if encoder is not None:
        index = _index(corpus, vectors, encoder, open_index)
    return Shelf(corpus, Searcher(corpus, index, encoder if index else None), version)


def _index(corpus: Corpus, vectors: VectorFile | None, encoder: Encoder, open_index: OpenIndex) -> VectorIndex | None:
    """The index of a corpus; None when the encoder turns out not to be there."""
    try:
        complete = with_passages(vectors, all_passages(corpus), encoder)
    except Unavailable as error:
        log.warning("search goes by words alone: %s", error)
        return None
    content = index_content(corpus, complete, space_for(encoder.name))
    return SafeIndex(content, open_index)


class SafeIndex:
    """An index on disk, opened at the first search, with memory behind it.

    When the one on disk can't be opened, or stops answering, the vectors at hand take its place until the next start:
    search goes on, a little slower for large collections, and the log says why.
    """

    def __init__(self, content: IndexContent, open_index: OpenIndex) -> None:
        self._content, self._open = content, open_index
        self._index: VectorIndex | None = None

    def nearest(self, vector: Vector, limit: int, on: date, audience: str) -> list[Neighbour]:
        """At most `limit` rows of clauses in force `on` that day and meant for `audience`."""
        try:
            if self._index is None:
                self._index = self._open(self._content)
            return self._index.nearest(vector, limit, on, audience)
        except Unavailable as error:
            log.warning("searching in memory: %s", error)
            self._index = MemoryIndex(self._content)
            return self._index.nearest(vector, limit, on, audience)


def vectors_at(path: Path) -> VectorFile | None:
    """The vectors in a file, or None when there are none that can be read (they are computed, then)."""
    try:
        return VectorFile.load(path)
    except Unavailable as error:
        log.warning("%s", error)
        return None


def kept_vectors(path: Path | None, passages: Sequence[Passage], encoder: Encoder) -> VectorFile | None:
    """The vectors of some passages, from a file where it has them; what is new is computed and written there.

    None when the encoder turns out not to be there.
    """
    before = vectors_at(path) if path and path.exists() else None
    try:
        vectors = with_passages(before, passages, encoder)
    except Unavailable as error:
        log.warning("search goes by words alone: %s", error)
        return None
    if path and (before is None or before.rows.keys() != vectors.rows.keys()):
        path.parent.mkdir(parents=True, exist_ok=True)
        vectors.save(path)
    return vectors


def joined(ours: VectorFile | None, own: VectorFile | None) -> VectorFile | None:
    """The vectors of two files, if one encoder made both; otherwise those of the first."""
    if own is None or ours is None or ours.encoder != own.encoder:
        return ours if own is None or ours is not None else own
    return VectorFile(ours.encoder, {**ours.rows, **own.rows})
