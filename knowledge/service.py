"""Knowledge as the rest of the program uses it: search, ask, open a clause, take documents in.

    knowledge = Knowledge(home)
    knowledge.ask(SearchQuery("退货运费谁出", on=today))

Built at once; what takes time (reading the corpus, opening Chroma, loading the encoder) waits for the first use, or
for `ready()`. Safe to share between threads.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from threading import RLock

from knowledge.answers import Answer, answer
from knowledge.chroma import open_chroma
from knowledge.clauses import Clause
from knowledge.content import all_passages
from knowledge.corpus import Corpus, load_corpus
from knowledge.coverage import Coverage, covered, shipped_topic
from knowledge.embedding import Encoder, embedded_encoder
from knowledge.errors import BadInput, NotFound, Unavailable
from knowledge.gaps import KnowledgeGap
from knowledge.index import MemoryIndex
from knowledge.ingest import Collection, IngestReport, ingest
from knowledge.own import OwnClauses, document_of, overlaid
from knowledge.search import POLICIES, Hit, SearchQuery
from knowledge.shelf import OpenIndex, Shelf, fill_shelf, joined, kept_vectors, vectors_at
from knowledge.space import SHIPPED_SPACE, Space, language_of
from knowledge.vectors import SHIPPED_VECTORS, VectorFile


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
    `encoder` is the embedded one unless another is given; `words_only` leaves vectors out. Of the shipped policies only
    those of the `jurisdiction` are there: nobody is told the law of another place.
    """

    def __init__(
        self, home: Path | None = None, encoder: Encoder | None = None, *,
        words_only: bool = False, jurisdiction: str = "CN",
    ) -> None:
        self._home, self._jurisdiction = home, jurisdiction
        self.encoder = None if words_only else encoder or embedded_encoder()
        self._own = OwnClauses()
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._lock = RLock()

    def ready(self) -> int:
        """Loads all that the first question would wait for; how many clauses there are."""
        shelf = self._shelf("default", POLICIES)
        shelf.searcher.search(SearchQuery("ready", on=date.today()))
        return len(shelf.corpus)

    def search(self, query: SearchQuery, k: int = 5) -> list[Hit]:
        """The `k` best clauses in force on the day of the query. Raises `NotFound` for an unknown collection."""
        hits = self._shelf(query.tenant, query.collection).searcher.search(query, k)
        if query.collection != POLICIES or query.shop not in self._own.shops:
            return hits
        promises = self._of_shop(query.shop).searcher.search(query, k)
        return sorted([*hits, *promises], key=lambda hit: -hit.score)[:k]

    def ask(self, query: SearchQuery) -> Answered | NotCovered:
        """A short answer with its citations, or word that no clause covers the question. Never a guess."""
        asked = self._with_vector(query)
        hits = tuple(self.search(asked))
        coverage = covered(asked.text, hits, self._topic(asked))
        found = answer(asked.text, hits, asked.language) if coverage.covered else None
        return Answered(found, hits, coverage) if found else NotCovered(hits, coverage)

    def clause(self, clause_id: str, on: date, tenant: str = "default", collection: str = POLICIES) -> Clause:
        """A clause by id, in the version of the day `on`, else the latest. Raises `NotFound`."""
        shop = self._own.shop_of(clause_id) if collection == POLICIES else None
        shelf = self._shelf(tenant, collection) if shop is None else self._of_shop(shop)
        return shelf.corpus.get(clause_id, on)

    def lay_over(self, own: OwnClauses) -> None:
        """Takes a platform's own clauses and its shops', in the place of those before; searched from the next question.

        What changed is indexed then, and the vectors are kept in the home folder.
        """
        self._own = own

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
            return self._kept(("", POLICIES), hash(self._own.platform), self._shipped)
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
        """The policies of the jurisdiction that come with Fairdesk; every tenant's."""
        own = self._own.platform
        corpus = overlaid(load_corpus().within(self._jurisdiction), own)
        vectors = joined(vectors_at(SHIPPED_VECTORS), self._own_vectors("platform", own))
        version = hash(own)
        return fill_shelf(corpus, vectors, self.encoder, self._open_index("", POLICIES), version)

    def _of_shop(self, shop: str) -> Shelf:
        """A shop's own clauses: few, so they are searched in memory."""
        return self._kept(("shop", shop), hash(self._own.shops[shop]), partial(self._filled_of_shop, shop))

    def _filled_of_shop(self, shop: str) -> Shelf:
        clauses = self._own.shops[shop]
        vectors = self._own_vectors(document_of(shop), clauses)
        return fill_shelf(Corpus.of(clauses), vectors, self.encoder, version=hash(clauses))

    def _own_vectors(self, name: str, clauses: Sequence[Clause]) -> VectorFile | None:
        """The vectors of a folder's clauses, kept from start to start where there is a home folder."""
        if not clauses or self.encoder is None:
            return None
        path = self._home / "own-vectors" / f"{name}.npz" if self._home else None
        return kept_vectors(path, all_passages(clauses), self.encoder)

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
