"""Writes that the retail shop's policy forbids, by fault, over its orders."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.commerce.platform import Command, Line
from evals.external.refusing import Forbidden
from evals.external.tau2_retail.data import ShopData
from evals.external.tau2_retail.state import DELIVERED, PENDING, Profile, Sale, Variant

_HOME = {"address1": "1 Main Street", "city": "Denver", "state": "CO", "country": "USA", "zip": "80279"}


def forbidden_writes(data: ShopData, orders: int = 120) -> Iterator[Forbidden]:
    """Every kind of fault on the first `orders` orders of each state, with every product that it takes."""
    for status in (PENDING, DELIVERED, "processed", "cancelled"):
        for sale in [one for one in data.books.sales.values() if one.status == status][:orders]:
            profile = data.books.profiles[sale.buyer_id]
            yield from _in_the_wrong_state(sale)
            yield from _of_somebody_else(sale, data)
            if status in (PENDING, DELIVERED):
                yield from _swaps(sale, profile, data)
            yield from _payments(sale, profile)


def _in_the_wrong_state(sale: Sale) -> Iterator[Forbidden]:
    if sale.status != PENDING:
        for command in (_cancel(sale), _move(sale), _repay(sale, sale.original_method), _change(sale, "change_items")):
            yield Forbidden(f"{command.name} when {sale.status}", sale.buyer_id, command, "tau2-retail#pending")
    if sale.status != DELIVERED:
        for name in ("return", "exchange"):
            yield Forbidden(f"{name} when {sale.status}", sale.buyer_id, _change(sale, name), "tau2-retail#delivered")
    if sale.status == PENDING:
        joke = _cancel(sale, "found it cheaper elsewhere")
        yield Forbidden("cancelled for another reason", sale.buyer_id, joke, "tau2-retail#cancel.reason")
        yield Forbidden("no address", sale.buyer_id, Command("change_address", sale.id), "tau2-retail#change.what")


def _of_somebody_else(sale: Sale, data: ShopData) -> Iterator[Forbidden]:
    other = next(key for key in data.books.profiles if key != sale.buyer_id)
    for command in (_cancel(sale), _move(sale), _repay(sale, sale.original_method), *_changes(sale)):
        yield Forbidden(f"{command.name} by somebody else", other, command, "tau2-retail#own")
    theirs = Command("change_address", "", arguments={**_HOME, "buyer_id": sale.buyer_id})
    yield Forbidden("somebody else's profile", other, theirs, "tau2-retail#own")


def _changes(sale: Sale) -> list[Command]:
    return [_change(sale, name) for name in ("change_items", "return", "exchange")]


def _swaps(sale: Sale, profile: Profile, data: ShopData) -> Iterator[Forbidden]:
    """Items that can't become what is wanted, and changes after the one change that there is."""
    name, item = ("change_items" if sale.status == PENDING else "exchange"), sale.items[0]
    variants = list(data.variants.values())
    same = [one for one in variants if one.product_id == item.product_id and one.id != item.item_id]
    other = next(one for one in variants if one.product_id != item.product_id and one.available)
    gone = next((one for one in same if not one.available), None)
    absent = next(one for one in variants if all(one.id != here.item_id for here in sale.items))

    def swap(given: str, wanted: str, payment: str = sale.original_method) -> Command:
        return Command(name, sale.id, arguments={"payment": payment}, lines=(Line(wanted, 1, given),))

    yield Forbidden(f"{name} for another product", sale.buyer_id, swap(item.item_id, other.id), _SAME)
    yield Forbidden(f"{name} for the same", sale.buyer_id, swap(item.item_id, item.item_id), _OPTION)
    yield Forbidden(f"{name} of what is not there", sale.buyer_id, swap(absent.id, absent.id), _IN_ORDER)
    yield Forbidden(f"{name} for nothing sold", sale.buyer_id, swap(item.item_id, "0"), "tau2-retail#items.sold")
    yield Forbidden(f"{name} by a strange card", sale.buyer_id, swap(item.item_id, other.id, "card_0"), _OWN)
    if gone:
        yield Forbidden(f"{name} for what is gone", sale.buyer_id, swap(item.item_id, gone.id), _GONE)
    yield from _after_a_change(sale, profile, same)
    yield from _too_dear(sale, profile, same, name)


def _after_a_change(sale: Sale, profile: Profile, same: Sequence[Variant]) -> Iterator[Forbidden]:
    """A second change, a cancellation or another address after the one change that an order may have."""
    item_id = sale.items[0].item_id
    cheap = next((one for one in same if one.available and one.price_cents <= sale.items[0].price_cents), None)
    if cheap is None:
        return
    name = "change_items" if sale.status == PENDING else "exchange"
    method = next(iter(profile.methods))
    first = Command(name, sale.id, arguments={"payment": method}, lines=(Line(cheap.id, 1, item_id),))
    if sale.status == PENDING:
        for command in (_cancel(sale), _move(sale), replace(first, lines=(Line(item_id, 1, cheap.id),))):
            yield Forbidden(f"{command.name} after a change", sale.buyer_id, command, "tau2-retail#pending", (first,))
    else:
        for command in (first, _change(sale, "return")):
            yield Forbidden(f"{command.name} after a change", sale.buyer_id, command, "tau2-retail#delivered", (first,))


def _too_dear(sale: Sale, profile: Profile, same: Sequence[Variant], name: str) -> Iterator[Forbidden]:
    """A difference that the gift card does not cover."""
    item = sale.items[0]
    for card in (one for one in profile.methods.values() if one.source == "gift_card"):
        dear = [one for one in same if one.available and one.price_cents - item.price_cents > card.balance_cents]
        for one in dear[:1]:
            command = Command(name, sale.id, arguments={"payment": card.id}, lines=(Line(one.id, 1, item.item_id),))
            yield Forbidden(f"{name} beyond the gift card", sale.buyer_id, command, "tau2-retail#items.balance")


def _payments(sale: Sale, profile: Profile) -> Iterator[Forbidden]:
    """Ways to pay that are not the buyer's, are the first one again, hold too little, or may not take a refund."""
    if sale.status == PENDING:
        yield Forbidden("a strange card", sale.buyer_id, _repay(sale, "card_0"), "tau2-retail#payment.own")
        again = _repay(sale, sale.original_method)
        yield Forbidden("the same way to pay", sale.buyer_id, again, "tau2-retail#payment.different")
    for method in profile.methods.values():
        if method.id == sale.original_method:
            continue
        if sale.status == PENDING and method.source == "gift_card" and method.balance_cents < sale.total_cents:
            poor = _repay(sale, method.id)
            yield Forbidden("a gift card with too little", sale.buyer_id, poor, "tau2-retail#payment.balance")
        if sale.status == DELIVERED and method.source != "gift_card":
            odd = replace(_change(sale, "return"), arguments={"payment": method.id})
            yield Forbidden("a refund to another account", sale.buyer_id, odd, "tau2-retail#return.payment")


def _cancel(sale: Sale, reason: str = "no longer needed") -> Command:
    return Command("cancel_order", sale.id, arguments={"cancel_reason": reason})


def _move(sale: Sale) -> Command:
    return Command("change_address", sale.id, arguments=_HOME)


def _repay(sale: Sale, method_id: str) -> Command:
    return Command("change_payment", sale.id, arguments={"payment": method_id})


def _change(sale: Sale, name: str) -> Command:
    lines = (Line("", 1, sale.items[0].item_id),)
    return Command(name, sale.id, arguments={"payment": sale.original_method}, lines=lines)


_SAME, _OPTION = "tau2-retail#items.same-product", "tau2-retail#items.another-option"
_GONE = "tau2-retail#items.available"
_IN_ORDER, _OWN = "tau2-retail#items.in-order", "tau2-retail#payment.own"
