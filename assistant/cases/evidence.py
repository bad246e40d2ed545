"""What both sides put forward in a case, read from its record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assistant.cases.case import Side
from assistant.cases.events import CaseEvent

_PUT_FORWARD = frozenset({"refuse", "contest", "dispute", "give_evidence", "appeal", "respond"})


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One thing that a side said or showed. `attachments` are ids of stored pictures."""

    side: Side
    at: datetime
    kind: str
    text: str
    attachments: tuple[str, ...]


def exhibits(record: Iterable[CaseEvent]) -> list[Exhibit]:
    """All that both sides put forward, in the order in which they did; what staff say is none of it."""
    return [
        exhibit
        for event in record
        if event.kind in _PUT_FORWARD and (exhibit := _exhibit(event)) is not None
    ]


def _exhibit(event: CaseEvent) -> Exhibit | None:
    party = event.actor.partition(":")[0]
    said = event.data.get("said")
    if party not in ("buyer", "merchant") or not isinstance(said, dict):
        return None
    pictures = said.get("attachments")
    return Exhibit(
        "buyer" if party == "buyer" else "merchant", event.at, event.kind,
        str(said.get("text") or said.get("reason") or ""),
        tuple(map(str, pictures)) if isinstance(pictures, list) else (),
    )
