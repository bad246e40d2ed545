"""What each kind of claim is about, and which of the buyer's facts go along with its command.

Claims that are not listed are about an item and take what every command takes: the rule, the reason, the units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

About = Literal["item", "order", "goods", "case"]
"""`goods` are products that are not bought yet; `case` is one that was opened before."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a claim is about, and the facts (by full name) that its command carries as arguments."""

    about: About = "item"
    takes: tuple[str, ...] = ()


ERRANDS: Mapping[str, Errand] = MappingProxyType({
    "exchange": Errand(takes=("claim.exchange_for",)),
    "cancel_order": Errand("order"),
    "change_address": Errand("order", ("claim.address", "claim.phone", "claim.recipient")),
    "urge": Errand("order"),
    "invoice": Errand(
        "order", ("claim.invoice_need", "claim.invoice_for", "claim.invoice_title", "claim.tax_number", "claim.phone")
    ),
    "book_service": Errand(
        takes=("claim.service", "claim.visit_day", "claim.visit_time", "claim.recipient", "claim.phone")
    ),
    "place_order": Errand("goods", ("claim.basket", "claim.payment")),
    "review_cashback": Errand(),
    "withdraw": Errand("case"),
    "appeal": Errand("case", ("claim.appeal_reason",)),
})
_OTHERS = Errand()


def errand_of(claim: str) -> Errand:
    """The errand of a kind of claim."""
    return ERRANDS.get(claim, _OTHERS)
