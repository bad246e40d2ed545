"""Copies of a record: what each party may see of an entry, and the line that it becomes.

Staff have the whole record: it goes to whoever may judge the case. A buyer's copy does not name the shop's people,
the platform's or the jurors; a merchant's does not name the buyer. An entry of which something is left out keeps the
hash of the whole, so the chain of every copy can be checked, and copies can be compared with each other.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Literal

from assistant.cases import chain
from assistant.cases.events import CaseEvent, Json
from assistant.store.case_events import Recorded
from assistant.understanding.guards import mask_personal_data
from assistant.understanding.language import plain
from assistant.understanding.outbound import may_leave, outbound

Audience = Literal["buyer", "merchant", "staff"]

_NAMED: Mapping[Audience, tuple[str, ...]] = {
    "buyer": ("buyer", "platform", "clock"), "merchant": ("merchant", "platform", "clock"),
}
"""The parties of whom a copy names the person."""
_HIDDEN: Mapping[Audience, frozenset[str]] = {
    "buyer": frozenset({chain.SALT, "panel"}),
    "merchant": frozenset({chain.SALT, "panel", "buyer_id", "proposal_id", "conversation_id"}),
}
_CODES = frozenset({
    "tracking_number", "carrier", "from", "to", "due", "name", "number", "kind", "order_id", "item_id", "currency",
    "reference", "command", "shop_id", "side", "attachments", "buyer_id", "proposal_id", "grade", "sha256",
})
"""What is never free text, and so has nobody's phone number in it."""


def shown_to(audience: Audience, event: CaseEvent) -> CaseEvent:
    """An entry as a party may see it; the same entry where nothing is left out."""
    if audience == "staff":
        return event
    party = event.actor.partition(":")[0]
    actor = event.actor if party in _NAMED[audience] else party
    data = {name: value for name, value in event.data.items() if name not in _HIDDEN[audience]}
    said = data.get("said")
    if isinstance(said, dict):
        data["said"] = {} if event.kind == "vote" else {
            name: _free(audience, name, value) for name, value in said.items() if name not in _HIDDEN[audience]
        }
    whole = {name: value for name, value in event.data.items() if name != chain.SALT}
    return event if (actor, data) == (event.actor, whole) else replace(event, actor=actor, data=data)


def entry_line(audience: Audience, recorded: Recorded) -> dict[str, object]:
    """An entry as a line of `record.jsonl`: whole, or with the hash of what is left out and what is shown instead."""
    event, shown = recorded.event, shown_to(audience, recorded.event)
    chained: dict[str, object] = {
        "tenant": event.tenant, "case": event.case_id, "seq": event.seq, "at": event.at.astimezone(UTC).isoformat(),
        "kind": event.kind, "previous": recorded.previous, "hash": recorded.hash,
    }
    if shown is event:
        return {**chained, "actor": event.actor, "data": dict(event.data)}
    return {**chained, "content": chain.content(event), "shown": {"actor": shown.actor, "data": dict(shown.data)}}


def free_text(audience: Audience, text: str) -> str:
    """What somebody wrote, without phone, card and identity numbers; for merchants also without addresses."""
    if audience == "merchant":
        return text if may_leave(text) else outbound(text)
    masked = mask_personal_data(text)
    return text if masked == plain(text).text else masked


def name_of(name: str) -> str:
    """A person's name as papers show it: the first character, the rest as stars."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 2)) if name else ""


def _free(audience: Audience, name: str, value: Json) -> Json:
    if isinstance(value, str) and name not in _CODES:
        return free_text(audience, value)
    return value
