"""The vector index on disk: an embedded Chroma database under the home folder.

It is derived: built from clauses and their vectors, brought up to date when it is stale, and thrown away without loss.
"""

import hashlib
import logging
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.content import IndexContent
from knowledge.embedding import Vector
from knowledge.errors import Unavailable
from knowledge.files import locked
from knowledge.index import AUDIENCES, Neighbour, VectorIndex

log = logging.getLogger(__name__)

_BATCH = 2000


class ChromaIndex:
    """A collection in an embedded Chroma database. Raises `Unavailable` when Chroma fails.

    Chroma's own filter takes 8 ms over a few thousand rows, a query without it less than 1 ms. So more rows are
    asked for than are wanted and filtered here; only where too few are left is Chroma's filter used.
    """

    def __init__(self, collection: Any, content: IndexContent) -> None:
        self._collection = collection
        self._rows = {row.id: row for row in content.rows}
        self._clauses = content.clauses

    def nearest(self, vector: Vector, limit: int, on: date, audience: str) -> list[Neighbour]:
        """At most `limit` rows of clauses in force `on` that day and meant for `audience`."""
        found = self._allowed(self._query(vector, 2 * limit, None), on, audience)
        if len(found) < limit and len(self._rows) > 2 * limit:
            found = self._allowed(self._query(vector, limit, _where(on, audience)), on, audience)
        return found[:limit]

    def _query(self, vector: Vector, limit: int, where: dict[str, Any] | None) -> list[tuple[str, float]]:
        """Row ids and cosines, best first."""
        try:
            found = self._collection.query(
                query_embeddings=[vector],
                n_results=max(1, min(limit, len(self._rows))),
                where=where,
                include=["distances"],
            )
        except Exception as error:
            raise Unavailable(f"the vector index does not answer: {error}") from error
        return [(id_, 1 - far) for id_, far in zip(found["ids"][0], found["distances"][0], strict=True)]

    def _allowed(self, found: list[tuple[str, float]], on: date, audience: str) -> list[Neighbour]:
        """Those rows that a query may see; a row that another process has just added is not known here."""
        neighbours = []
        for id_, similarity in found:
            row = self._rows.get(id_)
            clause = self._clauses[row.clause_key] if row else None
            if row and clause and clause.in_force(on) and clause.concerns(audience):
                neighbours.append(Neighbour(row.clause_key, row.kind, similarity))
        return neighbours


def open_chroma(folder: Path, tenant: str, collection: str, content: IndexContent) -> VectorIndex:
    """The Chroma index of one collection under `folder`, brought up to date with `content`.

    Only what changed is written. Raises `Unavailable` when the database can't be opened or written.
    """
    try:
        with locked(folder):
            client = _client(folder)
            stored = client.get_or_create_collection(
                _chroma_name(tenant, collection, content.space),
                configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
                embedding_function=None,
            )
            _bring_up_to_date(stored, tenant, collection, content)
            return ChromaIndex(stored, content)
    except Exception as error:
        raise Unavailable(f"the vector index in {folder} can't be opened: {error}") from error


def _client(folder: Path) -> Any:
    """Chroma over `folder`. Imported here because that takes half a second."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _chroma_name(tenant: str, collection: str, space: str) -> str:
    """A name that Chroma takes (3 to 63 plain characters), whatever the tenant and the collection are called."""
    return "kb-" + hashlib.sha256(f"{tenant}\0{collection}\0{space}".encode()).hexdigest()[:40]


def _bring_up_to_date(stored: Any, tenant: str, collection: str, content: IndexContent) -> None:
    """Makes `stored` hold exactly the rows of `content`."""
    state = {"fingerprint": content.fingerprint, "space": content.space}
    if (stored.metadata or {}).get("fingerprint") == content.fingerprint and stored.count():
        return
    ids = [row.id for row in content.rows]
    there = set(stored.get(include=[])["ids"])
    if gone := sorted(there - set(ids)):
        stored.delete(ids=gone)
    added = [number for number, id_ in enumerate(ids) if id_ not in there]
    log.info("index %s/%s: %d rows added, %d removed", tenant, collection, len(added), len(gone))
    for start in range(0, len(added), _BATCH):
        batch = added[start : start + _BATCH]
        stored.upsert(
            ids=[ids[number] for number in batch],
            embeddings=content.matrix[batch],
            metadatas=[_metadata(content, number, tenant, collection) for number in batch],
        )
    stored.modify(metadata=state)


def _metadata(content: IndexContent, number: int, tenant: str, collection: str) -> dict[str, Any]:
    """What Chroma keeps of one row: whose it is, and what is filtered by."""
    row = content.rows[number]
    clause = content.clauses[row.clause_key]
    return {
        "tenant": tenant,
        "collection": collection,
        "clause": clause.id,
        "key": clause.key,
        "kind": row.kind,
        "from": clause.in_force_from.toordinal(),
        "to": (clause.in_force_to or date.max).toordinal(),
        **{audience: clause.concerns(audience) for audience in AUDIENCES},
    }


def _where(on: date, audience: str) -> dict[str, Any]:
    """Chroma's filter for clauses in force and meant for `audience`; agents see those of every audience."""
    day = on.toordinal()
    conditions: list[dict[str, Any]] = [{"from": {"$lte": day}}, {"to": {"$gt": day}}]
    if audience != "agent":
        conditions.append({audience: True})
    return {"$and": conditions}
