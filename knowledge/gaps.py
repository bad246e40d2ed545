"""Knowledge gaps: questions that no clause covered, kept for the people who write the policies."""

from dataclasses import dataclass
from datetime import datetime

from knowledge.text import Language


@dataclass(frozen=True, slots=True)
class KnowledgeGap:
    """One question left unanswered, with the clauses that came nearest and how likely it was that they cover it."""

    at: datetime
    tenant: str
    question: str
    language: Language
    collection: str
    nearest: tuple[str, ...] = ()
    probability: float = 0.0
