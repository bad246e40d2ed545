"""Which fact to ask next: the one that settles most, of what the buyer can tell and the order doesn't."""

from collections.abc import Sequence

from assistant.decisions.decision import OpenFact
from assistant.decisions.facts import FactCatalog
from assistant.decisions.judging import Judge, Offer, Verdict

_BLOCKED = 0.25
"""What a rule weighs that also waits for the platform: an answer can rule it out, but not bring it in."""


def askable(judge: Judge, verdict: Verdict, catalog: FactCatalog) -> bool:
    """True when the buyer can tell everything that an open rule still waits for."""
    missing = judge.missing(verdict)
    return bool(missing) and all(_told_by_buyer(name, catalog) for name in missing)


def questions(judge: Judge, rivals: Sequence[Offer], catalog: FactCatalog) -> tuple[OpenFact, ...]:
    """The facts to ask the buyer, best first; empty when the buyer has nothing more to tell.

    A fact weighs more the more open rules wait for it, the better their remedy, and the earlier their authors put
    it; equal weights keep the catalogue's order. How many other facts a rule waits for doesn't count: else the photo
    for a full refund of what is missing would be asked after the condition for a plain return.
    """
    if not rivals:
        return ()
    waiting = [(offer, judge.missing(offer.verdict)) for offer in rivals]
    hopeless = any(not any(_told_by_buyer(name, catalog) for name in missing) for _, missing in waiting)
    blocked = 0.0 if hopeless else _BLOCKED  # where one rule waits for the platform alone, a person looks anyway
    weights: dict[str, float] = {}
    for offer, missing in waiting:
        share = 1 + offer.favour[0] / 10
        share *= 1 if askable(judge, offer.verdict, catalog) else blocked
        for place, name in enumerate(missing):
            if share and _told_by_buyer(name, catalog):
                weights[name] = weights.get(name, 0.0) + share / (1 + place)
    order = {name: place for place, name in enumerate(catalog.facts)}
    ranked = sorted(weights, key=lambda name: (-weights[name], order[name]))
    return tuple(OpenFact(name, round(weights[name], 4)) for name in ranked)


def _told_by_buyer(name: str, catalog: FactCatalog) -> bool:
    """True for facts that only the buyer can tell."""
    return catalog.fact(name).known_by == "buyer"
