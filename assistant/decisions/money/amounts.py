"""Amounts out of lines that add up, and the words of the lines."""

from assistant.decisions.conditions import Facts
from assistant.decisions.decision import Amount, AmountLine, Share
from knowledge.text import Text

PAID = Text("实付", "Paid")
UNITS = Text("其中涉及的件数实付", "Paid for the units concerned")
ALREADY = Text("已退", "Refunded before")
FREIGHT = Text("运费", "Freight")
WORN = Text("折旧费", "Depreciation")
HANDLED = Text("使用造成的减值", "Value lost by handling")
GIFT = Text("未退回的赠品", "Gift kept")
TODAY = Text("按今天价格", "At today's price")
COUPON = Text("今天人人可领的券", "Coupon open to all today")

_ORIGINAL = Text("原支付方式退回", "Back to the original payment")


def amount_of(facts: Facts, *lines: AmountLine, others: tuple[Share, ...] = ()) -> Amount:
    """The sum of these lines, paid to the buyer by the original route, and what goes back to `others` beside it.

    Lines of nothing are left out.
    """
    kept = tuple(line for line in lines if line.fen)
    fen = sum(line.fen for line in kept)
    cash = (Share("buyer", "original", fen, _ORIGINAL),) if fen else ()
    return Amount(fen, str(facts.get("order", {}).get("currency", "CNY")), kept, cash + others)


def of_expression(label: Text, fen: int, facts: Facts) -> Amount:
    """An amount that a rule's own expression came to, as one line; less than nothing is nothing."""
    return amount_of(facts, AmountLine(label, max(0, fen)))
