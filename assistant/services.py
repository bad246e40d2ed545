"""What the shell works with: one value that holds the parts, made once at start and handed to every turn."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from assistant.bus import Bus
from assistant.clock import Clock, NewId
from assistant.commerce.platform import Platform
from assistant.escalation.rules import EscalationBook
from assistant.planning.planner import Mind
from assistant.planning.step import Situation, Step
from assistant.replies.compose import Done, Voice
from assistant.replies.reply import Reply
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import Reading


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

    `burst_seconds` is how long a turn waits for more messages before it answers, so that a burst gets one reply.
    """

    tenant: str
    database: Database
    platform: Platform
    gateway: Gateway
    mind: Mind
    escalation: EscalationBook
    reader: Reader
    writer: Writer
    bus: Bus
    clock: Clock
    new_id: NewId
    burst_seconds: float = 0.15
    notices: list[str] = field(default_factory=list)
