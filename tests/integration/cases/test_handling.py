"""Cases in the database: whatever happens is written down once, told to both sides, and asked of the platform once."""

import asyncio
from datetime import timedelta

import pytest

from assistant.cases.case import Case
from assistant.cases.events import Actor, Happening
from assistant.cases.handling import ChangedBody
from assistant.conversation import CaseChanged, ReceiptIssued
from assistant.scope import Scope
from assistant.tools.gateway import Gateway
from knowledge.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import OTHER_BUYER, OTHER_TENANT, column, log_of
from tests.integration.cases.scenes import (
    OTHER_MERCHANT,
    Doing,
    case_now,
    commands_of,
    held_now,
    open_case,
    record_now,
)


@pytest.fixture
def doing(gateway: Gateway) -> Doing:
    """The parties."""
    return Doing(gateway)


@pytest.fixture
async def case(gateway: Gateway) -> Case:
    """A return whose goods the buyer can send."""
    return await open_case(gateway, approved="at_once")


async def test_thirty_days_go_by_in_a_second(gateway: Gateway, clock: FixedClock, doing: Doing) -> None:
    """Moved by hand, the clock takes a return from a silent merchant to the money, without anybody doing anything."""
    case = await open_case(gateway)
    seen = []
    for _ in range(30):
        clock.advance(days=1)
        await doing.handling.ring_due()
        case = await case_now(gateway, case.id)
        if case.state == "waiting_goods":
            await doing.do(case.id, "ship", tracking_number="SF1", carrier="顺丰")
        if case.state == "in_transit":
            await doing.do(case.id, "parcel_back", "platform", tracking_number="SF1")
        seen.append(case.state)
    assert list(dict.fromkeys(seen)) == ["requested", "waiting_goods", "in_transit", "inspecting", "done"]
    assert await commands_of(gateway, case.id) == [("return_refund", 12900, "done")]


async def test_the_record_is_gapless_and_says_who_did_what(gateway: Gateway, doing: Doing, case: Case) -> None:
    """Entries run from 1 without gaps, each names its actor and states, and each hash rests on the one before."""
    await doing.do(case.id, "ship", tracking_number="SF1", carrier="顺丰")
    await doing.do(case.id, "received", "merchant")
    record = await record_now(gateway, case.id)
    assert [one.event.seq for one in record] == list(range(1, len(record) + 1))
    assert [one.event.kind for one in record] == ["opened", "platform_done", "ship", "received"]
    assert [one.event.actor for one in record] == ["buyer:xiaolin", "platform", "buyer:xiaolin", "merchant:orchid-1"]
    assert [one.previous for one in record] == ["", *(one.hash for one in record[:-1])]
    assert len({one.hash for one in record}) == len(record)
    assert record[2].event.data["to"] == "in_transit"


async def test_the_conversation_hears_of_it(gateway: Gateway, doing: Doing, case: Case) -> None:
    """The buyer's chat shows the case as it moves, with what the merchant did as its last step."""
    await doing.do(case.id, "ship", tracking_number="SF1")
    await doing.do(case.id, "received", "merchant")
    log = await log_of(gateway.database, (await held_now(gateway, case.id)).conversation_id)
    changed = [event.payload.case for event in log if isinstance(event.payload, CaseChanged)]
    assert [one.state for one in changed] == ["waiting_goods", "in_transit", "inspecting"]
    assert [step.label.zh for step in changed[-1].steps if step.done][-1] == "商家已签收"


async def test_money_of_a_case_has_a_receipt_and_a_row_in_the_ledger(gateway: Gateway, doing: Doing) -> None:
    """An advance and the rest are two entries, which come to what was decided; the buyer gets a receipt for each."""
    case = await open_case(gateway, approved="at_once", advanced_on="tracking_number", advance_fen="5000")
    await doing.do(case.id, "ship", tracking_number="SF1")
    await doing.do(case.id, "received", "merchant")
    await doing.do(case.id, "pass_inspection", "merchant")
    assert await commands_of(gateway, case.id) == [("advance_refund", 5000, "done"), ("return_refund", 7900, "done")]
    assert await column(gateway.database, "ledger", "amount_fen", "action", "advance_refund") == [5000]
    assert await column(gateway.database, "ledger", "state", "action", "return_refund") == ["done"]
    log = await log_of(gateway.database, (await held_now(gateway, case.id)).conversation_id)
    receipts = [event.payload.receipt for event in log if isinstance(event.payload, ReceiptIssued)]
    assert [one.amount.fen for one in receipts[1:] if one.amount] == [5000, 7900]
    assert (await case_now(gateway, case.id)).state == "done"


async def test_the_same_client_id_happens_once(gateway: Gateway, doing: Doing, case: Case) -> None:
    """Sent again, also after the case went on, it gives the first entry back; with other words it is refused."""
    first = await doing.do(case.id, "ship", client_id="a", tracking_number="SF1")
    await doing.do(case.id, "received", "merchant", client_id="a")
    assert await doing.do(case.id, "ship", client_id="a", tracking_number="SF1") == first
    with pytest.raises(ChangedBody):
        await doing.do(case.id, "ship", client_id="a", tracking_number="SF2")
    assert len(await record_now(gateway, case.id)) == 4


async def test_what_comes_too_late_finds_the_clock_rung(
    gateway: Gateway, clock: FixedClock, doing: Doing, case: Case
) -> None:
    """A tracking number after its time is refused, though no clock had rung yet: it rings first."""
    clock.advance(days=9)
    with pytest.raises(Conflict):
        await doing.do(case.id, "ship", tracking_number="SF1")
    assert (await case_now(gateway, case.id)).state == "lapsed"


async def test_refused_is_unchanged(gateway: Gateway, doing: Doing, case: Case) -> None:
    """What can't happen leaves neither an entry nor an event."""
    before = await record_now(gateway, case.id), await case_now(gateway, case.id)
    with pytest.raises(Conflict):
        await doing.do(case.id, "confirm_received")
    with pytest.raises(NotAllowed):
        await doing.do(case.id, "ship", "merchant", tracking_number="SF1")
    with pytest.raises(BadInput):
        await doing.do(case.id, "ship", tracking_number=" ")
    assert (await record_now(gateway, case.id), await case_now(gateway, case.id)) == before


async def test_a_parcel_comes_back_once(gateway: Gateway, doing: Doing, case: Case) -> None:
    """The number of another buyer's parcel is refused."""
    async with gateway.database.write() as tx:
        await tx.exec_driver_sql("UPDATE cases SET buyer_id = 'dawei', tracking_number = 'SF9'")
    mine = await open_case(gateway, approved="at_once")
    with pytest.raises(Conflict, match="another parcel"):
        await doing.do(mine.id, "ship", tracking_number="SF9")
    await doing.do(mine.id, "ship", tracking_number="SF8")


@pytest.mark.parametrize("scope", [OTHER_BUYER, OTHER_TENANT, OTHER_MERCHANT])
async def test_a_case_of_others_is_not_there(doing: Doing, case: Case, scope: Scope) -> None:
    """To another buyer, another tenant and another shop it does not exist, by id and by number."""
    ship = Happening("ship", Actor("buyer", "x"), {"tracking_number": "1"})
    for name in (case.id, case.number, "no-such-case"):
        with pytest.raises(NotFound, match="no such case"):
            await doing.handling.move(scope, name, ship)


async def test_twenty_at_once_are_one(gateway: Gateway, platform: FakePlatform, doing: Doing, case: Case) -> None:
    """Buyer, merchant and clock all at once: the record has no gap, and every step was taken once."""
    await doing.do(case.id, "ship", tracking_number="SF1")
    await doing.do(case.id, "received", "merchant")
    asked = [doing.do(case.id, "pass_inspection", "merchant", client_id=f"{n % 5}") for n in range(20)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    events = [one for one in found if not isinstance(one, BaseException)]
    assert len({one.seq for one in events}) == 1
    assert all(isinstance(one, Conflict) for one in found if isinstance(one, BaseException))
    assert await commands_of(gateway, case.id) == [("return_refund", 12900, "done")]
    assert [one.event.seq for one in await record_now(gateway, case.id)] == list(range(1, 7))


async def test_a_clock_rings_once_however_many_ring_it(
    gateway: Gateway, clock: FixedClock, doing: Doing
) -> None:
    """Many workers that find the same clock past move the case once."""
    case = await open_case(gateway)
    clock.advance(days=3)
    rang = await asyncio.gather(*(doing.handling.ring("demo", case.id) for _ in range(12)))
    assert sum(rang) == 1
    assert (await case_now(gateway, case.id)).version == 3


async def test_an_unanswered_step_is_asked_again_with_the_same_key(
    gateway: Gateway, platform: FakePlatform, clock: FixedClock, doing: Doing, case: Case
) -> None:
    """When the platform is silent the case waits, and the sweeper's next try settles it, without a second payment."""
    await doing.do(case.id, "ship", tracking_number="SF1")
    await doing.do(case.id, "received", "merchant")
    platform.faults += ["done_but_silent"]
    await doing.do(case.id, "pass_inspection", "merchant")
    assert (await case_now(gateway, case.id)).state == "refunding"
    clock.advance(minutes=2)
    await gateway.deliver()
    assert (await case_now(gateway, case.id)).state == "done"
    assert platform.done[f"{case.id}-5"] == 1


async def test_a_refused_step_brings_a_person(
    gateway: Gateway, platform: FakePlatform, doing: Doing, case: Case
) -> None:
    """When the platform says no to the payment, the case is with a specialist and the buyer with a person."""
    await doing.do(case.id, "ship", tracking_number="SF1")
    await doing.do(case.id, "received", "merchant")
    platform.faults += ["refuses"]
    await doing.do(case.id, "pass_inspection", "merchant")
    now = await case_now(gateway, case.id)
    assert (now.state, now.paid_fen) == ("with_staff", 0)
    log = await log_of(gateway.database, (await held_now(gateway, case.id)).conversation_id)
    assert "owner_changed" in [event.payload.kind for event in log]


async def test_a_broken_case_holds_up_no_other(gateway: Gateway, clock: FixedClock, doing: Doing) -> None:
    """A row that can't be read is logged; the clocks of all others ring."""
    broken = await open_case(gateway)
    others = [await open_case(gateway) for _ in range(10)]
    async with gateway.database.write() as tx:
        await tx.exec_driver_sql(f"UPDATE cases SET data = '{{}}' WHERE id = '{broken.id}'")
    clock.advance(days=2, seconds=1)
    assert await doing.handling.ring_due() == 10
    assert {(await case_now(gateway, one.id)).state for one in others} == {"waiting_goods"}


async def test_only_overdue_clocks_are_rung_for_others(gateway: Gateway, clock: FixedClock, doing: Doing) -> None:
    """The sweeper leaves a clock a moment to those whose work it is."""
    await open_case(gateway)
    clock.advance(hours=48, seconds=1)
    assert await doing.handling.ring_due(timedelta(seconds=2)) == 0
    clock.advance(seconds=2)
    assert await doing.handling.ring_due(timedelta(seconds=2)) == 1
