"""The chain of a case's record: each entry's hash covers the entry and the hash before it.

`assistant/record/verify_record.py`, which goes out with every export, works the hashes out on its own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC

from assistant.cases.events import CaseEvent

SALT = "salt"


def link(previous: str, event: CaseEvent) -> str:
    """SHA-256, as 64 hexadecimal digits, over the canonical JSON of an entry and the hash of the one before it.

    `previous` is empty for the first entry of a case. Who did it and what was said count by a hash of their own, so
    that a copy can leave them out and its chain can still be checked.
    """
    return digest({
        "tenant": event.tenant, "case": event.case_id, "seq": event.seq, "at": event.at.astimezone(UTC).isoformat(),
        "kind": event.kind, "content": content(event), "previous": previous,
    })


def content(event: CaseEvent) -> str:
    """The hash that stands for an entry's actor and data; the salt in the data keeps it from being guessed."""
    return digest({"actor": event.actor, "data": dict(event.data)})


def salted(event: CaseEvent, salt: str) -> CaseEvent:
    """The entry with a salt, which must be random: without it, whoever knows the rest could try out buyers' ids."""
    return replace(event, data={**event.data, SALT: salt})


def canonical(value: object) -> bytes:
    """The one way in which a value is written as JSON, so that equal values have equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: object) -> str:
    """SHA-256 over a value's canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def line(entry: Mapping[str, object]) -> bytes:
    """A line of a file of JSON lines."""
    return canonical(entry) + b"\n"
