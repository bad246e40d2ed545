"""The rest of what a buyer sees: orders, proposals, cases, clauses."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from api.depends import BuyerScope, Id, Parts
from api.errors import documented
from api.schemas import CasesOut, ClauseOut, ReceiptOut, cases_out, clause_out
from assistant.commerce.views import order_view
from assistant.replies.cards import case_card
from assistant.replies.reply import CaseCard
from assistant.store import cases as stored_cases
from knowledge.errors import NotFound
from knowledge.text import Language

router = APIRouter(prefix="/v1", tags=["buyer"], responses=documented(401))
InLanguage = Annotated[Language, Query()]


@router.get("/orders", summary="The buyer's orders")
async def orders(services: Parts, scope: BuyerScope, lang: InLanguage = "zh") -> dict[str, list[dict[str, Any]]]:
    """Newest first, with states and goods in words."""
    found = await services.platform.orders(scope, scope.subject)
    shops = {order.shop_id: await services.platform.shop(scope, order.shop_id) for order in found}
    return {"orders": [order_view(order, shops[order.shop_id], lang) for order in found]}


@router.post("/proposals/{proposal_id}/confirm", summary="Confirm a proposal",
             responses={202: {"model": ReceiptOut, "description": "Held"}, **documented(401, 403, 404, 409)})
async def confirm(proposal_id: Id, services: Parts, scope: BuyerScope, response: Response) -> ReceiptOut:
    """The buyer's yes: done once, whatever is repeated; the same receipt again for the same proposal.

    202 without a receipt while a second person has to approve a high amount; the conversation tells when they have.
    """
    receipt = await services.gateway.confirm(scope, proposal_id)
    response.status_code = 202 if receipt is None else 200
    return ReceiptOut(receipt=receipt)


@router.post("/proposals/{proposal_id}/refuse", status_code=204, summary="Refuse a proposal",
             responses=documented(401, 404, 409))
async def refuse(proposal_id: Id, services: Parts, scope: BuyerScope) -> None:
    """Take it off the table."""
    await services.gateway.refuse(scope, proposal_id)


@router.get("/cases", summary="The buyer's cases")
async def cases(services: Parts, scope: BuyerScope, lang: InLanguage = "zh") -> CasesOut:
    """Newest first, with their steps and dates."""
    async with services.database.read() as tx:
        return cases_out(await stored_cases.of_buyer(tx, scope, scope.subject), lang)


@router.get("/cases/{case_id}", summary="One case", responses=documented(401, 404))
async def case(case_id: Id, services: Parts, scope: BuyerScope, lang: InLanguage = "zh") -> CaseCard:
    """A case by id or number."""
    async with services.database.read() as tx:
        return case_card((await stored_cases.find(tx, scope, case_id)).case, lang)


@router.get("/clauses/{clause_id}", summary="A clause", responses=documented(404))
async def clause(
    clause_id: Annotated[str, Path(max_length=120)], services: Parts, lang: InLanguage = "zh"
) -> ClauseOut:
    """The clause that a citation names, in the version now in force; no token is needed to read the rules."""
    found = services.clause(clause_id)
    if found is None:
        raise NotFound("no such clause")
    return clause_out(found, lang)
