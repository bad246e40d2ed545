"""Orders in words and as JSON, for lists, cards and the API."""

from collections.abc import Mapping
from datetime import datetime

from assistant.commerce.categories import image_path
from assistant.commerce.model import Order, OrderItem, OrderState, Parcel, ParcelState, Shop
from assistant.currency import money
from knowledge.text import Language, Text

ORDER_STATES: Mapping[OrderState, Text] = {
    "unpaid": Text("待付款", "Awaiting payment"),
    "paid": Text("待发货", "Awaiting dispatch"),
    "dispatched": Text("已发货", "On its way"),
    "delivered": Text("已签收", "Delivered"),
    "completed": Text("交易完成", "Completed"),
    "cancelled": Text("已取消", "Cancelled"),
    "partly_refunded": Text("部分退款", "Partly refunded"),
    "refunded": Text("已退款", "Refunded"),
}
PARCEL_STATES: Mapping[ParcelState, Text] = {
    "packed": Text("待揽收", "Packed"),
    "in_transit": Text("运输中", "In transit"),
    "out_for_delivery": Text("派送中", "Out for delivery"),
    "delivered": Text("已签收", "Delivered"),
    "delayed": Text("运输延误", "Delayed"),
    "lost": Text("疑似丢件", "Possibly lost"),
    "returned": Text("退回中", "On its way back"),
}
Json = dict[str, object]


def state_label(order: Order) -> Text:
    """The order's state in words."""
    return ORDER_STATES[order.state]


def parcel_label(parcel: Parcel) -> Text:
    """The parcel's state in words."""
    return PARCEL_STATES[parcel.state]


def item_line(item: OrderItem, language: Language) -> str:
    """One line about an item: title, options, number of units."""
    options = "、".join(item.options.values()) if language == "zh" else ", ".join(item.options.values())
    chosen = (f"（{options}）" if language == "zh" else f" ({options})") if options else ""
    return item.title.in_(language) + chosen + (f" ×{item.quantity}" if item.quantity > 1 else "")


def order_line(order: Order, language: Language) -> str:
    """One line about an order: what it is, its state, what it comes to."""
    first, more = item_line(order.items[0], language), len(order.items) - 1
    others = (f" 等{more + 1}件商品" if language == "zh" else f" and {more} more") if more else ""
    total = money(total_fen(order), order.currency)
    return f"{first}{others} · {state_label(order).in_(language)} · {total}"


def total_fen(order: Order) -> int:
    """What the order comes to after discounts, paid or not; with the freight once it is paid."""
    goods = sum(item.unit_price_fen * item.quantity for item in order.items)
    return order.paid_fen if order.paid_at else goods - sum(discount.fen for discount in order.discounts)


def order_view(order: Order, shop: Shop | None, language: Language) -> Json:
    """The order as `GET /v1/orders` gives it; without a shop, its id stands for its name."""
    return {
        "id": order.id,
        "state": order.state,
        "state_label": state_label(order).in_(language),
        "shop": {"id": order.shop_id, "name": shop.name.in_(language) if shop else order.shop_id},
        "created_at": order.created_at.isoformat(),
        "paid_fen": order.paid_fen,
        "total_fen": total_fen(order),
        "freight_fen": order.freight_fen,
        "refunded_fen": order.refunded_fen,
        "currency": order.currency,
        "items": [item_view(item, language) for item in order.items],
        "parcels": [parcel_view(parcel, language) for parcel in order.parcels],
        **_dates(order),
    }


def item_view(item: OrderItem, language: Language) -> Json:
    """A line of an order as the API gives it."""
    return {
        "id": item.id,
        "title": item.title.in_(language),
        "category": item.category,
        "quantity": item.quantity,
        "paid_fen": item.paid_fen,
        "refunded_fen": item.refunded_fen,
        "options": dict(item.options),
        "image": image_path(item.category),
    }


def parcel_view(parcel: Parcel, language: Language) -> Json:
    """A parcel as the API gives it, its scans in order of time."""
    return {
        "carrier": parcel.carrier.in_(language),
        "tracking_number": parcel.tracking_number,
        "state": parcel.state,
        "state_label": parcel_label(parcel).in_(language),
        "events": [{"at": event.at.isoformat(), "text": event.text.in_(language)} for event in parcel.events],
    }


def _dates(order: Order) -> dict[str, str]:
    """The steps that have a date."""
    steps: Mapping[str, datetime | None] = {
        "paid_at": order.paid_at, "dispatch_due_at": order.dispatch_due_at,
        "dispatched_at": order.dispatched_at, "delivery_due_at": order.delivery_due_at,
        "delivered_at": order.delivered_at, "completed_at": order.completed_at,
    }
    return {name: at.isoformat() for name, at in steps.items() if at is not None}
