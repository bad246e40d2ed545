"""Demo mode only: the demo shop's buyers, and tokens for any of them."""

from collections import Counter
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.depends import Parts, SigningKeys
from api.errors import documented
from api.schemas import Strict
from assistant.commerce.demo.world import demo_world
from assistant.commerce.model import Buyer
from assistant.scope import Scope
from knowledge.errors import NotFound

router = APIRouter(prefix="/v1/demo", tags=["demo"], responses=documented(404))


class DemoBuyer(BaseModel):
    """A buyer of the demo shop."""

    id: str
    name: str
    credit_tier: int
    language: str
    orders: int = 0


class DemoBuyers(BaseModel):
    """All buyers of the demo shop."""

    buyers: list[DemoBuyer]


class TokenIn(Strict):
    """Which buyer to be."""

    buyer: str = Field(min_length=1, max_length=64)


class TokenOut(BaseModel):
    """A buyer's token."""

    token: str
    expires_at: datetime
    buyer: DemoBuyer


@router.get("/buyers", summary="Who one can be in the demo")
async def buyers(services: Parts) -> DemoBuyers:
    """The demo shop's buyers."""
    world = demo_world(services.clock())
    counts = Counter(order.buyer_id for order in world.orders)
    return DemoBuyers(buyers=[_shown(buyer, counts[buyer.id]) for buyer in world.buyers])


@router.post("/token", summary="Be one of them")
async def token(body: TokenIn, services: Parts, keys: SigningKeys) -> TokenOut:
    """A token for a buyer of the demo shop, as a real shop's server would mint it."""
    buyer = await services.platform.buyer(Scope(services.tenant, "system", "demo"), body.buyer)
    if buyer is None:
        raise NotFound("no such buyer")
    minted, expires = keys.mint_buyer(buyer.id, services.clock())
    return TokenOut(token=minted, expires_at=expires, buyer=_shown(buyer))


def _shown(buyer: Buyer, orders: int = 0) -> DemoBuyer:
    return DemoBuyer(
        id=buyer.id, name=buyer.name, credit_tier=buyer.credit_tier, language=buyer.language, orders=orders
    )
