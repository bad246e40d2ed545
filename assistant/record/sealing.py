"""Sealing, and checking the database against the heads that were sealed.

What happens between two seals is chained, but whoever controls the database can write it anew until it is sealed: the
shorter the interval, the less. An export seals its own case first.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime

from assistant.clock import Clock
from assistant.record.copies import entry_line
from assistant.record.heads import LOOK_BACK, Heads, Json, Sealed
from assistant.record.verify_record import head_faults, record_faults, trusted, unsealed
from assistant.store.case_files import Tx, all_entries, last_entries
from assistant.store.database import Database


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a whole tenant found. `waiting` are the cases whose newest entries no head covers yet."""

    entries: int
    heads: int
    faults: tuple[str, ...]
    waiting: tuple[str, ...]


async def seal(database: Database, heads: Heads, clock: Clock, since: datetime | None = None) -> int:
    """Sign what no head covers yet, of the cases that moved after `since` (else of all); how many cases that were.

    Raises:
        BadInput: the key that signs is not as it should be.
        Unavailable: the database does not answer.
    """
    async with database.read() as tx:
        found = [Sealed(*one) for one in await last_entries(tx, heads.tenant, since)]
    made = await asyncio.to_thread(heads.seal, found, clock(), since)
    return sum(head["count"] for head in made)


async def look_back_from(heads: Heads) -> datetime | None:
    """From when on cases need a look: a day before the last head; None where there is no head yet."""
    last = await asyncio.to_thread(heads.last)
    return datetime.fromisoformat(last["at"]) - LOOK_BACK if last else None


async def check(database: Database, heads: Heads, pinned: str = "") -> Checked:
    """Compare every record of the tenant with all heads; `pinned` is a public key known from elsewhere."""
    known = trusted(heads.keys.listed(), pinned)
    faults = list(head_faults(heads.all(), known))
    claims, signed = _by_case(heads.all())
    entries, waiting = 0, []
    async with database.read() as tx:
        async for record in _records(tx, heads.tenant):
            case = str(record[0]["case"])
            claimed = claims.pop(case, [])
            faults += record_faults(record, claimed)
            waiting += unsealed(record, claimed)
            entries += len(record)
    for claimed in claims.values():
        faults += record_faults([], claimed)
    return Checked(entries, signed, tuple(faults), tuple(waiting))


def _by_case(heads: Iterator[Json]) -> tuple[dict[str, list[Json]], int]:
    """What heads claim, by case, and how many heads there are."""
    claims: dict[str, list[Json]] = {}
    count = 0
    for head in heads:
        count += 1
        for one in head["cases"]:
            claims.setdefault(one[0], []).append({"number": head["number"], "tenant": head["tenant"], "cases": [one]})
    return claims, count


async def _records(tx: Tx, tenant: str) -> AsyncIterator[list[Json]]:
    """The records of a tenant's cases, one after the other."""
    record: list[Json] = []
    async for one in all_entries(tx, tenant):
        if record and record[-1]["case"] != one.event.case_id:
            yield record
            record = []
        record.append(entry_line("staff", one))
    if record:
        yield record
