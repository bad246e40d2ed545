"""Refunds: what was paid for the units claimed, less what is back already, worn off or kept.

Every formula is a plain function from facts to an `Amount` whose lines add up to it. In whatever order units and
differences are claimed, no more than was paid comes back, and units claimed one by one come to the whole.
"""

from assistant.decisions.conditions import Facts
from assistant.decisions.decision import Amount, AmountLine
from assistant.decisions.money.amounts import ALREADY, FREIGHT, GIFT, HANDLED, PAID, UNITS, WORN, amount_of
from assistant.decisions.money.holding import Holding, holding, whole_number
from assistant.decisions.money.settlement import others_of_item, others_of_order


def item_refundable(facts: Facts) -> Amount:
    """What was paid for the item (or the units claimed), less what was refunded on it."""
    held = holding(facts)
    return amount_of(facts, *_item_lines(facts, held), others=others_of_item(facts, held))


def item_refundable_with_freight(facts: Facts) -> Amount:
    """As `item_refundable`, with the units' part of the item's freight, within what is left on the order."""
    held = holding(facts)
    lines = _item_lines(facts, held)
    return amount_of(facts, *lines, _freight(facts, held, lines), others=others_of_item(facts, held))


def item_withdrawn(facts: Facts) -> Amount:
    """What goes back on withdrawal from a distance contract: the price and the delivery, less value lost by handling.

    Delivery counts as the cheapest that was on offer, `order.standard_freight_fen`, where a dearer one was chosen
    (Directive 2011/83/EU, articles 13 and 14). `item.handling_loss_fen` is what the goods lost, where it is known.
    """
    held = holding(facts)
    lines = _item_lines(facts, held)
    paid = whole_number(facts, "order.freight_fen")
    standard = min(paid, facts["order"].get("standard_freight_fen", paid))
    freight = _freight(facts, held, lines).fen * standard // paid if paid else 0
    lost = min(_sum(lines), held.share(facts["item"].get("handling_loss_fen", 0)))
    more = AmountLine(FREIGHT, freight), AmountLine(HANDLED, -lost)
    return amount_of(facts, *lines, *more, others=others_of_item(facts, held))


def order_refundable(facts: Facts) -> Amount:
    """What was paid for the whole order, freight included, less what was refunded."""
    paid, refunded = whole_number(facts, "order.paid_fen"), whole_number(facts, "order.refunded_fen")
    lines = AmountLine(PAID, paid), AmountLine(ALREADY, -min(paid, refunded))
    return amount_of(facts, *lines, others=others_of_order(facts))


def item_depreciated(facts: Facts) -> Amount:
    """`item_refundable` less depreciation: price paid × days since delivery × the daily rate in basis points.

    The form is that of the three-guarantee catalogues (after-sales standard 6.5.2); the rate is the platform's.
    Parts of a fen are not charged.
    """
    held = holding(facts)
    lines = _item_lines(facts, held)
    days = whole_number(facts, "order.delivered_days")
    rate = whole_number(facts, "item.depreciation_bp_per_day")
    worn = max(0, held.share(held.paid) * days * rate // 10_000)
    others = others_of_item(facts, held)
    return amount_of(facts, *lines, AmountLine(WORN, -min(_sum(lines), worn)), others=others)


def _item_lines(facts: Facts, held: Holding) -> list[AmountLine]:
    """The lines that add up to what can still be refunded on the units claimed.

    A gift that is kept when its item goes back whole costs what was shown at checkout; where nothing was shown, nothing
    (platform rule returns 6.1). While units of the item are kept, their gift may stay.
    """
    paid = held.share(held.paid)
    label = PAID if held.claimed == held.quantity else UNITS
    kept_gift = held.whole and facts["claim"].get("gift_kept", False)
    gift = min(held.due, facts["item"].get("gift_fen", 0)) if kept_gift else 0
    return [AmountLine(label, paid), AmountLine(ALREADY, held.due - paid), AmountLine(GIFT, -gift)]


def _freight(facts: Facts, held: Holding, lines: list[AmountLine]) -> AmountLine:
    """The units' part of the item's freight, within what is left on the order beside the other lines."""
    room = whole_number(facts, "order.paid_fen") - whole_number(facts, "order.refunded_fen") - _sum(lines)
    unpaid = whole_number(facts, "order.freight_fen") - whole_number(facts, "order.freight_refunded_fen")
    return AmountLine(FREIGHT, max(0, min(held.share(whole_number(facts, "item.freight_share_fen")), unpaid, room)))


def _sum(lines: list[AmountLine]) -> int:
    return sum(line.fen for line in lines)
