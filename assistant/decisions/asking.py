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
    return bool(missing) and all(catalog.fact(name).known_by == "buyer" for name in missing)


def questions(judge: Judge, rivals: Sequence[Offer], catalog: FactCatalog) -> tuple[OpenFact, ...]:
    """The facts to ask the buyer, best first; empty when the buyer has nothing more to tell.

    A fact weighs more the more open rules wait for it, the better their remedy, the fewer other facts they
    wait for, and the earlier their authors put it; equal weights keep the catalogue's order.
    """
    weights: dict[str, float] = {}
    for offer in rivals:
        missing = judge.missing(offer.verdict)
        share = (1 + offer.favour[0] / 10) / max(1, len(missing))
        if not askable(judge, offer.verdict, catalog):
            share *= _BLOCKED
        for place, name in enumerate(missing):
            if catalog.fact(name).known_by == "buyer":
                weights[name] = weights.get(name, 0.0) + share / (1 + place)
    order = {name: place for place, name in enumerate(catalog.facts)}
    ranked = sorted(weights, key=lambda name: (-weights[name], order[name]))
    return tuple(OpenFact(name, round(weights[name], 4)) for name in ranked)
