"""What a platform tells by webhook becomes events of cases and lines in conversations: once, in any order."""

import asyncio
import itertools
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assistant.cases.events import Actor, Happening
from assistant.cases.handling import Handling
from assistant.commerce.model import Order, OrderItem, OrderState, Parcel, ParcelState
from assistant.commerce.world import World
from assistant.conversation import Notice
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import platform_news
from assistant.webhooks import incoming
from knowledge.errors import BadInput, Conflict
from knowledge.text import Text
from tests.fakes.clock import NOW, FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import BUYER, column, decided, log_of, opened, proposed, put_on_table

TRACKING = "SF0000000001"
SYSTEM = Scope("demo", "system", "test")


def order(state: OrderState = "dispatched", parcel: ParcelState = "in_transit") -> Order:
    """Xiaolin's order O-1 with one parcel."""
    item = OrderItem("O-1-1", "p", Text("杯子", "Cup"), "home", 1, 12900, 12900)
    parcels = (Parcel("P-1", Text("顺丰", "SF"), "SF-OUT-1", parcel),)
    return Order("O-1", "xiaolin", "s-orchid", state, NOW, (item,), 12900, paid_at=NOW, parcels=parcels)


def body(kind: str, **said: Any) -> bytes:
    """A webhook's body."""
    return json.dumps({"kind": kind, "at": "2026-11-20T14:00:00+08:00", **said}).encode()


async def told(services: Services, news_id: str, *args: Any, **said: Any) -> str:
    """Take a webhook in and work it off; the state that it is in then."""
    await incoming.take_in(services, news_id, body(*args, **said))
    await incoming.work_off(services)
    return str((await column(services.database, "platform_news", "state", "id", news_id))[0])


async def notices(services: Services, conversation_id: str) -> list[str]:
    """The system's lines in a conversation."""
    log = await log_of(services.database, conversation_id)
    return [event.payload.text.en for event in log if isinstance(event.payload, Notice)]


async def returning(services: Services, *, shipped: bool = True) -> str:
    """The id of a case that waits for goods to come back; they are on their way when `shipped`."""
    conversation = await opened(services.database)
    proposal = replace(proposed(conversation.id), decision=decided(remedy="return_and_refund"))
    proposal = replace(proposal, decision=replace(proposal.decision, notes={"approved": "at_once"}))
    await put_on_table(services.gateway, proposal)
    await services.gateway.confirm(BUYER, proposal.id)
    case_id = str((await column(services.database, "cases", "id", "proposal_id", proposal.id))[0])
    if shipped:
        await ship(services, case_id)
    return case_id


async def ship(services: Services, case_id: str) -> None:
    """The buyer names the parcel that goes back."""
    happening = Happening("ship", Actor("buyer", "xiaolin"), {"tracking_number": TRACKING})
    await Handling(services.gateway).move(BUYER, case_id, happening)


async def state_of(services: Services, case_id: str) -> str:
    """The state that a case is in."""
    return str((await column(services.database, "cases", "state", "id", case_id))[0])


async def kinds_in(services: Services, case_id: str) -> list[object]:
    """The kinds of the entries in a case's record."""
    return await column(services.database, "case_events", "kind", "case_id", case_id)


async def test_a_parcel_that_is_back_moves_its_case(services: Services) -> None:
    """The case goes on to its inspection, once, however often and under how many ids the platform says so."""
    case_id = await returning(services)
    assert await told(services, "m1", "parcel.back", tracking_number=TRACKING) == "done"
    assert await state_of(services, case_id) == "inspecting"
    assert await told(services, "m1", "parcel.back", tracking_number=TRACKING) == "done"
    assert await told(services, "m2", "parcel.back", tracking_number=TRACKING) == "due"     # it no longer fits
    assert (await kinds_in(services, case_id)).count("parcel_back") == 1


async def test_news_that_come_too_early_are_kept(services: Services, clock: FixedClock) -> None:
    """A parcel that is scanned before the buyer has named it moves the case as soon as that is known."""
    case_id = await returning(services, shipped=False)
    assert await told(services, "m1", "parcel.back", tracking_number=TRACKING) == "due"
    await ship(services, case_id)
    clock.advance(seconds=5)
    assert await incoming.work_off(services) == 1
    assert await state_of(services, case_id) == "inspecting"


async def test_what_never_fits_is_left_to_people(services: Services, clock: FixedClock) -> None:
    """After three days in vain it has failed, shows up at the desk, and can be tried afresh."""
    assert await told(services, "m1", "parcel.back", tracking_number="nobody's") == "due"
    for _ in range(30):
        clock.advance(hours=3)
        await incoming.work_off(services)
    async with services.database.write() as tx:
        failed, = await platform_news.failed(tx, "demo")
        assert (failed.id, "no case waits" in str(failed.note)) == ("m1", True)
        await platform_news.revive(tx, "demo", "m1", clock())
    assert await incoming.work_off(services) == 0
    assert await column(services.database, "platform_news", "state", "id", "m1") == ["due"]


@pytest.mark.parametrize(("now", "said", "line"), [
    ("dispatched", "dispatched", "Order O-1: On its way"), ("delivered", "dispatched", None), ("paid", "paid", None),
    ("cancelled", "cancelled", "Order O-1: Cancelled"),
])
async def test_the_buyer_hears_how_the_order_stands(
    services: Services, platform: FakePlatform, now: OrderState, said: str, line: str | None
) -> None:
    """A change that matters is told, if it is still so at the platform; one that was overtaken is not."""
    platform.world = World(orders=(order(now),))
    conversation = await opened(services.database)
    state = await told(services, "m1", "order.changed", order_id="O-1", state=said)
    assert state == ("done" if line else "noted")
    assert await notices(services, conversation.id) == ([line] if line else [])


@pytest.mark.parametrize("parcel", ["in_transit", "delayed", "lost"])
async def test_the_buyer_hears_of_trouble_on_the_way(
    services: Services, platform: FakePlatform, parcel: ParcelState
) -> None:
    """A parcel that is late or lost at the platform is told before the buyer asks; whatever the webhook itself says."""
    platform.world = World(orders=(order(parcel=parcel),))
    conversation = await opened(services.database)
    await told(services, "m1", "parcel.scanned", order_id="O-1", tracking_number="SF-OUT-1", state="lost")
    assert len(await notices(services, conversation.id)) == (parcel != "in_transit")


async def test_a_line_is_told_once(services: Services, platform: FakePlatform) -> None:
    """A webhook that is sent five times gives one line; a buyer without a conversation gives none and no fault."""
    platform.world = World(orders=(order(),))
    assert await told(services, "m0", "order.changed", order_id="O-1", state="dispatched") == "noted"
    conversation = await opened(services.database)
    for _ in range(5):
        await told(services, "m1", "order.changed", order_id="O-1", state="dispatched")
    assert len(await notices(services, conversation.id)) == 1


async def test_refund_done_is_a_reason_to_ask(services: Services, platform: FakePlatform) -> None:
    """A command that is open is asked about at once; the webhook itself settles nothing."""
    conversation = await opened(services.database)
    proposal = await put_on_table(services.gateway, proposed(conversation.id))
    platform.faults += ["silent", "silent"]
    await services.gateway.confirm(BUYER, proposal.id)
    assert await told(services, "m1", "refund.done", key=proposal.id) == "done"
    assert await column(services.database, "ledger", "state", "proposal_id", proposal.id) == ["pending"]
    assert await told(services, "m2", "refund.done", key=proposal.id) == "done"
    assert await column(services.database, "ledger", "state", "proposal_id", proposal.id) == ["done"]
    assert await told(services, "m3", "refund.done", key="f" * 32) == "noted"


async def test_the_platforms_result_ends_a_mediation(services: Services, clock: FixedClock) -> None:
    """A result by the platform's people counts like one of ours, and never for more than was decided."""
    case_id = await returning(services)
    handling = Handling(services.gateway)
    await told(services, "m1", "parcel.back", tracking_number=TRACKING)
    await handling.move(SYSTEM, case_id, Happening("contest", Actor("merchant", "boss"), {"reason": "worn"}))
    for party in (Actor("buyer", "xiaolin"), Actor("merchant", "boss")):
        await handling.move(SYSTEM, case_id, Happening("rest", party))
    assert await state_of(services, case_id) == "mediation"
    number = str((await column(services.database, "cases", "number", "id", case_id))[0])
    assert await told(services, "m2", "case.decided", case=number, side="buyer", amount_fen=10**9) == "failed"
    assert await told(services, "m3", "case.decided", case=number, side="buyer", amount_fen=9000) == "done"
    assert await state_of(services, case_id) == "ruled"


async def test_kinds_of_next_year_are_noted(services: Services) -> None:
    """A kind that nothing is known of is accepted, kept with its body, and does nothing."""
    assert await told(services, "m1", "drone.landed", where="roof") == "noted"
    assert (await column(services.database, "platform_news", "body", "id", "m1"))[0]["where"] == "roof"  # type: ignore[index]


@pytest.mark.parametrize("wrong", [
    b"", b"[]", b"{", b'"x"', b"\xff", b'{"kind": "parcel.back"}', body("parcel.back"), body("", x=1), body("k" * 65),
    body("order.changed", order_id="O-1", state="lost"), body("case.decided", case="AS-1", side="both"),
    body("case.decided", case="AS-1", side="buyer", amount_fen=-1), body("parcel.back", tracking_number=7),
    b'{"kind": "x", "at": "2026-11-20T14:00:00"}', b'{"kind": "x", "at": 1}', b"[" * 10_000,
], ids=repr)
async def test_what_cannot_be_used_is_refused(services: Services, wrong: bytes) -> None:
    """Broken JSON, and known kinds without what they must have, are BadInput, and nothing is kept."""
    with pytest.raises(BadInput):
        await incoming.take_in(services, "m1", wrong)
    assert await column(services.database, "platform_news", "id", "id", "m1") == []


async def test_an_id_stands_for_one_body(services: Services) -> None:
    """The same id with another body is a Conflict, and the first one counts."""
    assert await incoming.take_in(services, "m1", body("a.b"))
    assert not await incoming.take_in(services, "m1", body("a.b"))
    with pytest.raises(Conflict):
        await incoming.take_in(services, "m1", body("a.c"))


@pytest.mark.parametrize("orderly", list(itertools.permutations(range(3)))[1:])
async def test_any_order_ends_the_same(
    services: Services, platform: FakePlatform, clock: FixedClock, orderly: tuple[int, ...]
) -> None:
    """A parcel back, a change of the order and an unknown kind, shuffled and doubled: the end is the same."""
    platform.world = World(orders=(order(),))
    case_id = await returning(services, shipped=False)
    sent = [("m0", body("parcel.back", tracking_number=TRACKING)), ("m1", body("x.y")),
            ("m2", body("order.changed", order_id="O-1", state="dispatched"))]
    for place in (*orderly, *orderly):
        await incoming.take_in(services, *sent[place])
        await incoming.work_off(services)
    await ship(services, case_id)
    clock.now += timedelta(minutes=2)
    await incoming.work_off(services)
    assert await state_of(services, case_id) == "inspecting"
    states = [(await column(services.database, "platform_news", "state", "id", one))[0] for one, _ in sent]
    assert states == ["done", "noted", "done"]


async def test_doubles_at_the_same_moment_are_one(services: Services) -> None:
    """A webhook that arrives five times at once is taken in once, and each sender hears that it is kept."""
    taken = await asyncio.gather(*(incoming.take_in(services, "m1", body("a.b")) for _ in range(5)))
    assert sorted(taken) == [False, False, False, False, True]
