"""What can be wished for: each write becomes a task, which the rules decide and the buyer confirms.

No write takes an amount or says whose order it is: amounts come from the decision, and orders are looked up among the
buyer's own. What only evidence can show (a photo, a doctor's note) is no argument either.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, Field

from assistant.commerce.goods import ServiceKind
from assistant.commerce.model import Order
from assistant.commerce.platform import Line
from assistant.conversation import Task
from assistant.planning import baskets
from assistant.planning.deciding import APPEALS, buyers_moves
from assistant.planning.step import Situation
from assistant.tools.reads import own_case
from assistant.tools.tool import Catalogue, Condition
from assistant.understanding.reading import FactValue
from knowledge.errors import NotFound

WRITES = Catalogue()
Units = Annotated[int | None, Field(ge=1, le=999)]


class Bought(BaseModel):
    """So many units of a product."""

    model_config = ConfigDict(extra="forbid")
    product_id: str = Field(pattern=r"^[^\s,*]{1,64}$")
    quantity: int = Field(default=1, ge=1, le=999)


def _on(*states: str) -> Condition:
    """True where the buyer has an order in one of these states."""
    return lambda situation: any(order.state in states for order in situation.orders)


_UNSENT = _on("unpaid", "paid")
_PAID = _on("paid", "dispatched", "delivered", "completed", "partly_refunded")
_ARRIVED = _on("delivered", "completed", "partly_refunded")


def _can(*moves: str) -> Condition:
    """True where the buyer can do one of these to a case of theirs."""
    return lambda situation: any(one in moves for case in situation.cases for one in buyers_moves(case))


@WRITES.writes("取消订单", "Cancel an order", when=_UNSENT)
def cancel_order(at: Situation, order_id: str) -> Task:
    """Cancel an order that was not dispatched; what was paid comes back."""
    return _task(at, "cancel_order", order_id)


@WRITES.writes("修改收货信息", "Change address, phone or recipient", when=_UNSENT)
def change_address(at: Situation, order_id: str, address: str = "", phone: str = "", recipient: str = "") -> Task:
    """Send an order that was not dispatched elsewhere, or to somebody else."""
    return _task(at, "change_address", order_id, address=address, phone=phone, recipient=recipient)


@WRITES.writes("催发货催派送", "Urge dispatch or delivery", when=_on("paid", "dispatched"))
def urge(at: Situation, order_id: str) -> Task:
    """Remind the shop to dispatch an order, or the carrier to deliver it."""
    return _task(at, "urge", order_id)


@WRITES.writes("代下单", "Place an order")
def place_order(
    at: Situation, goods: Annotated[list[Bought], Field(min_length=1, max_length=10)], payment: str
) -> Task:
    """Order goods for the buyer, paid with one of their payment methods."""
    basket = baskets.written(Line(one.product_id, one.quantity) for one in goods)
    return Task(_task_id(at, "place_order"), "place_order", facts={"claim.basket": basket, "claim.payment": payment})


@WRITES.writes("退款（不寄回）", "Open a refund", when=_PAID)
def open_refund(at: Situation, order_id: str, item_id: str = "", reason: str = "", quantity: Units = None) -> Task:
    """Ask for the money of an item without sending it back."""
    return _task(at, "refund", order_id, item_id, reason=reason, quantity=quantity)


@WRITES.writes("退货退款", "Open a return", when=_ARRIVED)
def open_return(at: Situation, order_id: str, item_id: str = "", reason: str = "", quantity: Units = None) -> Task:
    """Ask to send an item back for its money."""
    return _task(at, "return", order_id, item_id, reason=reason, quantity=quantity)


@WRITES.writes("换货", "Open an exchange", when=_PAID)
def open_exchange(at: Situation, order_id: str, item_id: str = "", reason: str = "", exchange_for: str = "") -> Task:
    """Ask to have an item exchanged, for the same or for another product that the shop allows."""
    return _task(at, "exchange", order_id, item_id, reason=reason, exchange_for=exchange_for)


@WRITES.writes("维修", "Open a repair", when=_ARRIVED)
def open_repair(at: Situation, order_id: str, item_id: str = "", reason: str = "") -> Task:
    """Ask to have an item repaired."""
    return _task(at, "repair", order_id, item_id, reason=reason)


@WRITES.writes("预约上门", "Book a visit", when=_PAID)
def book_visit(
    at: Situation, order_id: str, service: ServiceKind, day: date,
    time: Literal["morning", "afternoon", "evening"] | None = None, item_id: str = "",
) -> Task:
    """Book a visit to install, repair, measure, fetch a return or take the old item away; or move it."""
    return _task(at, "book_service", order_id, item_id, service=service, visit_day=day.isoformat(), visit_time=time)


@WRITES.writes("价保补差", "Claim price protection", when=_PAID)
def claim_price_protection(at: Situation, order_id: str, item_id: str = "") -> Task:
    """Ask for the difference to a lower price."""
    return _task(at, "price_protection", order_id, item_id)


@WRITES.writes("开发票", "Request or correct an invoice", when=_PAID)
def request_invoice(
    at: Situation, order_id: str, need: Literal["new", "special", "correct", "copy"] | None = None,
    invoice_for: Literal["personal", "company"] | None = None, title: str = "", tax_number: str = "",
) -> Task:
    """Have an invoice issued, corrected or sent again."""
    return _task(
        at, "invoice", order_id, invoice_need=need, invoice_for=invoice_for, invoice_title=title, tax_number=tax_number
    )


@WRITES.writes("晒单返现", "Register a review for its cashback", when=_ARRIVED)
def register_review_cashback(at: Situation, order_id: str, item_id: str = "") -> Task:
    """Ask for the cashback that the product page offers for a review."""
    return _task(at, "review_cashback", order_id, item_id)


@WRITES.writes("投诉", "File a complaint", when=lambda at: bool(at.orders))
def file_complaint(at: Situation, order_id: str, item_id: str = "", reason: str = "") -> Task:
    """File a formal complaint, with a number and dates."""
    return _task(at, "complaint", order_id, item_id, reason=reason)


@WRITES.writes("服务承诺赔付", "Claim a broken service promise", when=_PAID)
def claim_promise(at: Situation, order_id: str, item_id: str = "", promise: str = "") -> Task:
    """Ask for the compensation that goes with a promise that was not kept."""
    return _task(at, "compensation", order_id, item_id, broken_promise=promise)


@WRITES.writes("撤销售后", "Withdraw a case", when=_can("withdraw"))
def withdraw_case(at: Situation, case_number: str) -> Task:
    """Take back a request or complaint that nothing was decided on."""
    case = own_case(at.cases, case_number)
    return _task(at, "withdraw", case.order_id, case.item_id or "")


@WRITES.writes("申诉", "Appeal", when=_can(*APPEALS))
def appeal_case(at: Situation, case_number: str, reason: str = "") -> Task:
    """Appeal the result of a case, with grounds."""
    case = own_case(at.cases, case_number)
    return _task(at, "appeal", case.order_id, case.item_id or "", appeal_reason=reason)


def _task(at: Situation, claim: str, order_id: str, item_id: str = "", **told: FactValue | None) -> Task:
    """A task on one of the buyer's own orders, with what was told for it; nothing is told by an empty argument.

    Raises:
        NotFound: the order or the item isn't there, or is somebody else's; nobody can tell which.
    """
    order = at.order(order_id)
    if order is None or item_id not in ("", *_items(order)):
        raise NotFound("no such order")
    facts = {f"claim.{name}": value for name, value in told.items() if value is not None and value != ""}
    return Task(_task_id(at, claim), claim, order.id, item_id or order.items[0].id, facts)


def _items(order: Order) -> Iterable[str]:
    return (item.id for item in order.items)


def _task_id(at: Situation, claim: str) -> str:
    """An id that is the same when the same turn is planned again."""
    return uuid5(NAMESPACE_URL, f"{at.buyer.id}/{at.state.turns}/{at.now.isoformat()}/{claim}").hex
