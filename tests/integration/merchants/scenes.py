"""A shop, a buyer who returned a parcel, and people at the desk, on the demo shop's world."""

from dataclasses import replace
from datetime import timedelta

from assistant.cases.events import Happening
from assistant.commerce.model import Order, Shop
from assistant.commerce.static import StaticPlatform
from assistant.commerce.world import World
from assistant.integrity.reports import Report
from assistant.merchants import reporting
from assistant.merchants.reporting import Brought, Filed
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import attachments, reports
from assistant.store.attachments import Stored
from assistant.tools.gateway import Gateway
from knowledge.text import Text
from tests.fakes.clock import NOW
from tests.fakes.scenes import BUYER
from tests.integration.cases.scenes import open_case

SHOP = Scope("demo", "merchant", "orchid-1", "s-orchid")
OTHER_SHOP = Scope("demo", "merchant", "maple-1", "s-maple")
LIN, WEI = Scope("demo", "agent", "lin"), Scope("demo", "agent", "wei")


def on(services: Services, *orders: Order, trusted: bool = False) -> Services:
    """The services over a platform that holds these orders, of a shop that brands trust or not."""
    shop = Shop("s-orchid", Text("兰", "Orchid"), 4.9, facts={"brand_trusted": trusted})
    platform = StaticPlatform(World(shops=(shop,), orders=orders))
    gateway = replace(services.gateway, platform=platform)
    return replace(services, platform=platform, gateway=gateway)


def weighed(sent: int | None, returned: int | None) -> Order:
    """The order of `open_case`, with the weights that the carriers told."""
    told = {name: grams for name, grams in (("sent_weight_g", sent), ("returned_weight_g", returned)) if grams}
    return Order("O-1", BUYER.subject, "s-orchid", "delivered", NOW - timedelta(days=5), (), 12900, facts=told)


async def filmed(services: Services, scope: Scope = SHOP) -> str:
    """The id of a picture that the shop uploaded."""
    stored = Stored(services.new_id(), "", "image/png", 10)
    await attachments.add(services.database, scope, stored, services.clock())
    return stored.id


async def reported(services: Services, kind: str = "swapped_return", case_id: str | None = None) -> Filed:
    """A report with footage on a return of Xiaolin's."""
    found = case_id or (await open_case(services.gateway)).id
    return await reporting.file_report(
        services, SHOP, found, Brought(kind, (await filmed(services),), "SN1", "退回的不是我们的商品")
    )


async def happens(services: Services, scope: Scope, report: Report, kind: str, **said: str | bool) -> Report:
    """Somebody does something to a report."""
    happening = Happening(kind, reporting.actor_of(scope), {"words": "说明", **said})
    return await reporting.move(services, scope, report.id, happening)


async def upheld(services: Services) -> Report:
    """A report that the buyer answered and a person upheld."""
    report = await happens(services, BUYER, (await reported(services)).report, "answer")
    return await happens(services, LIN, report, "decide", result="upheld")


async def now(gateway: Gateway, report: Report) -> Report:
    """The report as it is stored."""
    async with gateway.database.read() as tx:
        return await reports.find(tx, Scope("demo", "system", "test"), report.id)
