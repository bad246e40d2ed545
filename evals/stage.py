"""A stage for one script: the real parts of the house, over a world and a tenant of the script's own.

Scripts share a database and never meet in it: each one is a tenant of its own, which is also what a platform is.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assistant.commerce.demo.world import demo_world
from assistant.commerce.effects import InMemoryEffects
from assistant.commerce.inline import Cast, parse_orders
from assistant.commerce.model import Buyer, Shop
from assistant.commerce.static import StaticPlatform
from assistant.commerce.world import World
from assistant.scope import Scope
from assistant.services import Services
from assistant.tools.gateway import Gateway
from evals.script import INLINE_BUYER, Script
from knowledge.errors import BadInput
from knowledge.text import Text

BETWEEN_LINES = timedelta(seconds=20)


class StageClock:
    """A clock that stands still until it is told to go on, so that a script gives the same every time."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The time on the stage."""
        return self.now

    def pass_time(self, span: timedelta = BETWEEN_LINES) -> None:
        """Let some time pass."""
        self.now += span


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a script is played: services of its own, whose buyer is `scope`, and what the platform was made to do."""

    services: Services
    scope: Scope
    clock: StageClock
    effects: InMemoryEffects

    @property
    def overseer(self) -> Scope:
        """A scope that sees the whole of this stage, internal events too."""
        return Scope(self.scope.tenant, "system", "evals")


def build_stage(script: Script, services: Services) -> Stage:
    """A stage for a script, with the reader, writer, rules, knowledge and database of `services`.

    Raises:
        BadInput: the script names no buyer of the demo shop, or its orders are wrong; names the order and the key.
    """
    clock = StageClock(script.now or services.clock())
    tenant = f"stage-{services.new_id()[:16]}"
    effects = InMemoryEffects()
    platform = StaticPlatform(world_of(script, clock.now), tenant, effects)
    gateway = Gateway(
        services.database, platform, clock, services.new_id, services.bus.publish,
        wants_approval=services.gateway.wants_approval,
    )
    own = replace(
        services, tenant=tenant, platform=platform, gateway=gateway, clock=clock,
        burst_seconds=0.0,
    )
    return Stage(own, Scope(tenant, "buyer", script.buyer_id), clock, effects)


def world_of(script: Script, now: datetime) -> World:
    """The demo shop, with the script's own buyer, shop and orders beside it when it brings them."""
    demo = demo_world(now)
    if script.buyer:
        if demo.buyer(script.buyer) is None:
            raise BadInput(f"no buyer `{script.buyer}`: the demo has {', '.join(buyer.id for buyer in demo.buyers)}")
        return demo
    buyer = Buyer(INLINE_BUYER, "小周" if script.language == "zh" else "Sam", script.tier, script.language)
    shop = Shop("shop", Text("试衣间小店", "The Corner Shop"), 4.6, script.promises)
    orders = parse_orders(script.orders, now, Cast(INLINE_BUYER, shop.id, demo.products))
    return World((*demo.shops, shop), demo.products, (*demo.buyers, buyer), (*orders, *demo.orders))

