"""Retention: one gentler offer beside a granted refund, such as an exchange, a coupon, or part of the money.

The buyer may take it or leave it. What is granted stays in the decision and never waits for the answer.
"""

from assistant.decisions.claim import Claim, holding_level, is_held
from assistant.decisions.decision import Retention
from assistant.decisions.judging import Offer
from assistant.decisions.rules import RETENTIONS

RETAINABLE = frozenset({
    None, "changed_mind", "size", "quality", "damaged", "not_as_described", "late", "price_drop", "other",
})
"""The reasons that an offer may answer. Whoever speaks of health, of a fake, of wrong or of missing goods is not
haggled with; a reason that is new to the catalogue is not among them until somebody puts it here."""

_MONEY = ("partial_refund", "coupon")


def retention_before(claim: Claim, granted: Offer) -> Retention | None:
    """The best offer for the buyer among the rules that hold; None where there is none, or none is fitting."""
    if claim.facts["claim"].get("reason") not in RETAINABLE or claim.facts["claim"].get("injured"):
        return None
    held = holding_level(claim)
    fitting = [
        offer for offer in claim.offers("retain", "true")
        if granted.rule.grant.remedy in offer.rule.instead_of and not is_held(offer, held) and _is_something(offer)
    ]
    best = max(fitting, key=_worth, default=None)
    return _retention(best) if best else None


def _is_something(offer: Offer) -> bool:
    """False for an offer of money that comes to nothing."""
    return offer.rule.grant.remedy not in _MONEY or (offer.amount is not None and offer.amount.fen > 0)


def _worth(offer: Offer) -> tuple[int, int, int]:
    fen = offer.amount.fen if offer.amount else 0
    return RETENTIONS[offer.rule.grant.remedy or ""], fen, offer.rule.grant.prefer


def _retention(offer: Offer) -> Retention:
    rule = offer.rule
    return Retention(rule.grant.remedy or "", rule.id, rule.title, rule.because, offer.amount, rule.cites)
