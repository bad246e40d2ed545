"""A platform's own clauses, and those of its shops, laid over the policies that come with Fairdesk.

The platform's stand beside ours, or in the place of those with the same id. A shop's are its promises: they stand in a
document named after the shop, and are found by whoever asks about that shop's goods.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.clauses import Clause
from knowledge.corpus import Corpus
from knowledge.documents import Document, read_document
from knowledge.errors import BadKnowledge


@dataclass(frozen=True, slots=True)
class OwnClauses:
    """What a platform's folder adds to the policies: its own clauses, and each shop's by the shop's id."""

    platform: tuple[Clause, ...] = ()
    shops: Mapping[str, tuple[Clause, ...]] = field(default_factory=dict)

    def shop_of(self, clause_id: str) -> str | None:
        """The shop in whose documents a clause stands."""
        base = clause_id.partition("@")[0]
        return next((shop for shop, clauses in self.shops.items() if any(one.base_id == base for one in clauses)), None)


def read_own(folder: Path) -> tuple[Clause, ...]:
    """All clauses of the documents (`*.md`) in a folder; none where there is no folder.

    Raises:
        BadKnowledge: a document is wrong, or two clauses can't be told apart; names file and line.
    """
    return _clauses(_documents(folder))


def read_shops(folder: Path, shop: str) -> tuple[Clause, ...]:
    """As `read_own`, for a shop: its one document, in however many files, bears its name and is of the rank `shop`.

    Raises:
        BadKnowledge: as in `read_own`, or a document would pass for the platform's or another shop's.
    """
    documents, wanted = _documents(folder), document_of(shop)
    for path, document in documents:
        if document.id != wanted:
            raise BadKnowledge(f"a shop's document is named {wanted}: got {document.id}", str(path), 1)
        if any(clause.rank != "shop" for clause in document.clauses):
            raise BadKnowledge("a shop's document is of the rank `shop`", str(path), 1)
    return _clauses(documents)


def document_of(shop: str) -> str:
    """What a shop's document is named: `shop-` and the shop's id in small letters, digits and `-`."""
    return "shop-" + re.sub(r"[^a-z0-9]+", "-", shop.lower())


def overlaid(corpus: Corpus, own: Iterable[Clause]) -> Corpus:
    """A corpus with a platform's clauses; all versions of a clause give way to those of the same id."""
    clauses = tuple(own)
    replaced = {clause.base_id for clause in clauses}
    return Corpus.of([*(clause for clause in corpus if clause.base_id not in replaced), *clauses])


def _documents(folder: Path) -> list[tuple[Path, Document]]:
    return [(path, read_document(path)) for path in sorted(folder.glob("*.md"))] if folder.is_dir() else []


def _clauses(documents: Iterable[tuple[Path, Document]]) -> tuple[Clause, ...]:
    return tuple(Corpus.of(clause for _, document in documents for clause in document.clauses))
