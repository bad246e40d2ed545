"""Writes that a shop's stated policy forbids, made from its data by kind of fault; and whether the reason was told."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.commerce.platform import Command
from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A write that must be refused: what is wrong with it, who asks, and the clause of the policy that says no.

    `before` are writes of the same buyer's that are in order and come first.
    """

    fault: str
    buyer_id: str
    command: Command
    clause: str
    before: tuple[Command, ...] = ()


def sample(everything: Iterable[Forbidden], count: int, seed: int) -> list[Forbidden]:
    """So many of them, every fault in turn, so that a fault with few examples is not drowned by one with many."""
    by_fault: dict[str, list[Forbidden]] = {}
    for one in everything:
        by_fault.setdefault(one.fault, []).append(one)
    chance = random.Random(seed)  # noqa: S311  (a sample, no secret)
    for group in by_fault.values():
        chance.shuffle(group)
    picked: list[Forbidden] = []
    while len(picked) < count and any(by_fault.values()):
        picked += [group.pop() for group in by_fault.values() if group]
    return picked[:count]


def tells(book: RuleBook, forbidden: Forbidden, decision: Decision) -> bool:
    """True when a decision refuses a write for the reason that the clause gives."""
    reasons = {
        part.because for rule in book.rules if decision.claim in rule.claims
        for part in rule.when if forbidden.clause in part.cites
    }
    return decision.outcome == "refuse" and not reasons.isdisjoint(decision.because)
