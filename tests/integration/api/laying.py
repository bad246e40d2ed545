"""Putting things where they are found, behind the doors: a proposal on a buyer's table, a case, a stuck webhook."""

from dataclasses import replace
from datetime import timedelta

from assistant.clock import utc_now
from assistant.proposal import LIFETIME
from assistant.scope import Scope
from assistant.store import platform_news
from assistant.store.platform_news import News
from tests.fakes.scenes import proposed, put_on_table
from tests.integration.api.serving import Caller, Server

ORDER = "260360824866437017"
"""An order of Xiaolin's that has not been sent yet."""


def lay_case(server: Server, buyer: Caller, conversation: str, **notes: str) -> str:
    """The id of a return of the buyer's at the shop of `ORDER`, which waits for the merchant's answer."""
    scope = Scope(server.settings.tenant, "buyer", buyer.name)
    proposal = proposed(conversation, scope=scope, now=utc_now(), order_id=ORDER)
    decision = replace(proposal.decision, remedy="return_and_refund", notes=notes, deadlines=())
    returned = replace(proposal, decision=decision, command=replace(proposal.command, name="return"),
                       shop_id="hearth")
    laid = server.run(put_on_table(server.services.gateway, returned, scope))
    return server.run(server.services.gateway.confirm(scope, laid.id)).case_id


def lay_proposal(server: Server, buyer: Caller, conversation: str, lifetime: timedelta = LIFETIME) -> str:
    """The id of a fresh proposal to refund `ORDER`; the platform behind these tests takes it from anybody."""
    scope = Scope(server.settings.tenant, "buyer", buyer.name)
    proposal = proposed(conversation, scope=scope, now=utc_now(), lifetime=lifetime, order_id=ORDER)
    return server.run(put_on_table(server.services.gateway, proposal, scope)).id


def lay_webhook(server: Server, webhook_id: str) -> str:
    """The id of a webhook of the platform that could not be worked off in three days."""

    async def lay() -> None:
        body = {"kind": "drone.landed", "at": "2026-11-21T09:30:00+08:00"}
        news = News(webhook_id, server.settings.tenant, "drone.landed", body, "0" * 64, utc_now())
        async with server.services.database.write() as tx:
            await platform_news.take_in(tx, news)
            await platform_news.settle(tx, news, "failed", "in vain")

    server.run(lay())
    return webhook_id
