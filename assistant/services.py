"""What the shell works with: one value that holds the parts, made once at start and handed to every turn."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Protocol

from assistant.books import Books
from assistant.bus import Bus
from assistant.cases.handling import Handling
from assistant.clock import Clock, NewId
from assistant.commerce.platform import Platform
from assistant.escalation.rules import EscalationBook
from assistant.planning.mind import Mind
from assistant.planning.step import Situation, Step
from assistant.replies.reply import Reply
from assistant.replies.voice import Done, Voice
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import Reading
from assistant.webhooks.outgoing import Messenger
from knowledge.clauses import Clause
from knowledge.errors import NotFound
from knowledge.service import Knowledge


class Reader(Protocol):
    """Reads messages; the embedded reader and the language model's share this."""

    name: str

    def read(self, text: str, context: ReadingContext) -> Awaitable[Reading]:
        """What the text says; never raises on any text."""
        ...


class Writer(Protocol):
    """Words replies; the embedded writer and the language model's share this."""

    name: str

    def write(self, step: Step, done: Done, situation: Situation, voice: Voice) -> Awaitable[Reply]:
        """The reply for a step that was acted on, checked."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """The assistant's parts.

    `burst_seconds` is how long a turn waits for more messages before it answers, so that a burst gets one reply;
    `messenger` takes webhooks to the platform, where it wants them.
    """

    tenant: str
    database: Database
    platform: Platform
    gateway: Gateway
    books: Books
    knowledge: Knowledge
    reader: Reader
    writer: Writer
    bus: Bus
    clock: Clock
    new_id: NewId
    burst_seconds: float = 0.15
    messenger: Messenger | None = None

    def refresh(self) -> None:
        """Load again what changed in the rule folders."""
        self.books.refresh()
        self.knowledge.lay_over(self.books.clauses)

    @property
    def mind(self) -> Mind:
        """What a planner thinks with, by the rules in force now."""
        return Mind(self.books.rules, self.knowledge)

    @property
    def cases(self) -> Handling:
        """Moves cases."""
        return Handling(self.gateway)

    def clause(self, clause_id: str) -> Clause | None:
        """A clause of the policies in the version now in force, or None when there is none of this id."""
        try:
            return self.knowledge.clause(clause_id, self.today())
        except NotFound:
            return None

    @property
    def zone(self) -> tzinfo:
        """The time zone of the place where the platform trades."""
        return self.books.rules.jurisdiction.calendar.zone

    def today(self) -> date:
        """The day it is where the platform trades."""
        return self.clock().astimezone(self.zone).date()

    @property
    def escalation(self) -> EscalationBook:
        """The escalation rules in force now."""
        return self.books.escalation
