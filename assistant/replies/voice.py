"""What writers speak with, and what came of acting: the two values that every writer is handed beside the step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from assistant.conversation import QueuePlace
from assistant.decisions.facts import FactCatalog
from assistant.replies.reply import ProposalCard, ReceiptCard
from assistant.replies.templates import say
from knowledge.clauses import Clause
from knowledge.text import Language

FindClause = Callable[[str], Clause | None]


@dataclass(frozen=True, slots=True)
class Voice:
    """What the writer speaks with: the language, the facts' wording, and a way to open clauses."""

    language: Language
    catalog: FactCatalog
    clause: FindClause
    variant: int = 0

    @property
    def zone(self) -> tzinfo:
        """The time zone that moments are told in: the jurisdiction's."""
        return self.catalog.jurisdiction.calendar.zone

    def say(self, name: str, **values: str) -> str:
        """A template line in this voice."""
        return say(name, self.language, self.variant, **values)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of acting on a step: a proposal on the table, a receipt, a place in the queue; or that it failed.

    `held`: confirmed, and a second person has to approve it.
    """

    proposal: ProposalCard | None = None
    receipt: ReceiptCard | None = None
    place: QueuePlace | None = None
    failed: bool = False
    held: bool = False
