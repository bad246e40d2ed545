"""A claim before the rules of its day, and the shape that every decision on it shares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision, Outcome, Truth
from assistant.decisions.facts import NestedFacts
from assistant.decisions.judging import Judge, Offer, Verdict
from assistant.decisions.rules import Days, Effect


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed, on which facts, and what each rule in force on its days says of it."""

    book: RuleBook
    kind: str
    facts: NestedFacts
    days: Days
    now: datetime
    judge: Judge
    verdicts: tuple[Verdict, ...]

    def offers(self, effect: Effect, truth: Truth) -> list[Offer]:
        """What the rules of this effect and truth give, or would give."""
        return [self.judge.offer(v) for v in self.verdicts if v.rule.effect == effect and v.truth == truth]

    def others(self) -> list["Claim"]:
        """The same situation with each other wish, before the rules that could decide it and are not false."""
        deciding = self.book.deciding(self.facts, self.days)
        self.judge.reads_too(deciding.found.reads)
        standing = {id(rule): self.judge.standing(rule) for rule in deciding.found.about(self.facts)}
        of_kinds = [
            (kind, tuple([verdict for rule in rules if (verdict := standing.get(rule))]))
            for kind, rules in deciding.by_claim if kind != self.kind
        ]
        return [
            Claim(self.book, kind, self.facts, self.days, self.now, self.judge, verdicts)
            for kind, verdicts in of_kinds if verdicts
        ]

    def decision(self, outcome: Outcome, **parts: Any) -> Decision:
        """A decision on this claim with its proof and facts; `parts` are fields of `Decision`."""
        proof = tuple([self.judge.proof(v) for v in self.verdicts])
        return Decision(outcome, self.kind, self.now, proof=proof, facts=self.facts, **parts)


def claim_of(book: RuleBook, kind: str, facts: NestedFacts, days: Days, now: datetime) -> Claim:
    """Put a claim before the rules of its days that are about its situation."""
    found = book.find(kind, facts, days)
    judge = Judge(facts, book.jurisdiction.calendar, found.reads)
    verdicts = tuple([judge.verdict(rule) for rule in found.about(facts)])
    return Claim(book, kind, facts, days, now, judge, verdicts)


def holding_level(claim: Claim) -> int | None:
    """The strongest rank of the review rules that apply; None when no person need look."""
    levels = [v.rule.level for v in claim.verdicts if v.rule.effect == "review" and v.truth == "true"]
    return min(levels, default=None)


def is_held(offer: Offer, held: int | None) -> bool:
    """True when a review rule of the offer's rank, or of a higher one, wants a person to look first."""
    return held is not None and offer.rule.level >= held


def best_of(offers: Iterable[Offer], held: int | None = None) -> Offer | None:
    """The offer that is worth most to the buyer among those that no review holds back."""
    return max((o for o in offers if not is_held(o, held)), key=lambda o: o.favour, default=None)
