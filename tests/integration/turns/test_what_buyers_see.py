"""What stands on the buyer's side: offers that no longer hold are gone, and the desk's reasons are not shown."""

from pathlib import Path

import pytest

from assistant.building import services_for
from assistant.scope import Scope
from assistant.settings import Settings
from assistant.store import conversations
from evals.player import Session
from knowledge.errors import Conflict


async def test_a_correction_takes_the_offer_away(tmp_path: Path) -> None:
    """Who says that the goods were worn after all can no longer confirm the offer made for unworn ones."""
    async with services_for(Settings(home=tmp_path, burst_ms=0)) as services:
        session = await Session.begin(services, scope_of(services.tenant))
        await session.say("上周买的那条裙子不想要了，我要退货")
        offered = await session.say("没拆封")
        assert offered is not None
        assert offered.asks == "proposal"
        await session.say("说错了，已经穿过了")
        async with services.database.read() as tx:
            log = await conversations.log(tx, session.scope, session.conversation_id)
        made = next(e.payload.proposal for e in log if e.payload.kind == "proposal_made")
        assert "proposal_closed" in [e.payload.kind for e in log]
        with pytest.raises(Conflict):
            await services.gateway.confirm(session.scope, made.proposal_id)


def scope_of(tenant: str) -> Scope:
    """The buyer of the dress."""
    return Scope(tenant, "buyer", "xiaolin")


async def test_the_buyer_never_reads_why(tmp_path: Path) -> None:
    """What the desk is told of a buyer's state of mind stands in no event that the buyer can see."""
    async with services_for(Settings(home=tmp_path, burst_ms=0)) as services:
        session = await Session.begin(services, scope_of(services.tenant))
        await session.say("我不想活了，你们这样对我")
        async with services.database.read() as tx:
            head = await conversations.find(tx, session.scope, session.conversation_id)
            seen = await conversations.log(tx, session.scope, session.conversation_id)
        assert head.owner == "queued"
        assert head.handover is not None
        assert head.handover.reason.zh not in str([event.payload for event in seen])
