"""What a claim on an item is about: so many units of those bought, what was paid for them, what is back already."""

from dataclasses import dataclass
from typing import Any

from assistant.decisions.conditions import Facts
from assistant.decisions.money.allocation import units_covered, units_share


@dataclass(frozen=True, slots=True)
class Holding:
    """Units and fen of one item: `back` units are refunded, `claimed` of the others are claimed now."""

    quantity: int
    back: int
    claimed: int
    paid: int
    refunded: int

    @property
    def kept(self) -> int:
        """The units that are not refunded yet."""
        return self.quantity - self.back

    @property
    def whole(self) -> bool:
        """True when all of it is claimed that was not refunded before, so that nothing stays with the buyer."""
        return self.claimed == self.kept

    def share(self, fen: int) -> int:
        """What of `fen` falls on the units claimed. Claimed one after the other, the units' shares add up to `fen`."""
        return units_share(fen, self.quantity, self.back + self.claimed) - units_share(fen, self.quantity, self.back)

    @property
    def due(self) -> int:
        """What can go back for the units claimed: what was paid for them, less what was refunded on them.

        A refund beyond the price of the units that are back, such as a price difference, lies on the units kept.
        """
        beyond = max(0, self.refunded - units_share(self.paid, self.quantity, self.back))
        on_these = units_share(beyond, self.kept, self.claimed) if self.kept else 0
        return max(0, min(self.share(self.paid) - on_these, self.paid - self.refunded))


def holding(facts: Facts) -> Holding:
    """The units claimed, by `claim.quantity` where it is known and not nought, else all that are left.

    Raises:
        KeyError: what was paid for the item is not known.
        BadInput: the quantity is less than 1.
    """
    paid, quantity = whole_number(facts, "item.paid_fen"), whole_number(facts, "item.quantity")
    refunded = min(paid, whole_number(facts, "item.refunded_fen"))
    told = facts["item"].get("refunded_quantity")
    back = units_covered(paid, quantity, refunded) if told is None else max(0, min(told, quantity))
    claimed = facts["claim"].get("quantity", 0)
    return Holding(quantity, back, min(claimed if claimed > 0 else quantity, quantity - back), paid, refunded)


def whole_number(facts: Facts, name: str) -> int:
    """A whole number among the facts.

    Raises:
        KeyError: it is not known.
    """
    namespace, _, key = name.partition(".")
    value: Any = facts[namespace][key]
    return int(value)
