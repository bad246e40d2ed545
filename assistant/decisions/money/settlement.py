"""Who gets what back beside the buyer's own money: points, platform's and state's shares, coupons.

Each payer gets back what they put in, by the units that go back, and never another's part. So a coupon of the platform
or a subsidy of the state is never paid out to the buyer, and points come back as points (platform rule refunds 4.2).
A coupon of the shop is the shop's own loss: nobody is owed it.
"""

from assistant.decisions.conditions import Facts
from assistant.decisions.decision import Payee, Route, Share
from assistant.decisions.money.holding import Holding
from knowledge.text import Text

_PARTS: tuple[tuple[str, Payee, Route, Text], ...] = (
    ("points_fen", "buyer", "points", Text("积分退回账户", "Points back to your account")),
    ("platform_fen", "platform", "subsidy", Text("平台优惠退回平台", "The platform's discount, back to the platform")),
    ("state_fen", "state", "subsidy", Text("补贴退回补贴方", "The subsidy, back to who paid it")),
)
_COUPON = Text("未过期的优惠券退回券包", "Coupons still valid, back to your wallet")


def others_of_item(facts: Facts, held: Holding) -> tuple[Share, ...]:
    """What goes back beside the buyer's money when the units claimed go back."""
    shares = tuple(
        Share(to, route, held.share(fen), label)
        for name, to, route, label in _PARTS if (fen := facts["item"].get(name, 0)) and held.share(fen)
    )
    left = facts.get("order", {}).get("units_left")
    return shares + (_coupons(facts) if held.claimed and left == held.claimed else ())


def others_of_order(facts: Facts) -> tuple[Share, ...]:
    """What goes back beside the buyer's money when all that is left of the order does."""
    shares = tuple(
        Share(to, route, facts["order"][name], label)
        for name, to, route, label in _PARTS if facts["order"].get(name)
    )
    return shares + _coupons(facts)


def _coupons(facts: Facts) -> tuple[Share, ...]:
    """The coupons that are still valid; they only come back when nothing of the order stays with the buyer."""
    worth = facts["order"].get("coupon_fen", 0)
    return (Share("buyer", "coupon", worth, _COUPON),) if worth else ()
