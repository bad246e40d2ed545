"""A shop's own promises beside the platform's rules: they count only where they give the buyer no less of anything.

A shop writes its rules itself, so the engine doesn't trust them to be better. A promise of one fen back without a
return would otherwise stand for more than the return of the whole price.
"""

from collections.abc import Iterable, Sequence

from assistant.decisions.asking import askable
from assistant.decisions.claim import Claim, best_of, is_held
from assistant.decisions.judging import Offer
from assistant.decisions.rules import BUYERS_DEADLINES, FREIGHT, Grant

_BETTER = {("return_and_refund", "refund"), ("repair", "exchange")}
"""Remedies of which everybody would rather have the second: the money with the goods kept, new goods for mended."""


def outbids(own: Offer, other: Offer) -> bool:
    """True when a promise gives more than another offer in something, and less in nothing."""
    return own.betters(other) and _no_less(own, other)


def platforms(offers: Iterable[Offer]) -> list[Offer]:
    """The offers of the platform's rules, of whatever rank."""
    return [offer for offer in offers if not offer.rule.shop]


def promised(grants: Sequence[Offer], best: Offer | None, rivals: Sequence[Offer], held: int | None) -> Offer | None:
    """The shop's promise that outdoes what the platform's rules give (`best`), or None.

    While an open rule of the platform could give something that the promise doesn't, or sooner, or have a person look,
    it waits.
    """
    own = [offer for offer in grants if offer.rule.shop and (best is None or outbids(offer, best))]
    settled = [offer for offer in own if all(_settles(offer, rival, best) for rival in rivals)]
    return best_of(settled, held) if settled else None


def open_promises(claim: Claim, best: Offer | None, held: int | None) -> list[Offer]:
    """Promises of which the buyer can still tell whether they hold, and which would be more than `best`."""
    own = [offer for offer in claim.offers("grant", "open") if offer.rule.shop and not is_held(offer, held)]
    more = [offer for offer in own if best is None or outbids(offer, best)]
    return [offer for offer in more if askable(claim.judge, offer.verdict, claim.book.catalog)]


def _no_less(own: Offer, other: Offer) -> bool:
    mine, theirs = own.rule.grant, other.rule.grant
    freight = mine.remedy == "refund" or FREIGHT[mine.return_freight] >= FREIGHT[theirs.return_freight]
    return (
        (mine.remedy == theirs.remedy or (theirs.remedy, mine.remedy) in _BETTER)
        and own.favour[1] >= other.favour[1] and freight and mine.prefer >= theirs.prefer
        and set(mine.evidence) <= set(theirs.evidence)
    )


def _settles(own: Offer, rival: Offer, best: Offer | None) -> bool:
    """True when a promise need not wait for an open rule: one that gives no more, or a review of what is granted."""
    if rival.rule.effect == "review":
        return best is not None
    return _no_less(own, rival) and _no_later(own.rule.grant, rival.rule.grant)


def _no_later(mine: Grant, theirs: Grant) -> bool:
    """True when all that another grant sets a time for is done in that time here, too."""
    times = dict(mine.deadlines)
    wanted = {name: span for name, span in theirs.deadlines if name not in BUYERS_DEADLINES}
    in_time = all(name in times and times[name].roughly <= span.roughly for name, span in wanted.items())
    if mine.remedy == "refund" or theirs.after_return is None:
        return in_time
    return in_time and mine.after_return is not None and mine.after_return.roughly <= theirs.after_return.roughly
