"""Knowledge as the rest of the program uses it: search, ask, open a clause, take documents in.

    knowledge = Knowledge(home)
    knowledge.ask(SearchQuery("退货运费谁出", on=today))

Built at once; what takes time (reading the corpus, opening Chroma, loading the encoder) waits for the first use, or
for `ready()`. Safe to share between threads.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from threading import RLock

from knowledge.answers import Answer, answer
from knowledge.chroma import open_chroma
from knowledge.clauses import Clause
from knowledge.corpus import Corpus, load_corpus
from knowledge.coverage import Coverage, covered, shipped_topic
from knowledge.embedding import Encoder, embedded_encoder
from knowledge.errors import BadInput, NotFound, Unavailable
from knowledge.gaps import KnowledgeGap
from knowledge.index import MemoryIndex
from knowledge.ingest import Collection, IngestReport, ingest
from knowledge.search import POLICIES, Hit, SearchQuery
from knowledge.shelf import OpenIndex, Shelf, fill_shelf, vectors_at
from knowledge.space import SHIPPED_SPACE, Space, language_of
from knowledge.vectors import SHIPPED_VECTORS


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer found, what it was found among, and how sure that is."""

    answer: Answer
    hits: tuple[Hit, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class NotCovered:
    """No clause answers; `hits` came nearest and are for people, not for a reply."""

    hits: tuple[Hit, ...]
    coverage: Coverage

    def gap(self, query: SearchQuery, at: datetime) -> KnowledgeGap:
        """The gap that this leaves, for the people who write the policies."""
        nearest = tuple(hit.clause.id for hit in self.hits[:3])
        return KnowledgeGap(
            at, query.tenant, query.text, query.language, query.collection, nearest, self.coverage.probability
        )


class Knowledge:
    """The shipped policies and each tenant's own collections.

    `home` is where collections and indexes live; without it everything is in memory and nothing can be taken in.
    `encoder` is the embedded one unless another is given; `words_only` leaves vectors out.
    """

    def __init__(self, home: Path | None = None, encoder: Encoder | None = None, *, words_only: bool = False) -> None:
        self._home = home
        self.encoder = None if words_only else encoder or embedded_encoder()
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._lock = RLock()

    def ready(self) -> int:
        """Loads all that the first question would wait for; how many clauses there are."""
        shelf = self._shelf("default", POLICIES)
        shelf.searcher.search(SearchQuery("ready", on=date.today()))
        return len(shelf.corpus)

    def search(self, query: SearchQuery, k: int = 5) -> list[Hit]:
        """The `k` best clauses in force on the day of the query. Raises `NotFound` for an unknown collection."""
        return self._shelf(query.tenant, query.collection).searcher.search(query, k)

    def ask(self, query: SearchQuery) -> Answered | NotCovered:
        """A short answer with its citations, or word that no clause covers the question. Never a guess."""
        asked = self._with_vector(query)
        hits = tuple(self.search(asked))
        coverage = covered(asked.text, hits, self._topic(asked))
        found = answer(asked.text, hits, asked.language) if coverage.covered else None
        return Answered(found, hits, coverage) if found else NotCovered(hits, coverage)

    def clause(self, clause_id: str, on: date, tenant: str = "default", collection: str = POLICIES) -> Clause:
        """A clause by id, in the version of the day `on`, else the latest. Raises `NotFound`."""
        return self._shelf(tenant, collection).corpus.get(clause_id, on)

    def ingest(self, paths: Iterable[Path], collection: str, tenant: str = "default") -> IngestReport:
        """Takes documents into a collection of the tenant's. Raises `BadInput`, and then nothing has changed."""
        if self._home is None:
            raise BadInput("documents can be taken in only where there is a home folder")
        if collection == POLICIES:
            raise BadInput(f"the collection {POLICIES} comes with Fairdesk: choose another name")
        return ingest(paths, Collection.at(self._home, tenant, collection), self.encoder)

    def _shelf(self, tenant: str, collection: str) -> Shelf:
        """The shelf of a collection, filled anew when another process has changed the collection."""
        if collection == POLICIES:
            return self._kept(("", POLICIES), 0, self._shipped)
        if self._home is None:
            raise NotFound(f"there is no collection {collection}")
        stored = Collection.at(self._home, tenant, collection)
        return self._kept((tenant, collection), stored.version, partial(self._stored, tenant, stored))

    def _kept(self, key: tuple[str, str], version: int, fill: Callable[[], Shelf]) -> Shelf:
        shelf = self._shelves.get(key)
        if shelf is None or shelf.version != version:
            with self._lock:
                shelf = self._shelves.get(key)
                if shelf is None or shelf.version != version:
                    shelf = self._shelves[key] = fill()
        return shelf

    def _shipped(self) -> Shelf:
        """The policies that come with Fairdesk; every tenant's."""
        return fill_shelf(load_corpus(), vectors_at(SHIPPED_VECTORS), self.encoder, self._open_index("", POLICIES))

    def _stored(self, tenant: str, stored: Collection) -> Shelf:
        """A tenant's own collection."""
        version = stored.version
        corpus = Corpus.of(stored.clauses())
        open_index = self._open_index(tenant, stored.folder.name)
        return fill_shelf(corpus, stored.vectors(), self.encoder, open_index, version)

    def _open_index(self, tenant: str, collection: str) -> OpenIndex:
        """How the index of a collection is opened: Chroma where there is a home, memory otherwise."""
        if self._home is None:
            return MemoryIndex
        return partial(open_chroma, self._home / "index", tenant, collection)

    def _with_vector(self, query: SearchQuery) -> SearchQuery:
        """The query with its vector, computed once for search and topic; unchanged when there is no encoder."""
        if query.vector is not None or self.encoder is None or not query.text.strip():
            return query
        try:
            return replace(query, vector=self.encoder.query(query.text))
        except Unavailable:
            return query

    def _topic(self, query: SearchQuery) -> float | None:
        """How much a question to the shipped policies is on their topic; None for other collections and encoders."""
        space = _topic_space()
        if query.collection != POLICIES or query.vector is None or self.encoder is None:
            return None
        if self.encoder.name != space.encoder:
            return None
        return shipped_topic().logit(space.place(query.vector, "question", language_of(query.text)))


@lru_cache(maxsize=1)
def _topic_space() -> Space:
    return Space.load(SHIPPED_SPACE)
