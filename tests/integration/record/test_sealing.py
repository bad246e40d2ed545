"""Sealing a database's records, and checking it against the heads: what was changed behind our back shows."""

from collections.abc import Mapping

import pytest
from sqlalchemy import delete, update

from assistant.record.sealing import check, look_back_from, seal
from assistant.store.tables import case_events, cases
from tests.integration.record.conftest import Papers


async def test_what_is_sealed_is_intact(papers: Papers) -> None:
    """Records that nobody touched are intact, on both kinds of database, and sealing again signs nothing."""
    services = papers.services
    await papers.opened()
    await papers.opened("O-2")
    assert await seal(services.database, papers.heads, services.clock) == 2
    assert await seal(services.database, papers.heads, services.clock, await look_back_from(papers.heads)) == 0
    found = await check(services.database, papers.heads)
    assert (found.faults, found.waiting, found.heads) == ((), (), 1)
    assert found.entries == 4       # opened, and carried out by the platform, for each


async def test_what_is_not_sealed_yet_is_told(papers: Papers) -> None:
    """A case that came after the last head is no fault, and is named as waiting."""
    services = papers.services
    await papers.opened()
    await seal(services.database, papers.heads, services.clock)
    late = await papers.opened("O-2")
    found = await check(services.database, papers.heads)
    assert (found.faults, found.waiting) == ((), (late,))


CHANGES = [{"actor": "buyer:dawei"}, {"kind": "withdraw"}, {"data": {"said": {}}}, {"hash": "0" * 64}]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_row_is_found(papers: Papers, change: Mapping[str, object]) -> None:
    """An entry that is altered in the database itself is found."""
    services, case = papers.services, await papers.opened()
    await seal(services.database, papers.heads, services.clock)
    async with services.database.write() as tx:
        first = (case_events.c.case_id == case) & (case_events.c.seq == 1)
        await tx.execute(update(case_events).where(first).values(change))
    assert (await check(services.database, papers.heads)).faults


@pytest.mark.parametrize("whole", [True, False])
async def test_a_removed_case_is_found(papers: Papers, whole: bool) -> None:
    """A case that is removed from the database, or only its newest entry, is found by the heads outside of it."""
    services, case = papers.services, await papers.opened()
    await papers.opened("O-2")
    await seal(services.database, papers.heads, services.clock)
    async with services.database.write() as tx:
        gone = case_events.c.case_id == case
        await tx.execute(delete(case_events).where(gone if whole else gone & (case_events.c.seq > 1)))
        if whole:
            await tx.execute(delete(cases).where(cases.c.id == case))
    faults = (await check(services.database, papers.heads)).faults
    assert faults == (f"head 1 sealed 2 entries of case {case}, which are not there",)
