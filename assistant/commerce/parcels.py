"""Parcels of an order: what its file says, with the usual scans that follow from its dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.commerce.model import Order, Parcel, ParcelEvent, ParcelState
from assistant.commerce.rows import ParcelRow
from knowledge.text import Text

CARRIERS: Mapping[str, Text] = {
    "sf": Text("顺丰速运", "SF Express"),
    "jd": Text("京东物流", "JD Logistics"),
    "zto": Text("中通快递", "ZTO Express"),
    "yto": Text("圆通速递", "YTO Express"),
    "sto": Text("申通快递", "STO Express"),
    "ems": Text("邮政EMS", "China Post EMS"),
    "deppon": Text("德邦快递", "Deppon"),
}
PICKED_UP_AFTER = timedelta(hours=3)
OUT_BEFORE_DELIVERY = timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Shipping:
    """What an order's parcels are made from: the order so far, their rows, the shop's carrier, the time."""

    order: Order
    rows: tuple[ParcelRow, ...]
    carrier: str
    now: datetime


def parcels(shipping: Shipping) -> tuple[Parcel, ...]:
    """The parcels of an order: those that its file names, else one for goods that were dispatched."""
    rows = shipping.rows
    if not rows:
        tangible = not all(item.traits.get("digital_content") for item in shipping.order.items)
        rows = (ParcelRow(),) if shipping.order.dispatched_at and tangible else ()
    return tuple(_parcel(shipping, row, number) for number, row in enumerate(rows, start=1))


def _parcel(shipping: Shipping, row: ParcelRow, number: int) -> Parcel:
    """One parcel; `number` counts from 1 within the order."""
    order, code = shipping.order, row.carrier or shipping.carrier
    carrier = CARRIERS.get(code, Text(code, code))
    state = row.state or _usual_state(order)
    own = tuple(ParcelEvent(scan.at, scan.text.text()) for scan in row.scans)
    seen = [scan for scan in (*_usual_scans(order, carrier, state), *own) if scan.at <= shipping.now]
    tracking = row.number or f"{code.upper()}{order.id[-11:]}{number:02d}"
    seen.sort(key=lambda scan: scan.at)
    return Parcel(f"{order.id}-p{number}", carrier, tracking, state, tuple(seen), row.held_by_weather)


def _usual_state(order: Order) -> ParcelState:
    """How far a parcel has come that doesn't say so."""
    if order.delivered_at:
        return "delivered"
    return "in_transit" if order.dispatched_at else "packed"


def _usual_scans(order: Order, carrier: Text, state: ParcelState) -> list[ParcelEvent]:
    """What the tracking of any parcel shows, as far as it has come."""
    scans: list[ParcelEvent] = []
    if order.dispatched_at and state != "packed":
        scans.append(ParcelEvent(order.dispatched_at, Text("商家已发货", "Dispatched by the shop")))
        collected = Text(f"{carrier.zh}已揽收", f"Collected by {carrier.en}")
        scans.append(ParcelEvent(order.dispatched_at + PICKED_UP_AFTER, collected))
    if order.delivered_at and state == "delivered":
        out = max(order.delivered_at - OUT_BEFORE_DELIVERY, scans[-1].at if scans else order.created_at)
        scans.append(ParcelEvent(out, Text("派送中，快递员正在为您送货", "Out for delivery")))
        scans.append(ParcelEvent(order.delivered_at, Text("已签收", "Delivered")))
    return scans
