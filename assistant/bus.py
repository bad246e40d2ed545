"""Telling subscribers: new events of a conversation, and passing things such as typing.

A subscriber gets a wake-up and reads the log itself, so that nothing depends on a signal arriving: signals are a
speed-up, the log is the truth. Works inside one process; streams poll the log besides, which covers other processes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.conversation import Event

QUEUE_SIZE = 256


@dataclass(frozen=True, slots=True)
class Passing:
    """Something to show now and never again: `typing`, `state`, `delta`."""

    name: str
    data: Mapping[str, object]


Signal = Passing | None
"""None says: there is something new in the log."""


@dataclass(slots=True)
class Bus:
    """Topics (a conversation's id, or `desk/<tenant>`) and who listens. Used from one event loop."""

    _listeners: dict[str, set[asyncio.Queue[Signal]]] = field(default_factory=lambda: defaultdict(set))

    def publish(self, conversation_id: str, events: Sequence[Event]) -> None:
        """There are new events in this conversation's log."""
        if events:
            self._send(conversation_id, None)

    def publish_desk(self, tenant: str, conversation_id: str) -> None:
        """A conversation changed in a way that the desk shows."""
        self._send(f"desk/{tenant}", Passing("row", {"id": conversation_id}))

    def publish_both(self, tenant: str, conversation_id: str, events: Sequence[Event]) -> None:
        """There are new events, and the desk's list shows what they changed."""
        self.publish(conversation_id, events)
        if events:
            self.publish_desk(tenant, conversation_id)

    def pass_on(self, conversation_id: str, passing: Passing) -> None:
        """Show something to those who watch this conversation right now."""
        self._send(conversation_id, passing)

    @contextmanager
    def listen(self, topic: str) -> Iterator[asyncio.Queue[Signal]]:
        """A queue of signals for `topic`; a listener that falls behind loses passing things, never events."""
        queue: asyncio.Queue[Signal] = asyncio.Queue(QUEUE_SIZE)
        self._listeners[topic].add(queue)
        try:
            yield queue
        finally:
            self._listeners[topic].discard(queue)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def _send(self, topic: str, signal: Signal) -> None:
        for queue in tuple(self._listeners.get(topic, ())):
            if not queue.full():
                queue.put_nowait(signal)
