"""Reports in the database: recorded once, told to the buyer, entered into the file and corrected there."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.cases.events import Actor, Happening
from assistant.commerce.model import OrderItem
from assistant.conversation import Notice
from assistant.integrity.file import Standing
from assistant.merchants import reporting
from assistant.merchants.known import standing_of
from assistant.merchants.reporting import Brought
from assistant.scope import Scope
from assistant.services import Services
from assistant.situation import situation_of
from assistant.store import conversations, reports
from assistant.store.case_events import record_of
from knowledge.errors import Conflict, NotAllowed, NotFound
from knowledge.text import Text
from tests.fakes.clock import NOW, FixedClock
from tests.fakes.scenes import BUYER, OTHER_BUYER, OTHER_TENANT, log_of, opened
from tests.integration.cases.scenes import case_now, held_now, open_case
from tests.integration.merchants.scenes import (
    LIN,
    OTHER_SHOP,
    SHOP,
    WEI,
    filmed,
    happens,
    now,
    on,
    reported,
    upheld,
    weighed,
)


async def _standing(services: Services) -> Standing:
    async with services.database.read() as tx:
        return await standing_of(services, tx, BUYER.subject)


async def _told(services: Services, case_id: str) -> list[str]:
    log = await log_of(services.database, (await held_now(services.gateway, case_id)).conversation_id)
    return [event.payload.text.zh for event in log if isinstance(event.payload, Notice)]


async def test_a_report_hears_the_buyer_in_the_conversation_of_the_claim(services: Services) -> None:
    """The buyer reads what is said and until when they can answer; the claim itself doesn't move."""
    filed = await reported(services)
    case = await case_now(services.gateway, filed.report.case_id)
    told = await _told(services, case.id)
    assert case.state == "requested"
    assert len(told) == 1
    assert filed.report.number in told[0]
    assert "照常" in told[0]


async def test_a_finding_closes_the_fast_lane_and_an_appeal_opens_it_again(services: Services) -> None:
    """What follows is in force from the decision on, feeds the rules' facts, and ends with a correction."""
    report = await upheld(services)
    assert (await _standing(services)).level == 2
    conversation = await opened(services.database, BUYER)
    facts = (await situation_of(services, BUYER, conversation)).buyer.facts
    assert (facts["fast_suspended"], facts["integrity_level"]) == (True, 2)
    appealed = await happens(services, BUYER, report, "appeal")
    with pytest.raises(NotAllowed):
        await happens(services, LIN, appealed, "decide", result="dismissed")
    await happens(services, WEI, appealed, "decide", result="dismissed")
    assert (await _standing(services)).level == 0
    assert "更正" in (await _told(services, report.case_id))[-1]


async def test_silence_about_an_empty_parcel_is_settled_by_scales(services: Services, clock: FixedClock) -> None:
    """The clock rings, the rule with the carrier's evidence decides, and the buyer can still appeal."""
    services = on(services, weighed(800, 40))
    report = (await reported(services, "empty_return")).report
    assert report.evidence.returned_weight_g == 40
    clock.advance(days=4)
    assert await reporting.ring_due(services) == 1
    report = await now(services.gateway, report)
    assert report.decided_by == "rule:report.empty_by_scales"
    assert (await happens(services, BUYER, report, "appeal")).state == "appealed"


async def test_clocks_take_a_report_to_its_end(services: Services, clock: FixedClock) -> None:
    """Moved by hand, the clocks close an upheld report once nobody appeals, and the finding expires after a year."""
    report = await upheld(services)
    clock.advance(days=8)
    await reporting.ring_due(services)
    assert (await now(services.gateway, report)).state == "closed"
    assert (await _standing(services)).level == 2
    clock.advance(days=360)
    assert (await _standing(services)).level == 0


async def test_a_claim_is_reported_once(services: Services) -> None:
    """A second report of the same claim is refused, one that comes at the same moment too."""
    case = await open_case(services.gateway)
    tries = await asyncio.gather(
        *(reported(services, "edited_photo", case.id) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in tries) == 2
    assert len([one for one in tries if not isinstance(one, BaseException)]) == 1


async def test_merchants_report_their_own_claims_with_their_own_pictures(services: Services) -> None:
    """Another shop's claim and another shop's picture are not there; buyers and staff can't report."""
    case = await open_case(services.gateway)
    with pytest.raises(NotFound):
        await reporting.file_report(services, OTHER_SHOP, case.id, Brought("edited_photo", words="x"))
    theirs = await filmed(services, OTHER_SHOP)
    with pytest.raises(NotFound):
        await reporting.file_report(services, SHOP, case.id, Brought("edited_photo", (theirs,), words="x"))
    for scope in (BUYER, LIN):
        with pytest.raises(NotAllowed):
            await reporting.file_report(services, scope, case.id, Brought("edited_photo", words="x"))


@pytest.mark.parametrize("stranger", [OTHER_BUYER, OTHER_TENANT, OTHER_SHOP, Scope("elsewhere", "agent", "lin")])
async def test_a_strangers_report_is_not_there(services: Services, stranger: Scope) -> None:
    """Other buyers, other shops and other tenants can neither see nor move it."""
    report = (await reported(services)).report
    async with services.database.read() as tx:
        assert await reports.visible(tx, stranger) == []
    with pytest.raises(NotFound):
        await happens(services, stranger, report, "appeal")


async def test_the_record_is_chained(services: Services) -> None:
    """Every step of a report is an entry whose hash rests on the one before, under the report's id."""
    report = await upheld(services)
    async with services.database.read() as tx:
        record = await record_of(tx, "demo", report.id)
    assert [one.event.kind for one in record] == ["filed", "answer", "decide"]
    assert [one.previous for one in record] == ["", *(one.hash for one in record[:-1])]


async def test_what_was_advanced_counts_against_the_limits(services: Services, clock: FixedClock) -> None:
    """The facts of limits come from the ledger: what is out, and what went out today."""
    case = await open_case(services.gateway, approved="at_once", advance_fen="9900", advanced_on="tracking_number")
    said = {"tracking_number": "SF1", "carrier": "顺丰"}
    await services.cases.move(BUYER, case.id, _ship(said))
    held = await held_now(services.gateway, case.id)
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, BUYER, held.conversation_id)
    facts = (await situation_of(services, BUYER, conversation)).buyer.facts
    assert (facts["advanced_open_fen"], facts["advanced_today_fen"]) == (9900, 9900)
    clock.now += timedelta(days=1)
    later = (await situation_of(services, BUYER, conversation)).buyer.facts
    assert (later["advanced_open_fen"], later["advanced_today_fen"]) == (9900, 0)


def _ship(said: dict[str, str]) -> Happening:
    return Happening("ship", Actor("buyer", BUYER.subject), dict(said))


@pytest.mark.parametrize(("filmed_it", "held"), [(True, True), (False, False)])
async def test_goods_that_do_not_match_may_hold_the_refund(services: Services, filmed_it: bool, held: bool) -> None:
    """Back at a trusted brand with footage, the refund waits for both sides' evidence; a bare word holds nothing."""
    item = OrderItem("O-1-1", "p1", Text("裙", "Dress"), "apparel", 1, 12900, 12900)
    paid, here = NOW - timedelta(days=5), NOW - timedelta(days=3)
    order = replace(weighed(None, None), items=(item,), paid_at=paid, dispatched_at=paid, delivered_at=here)
    services = on(services, order, trusted=True)
    case = await open_case(services.gateway, approved="at_once")
    await services.cases.move(BUYER, case.id, _ship({"tracking_number": "SF1", "carrier": "顺丰"}))
    await services.cases.move(SHOP, case.id, Happening("received", reporting.actor_of(SHOP)))
    pictures = (await filmed(services),) if filmed_it else ()
    brought = Brought("swapped_return", pictures, "SN1", "退回的是旧的")
    filed = await reporting.file_report(services, SHOP, case.id, brought)
    assert filed.held is held
    assert (await case_now(services.gateway, case.id)).state == ("evidence" if held else "inspecting")
