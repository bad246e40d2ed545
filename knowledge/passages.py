"""What of a clause goes into the index: its text in each language, and the questions written for it."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from knowledge.clauses import Clause

PassageKind = Literal["text", "question"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text that stands for a clause version (`clause_key`) in the index."""

    clause_key: str
    kind: PassageKind
    text: str

    @property
    def digest(self) -> str:
        """Names the text and how it is encoded: passages of equal digest have equal vectors."""
        return hashlib.sha256(f"{self.kind}\0{self.text}".encode()).hexdigest()[:32]


def passages_of(clause: Clause) -> tuple[Passage, ...]:
    """The passages of one clause: title and text in each language it has, then its questions."""
    wordings = dict.fromkeys(
        f"{clause.title.in_(language)}\n{clause.text.in_(language)}".strip() for language in ("zh", "en")
    )
    texts = [Passage(clause.key, "text", wording) for wording in wordings if wording]
    return (*texts, *(Passage(clause.key, "question", question) for question in clause.questions))
