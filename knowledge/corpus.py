"""A corpus: clauses by id, in all their versions; and the one that Fairdesk ships."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from knowledge.clauses import Clause, version_in_force
from knowledge.documents import read_document
from knowledge.errors import BadKnowledge, NotFound

SHIPPED = Path(__file__).parent / "corpus"
"""The folder of the policies that come with Fairdesk."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Clauses by id, each with its versions."""

    versions: dict[str, tuple[Clause, ...]]

    @classmethod
    def of(cls, clauses: Iterable[Clause]) -> "Corpus":
        """A corpus of these clauses; raises `BadKnowledge` when two versions of a clause begin on one day."""
        by_id: defaultdict[str, list[Clause]] = defaultdict(list)
        for clause in clauses:
            if any(c.key == clause.key for c in by_id[clause.id]):
                raise BadKnowledge(f"the clause {clause.key} is there twice")
            by_id[clause.id].append(clause)
        return cls({id_: tuple(c) for id_, c in by_id.items()})

    def __iter__(self) -> Iterator[Clause]:
        for versions in self.versions.values():
            yield from versions

    def __len__(self) -> int:
        return sum(map(len, self.versions.values()))

    def get(self, clause_id: str, on: date) -> Clause:
        """The version of a clause in force on the day `on`; else the latest one. Raises `NotFound`."""
        versions = self.versions.get(clause_id)
        if not versions:
            raise NotFound(f"there is no clause {clause_id}")
        return version_in_force(versions, on) or max(versions, key=lambda c: c.in_force_from)


def read_corpus(folder: Path) -> Corpus:
    """All documents (`*.md`) of a folder. Raises `BadKnowledge`, which names file and line."""
    documents = [read_document(path) for path in sorted(folder.glob("*.md")) if path.name != "README.md"]
    return Corpus.of(clause for document in documents for clause in document.clauses)


@lru_cache(maxsize=1)
def load_corpus() -> Corpus:
    """The corpus that Fairdesk ships; read once a process."""
    return read_corpus(SHIPPED)
