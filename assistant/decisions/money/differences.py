"""Price protection: the difference between what was really paid and what the same units cost today."""

from assistant.decisions.conditions import Facts
from assistant.decisions.decision import Amount, AmountLine
from assistant.decisions.money.amounts import ALREADY, COUPON, PAID, TODAY, UNITS, amount_of
from assistant.decisions.money.holding import holding, whole_number


def price_difference(facts: Facts) -> Amount:
    """What was really paid for the units kept, less what they cost today after coupons open to everyone.

    Coupons used when buying are in what was paid, so nobody is paid a difference that a coupon had already covered.
    What was refunded beyond the units sent back, an earlier difference, comes off. The form is that of the platform's
    own rule (price-protection 2.1); `claim.quantity` is the number kept where that isn't all.
    """
    held = holding(facts)
    paid, price = held.share(held.paid), whole_number(facts, "item.current_price_fen")
    coupon = min(price, whole_number(facts, "item.current_coupon_fen"))
    lines = (
        AmountLine(PAID if held.claimed == held.quantity else UNITS, paid), AmountLine(ALREADY, held.due - paid),
        AmountLine(TODAY, -price * held.claimed), AmountLine(COUPON, coupon * held.claimed),
    )
    return amount_of(facts, *lines) if sum(line.fen for line in lines) > 0 else amount_of(facts)
