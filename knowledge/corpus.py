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
    """Clauses in all their versions; `versions` is by the id that the versions of a clause share."""

    versions: dict[str, tuple[Clause, ...]]

    @classmethod
    def of(cls, clauses: Iterable[Clause]) -> "Corpus":
        """A corpus of these clauses; raises `BadKnowledge` when two can't be told apart."""
        by_id: defaultdict[str, list[Clause]] = defaultdict(list)
        for clause in clauses:
            if any(other.key == clause.key for other in by_id[clause.base_id]):
                raise BadKnowledge(f"the clause {clause.key} is there twice")
            by_id[clause.base_id].append(clause)
        return cls({id_: tuple(versions) for id_, versions in by_id.items()})

    def within(self, jurisdiction: str) -> "Corpus":
        """The clauses of one jurisdiction, in all their versions."""
        return Corpus.of(clause for clause in self if clause.jurisdiction == jurisdiction)

    def __iter__(self) -> Iterator[Clause]:
        for versions in self.versions.values():
            yield from versions

    def __len__(self) -> int:
        return sum(map(len, self.versions.values()))

    def get(self, clause_id: str, on: date) -> Clause:
        """A clause by id. Raises `NotFound`.

        Of several versions it is the one in force on the day `on`, else the latest; an id with a version's label,
        such as `price-protection#1.2@2023`, means that version on any day.
        """
        versions = self.versions.get(clause_id.partition("@")[0], ())
        if "@" in clause_id:
            versions = tuple(clause for clause in versions if clause.id == clause_id)
        if not versions:
            raise NotFound(f"there is no clause {clause_id}")
        return version_in_force(versions, on) or max(versions, key=lambda clause: clause.in_force_from)


def read_corpus(folder: Path) -> Corpus:
    """All documents (`*.md`) of a folder. Raises `BadKnowledge`, which names file and line."""
    documents = [read_document(path) for path in sorted(folder.glob("*.md")) if path.name != "README.md"]
    return Corpus.of(clause for document in documents for clause in document.clauses)


@lru_cache(maxsize=1)
def load_corpus() -> Corpus:
    """The corpus that Fairdesk ships; read once a process."""
    return read_corpus(SHIPPED)
