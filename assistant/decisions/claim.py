"""A claim before the rules of its day, and the shape that every decision on it shares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision, Outcome, Truth
from assistant.decisions.facts import NestedFacts
from assistant.decisions.judging import Judge, Offer, Verdict
from assistant.decisions.rules import Effect


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed, on which facts, and what each rule in force on `day` says of it."""

    book: RuleBook
    kind: str
    facts: NestedFacts
    day: date
    now: datetime
    judge: Judge
    verdicts: tuple[Verdict, ...]

    def offers(self, effect: Effect, truth: Truth) -> list[Offer]:
        """What the rules of this effect and truth give, or would give."""
        return [self.judge.offer(v) for v in self.verdicts if v.rule.effect == effect and v.truth == truth]

    def another(self, kind: str) -> "Claim":
        """The same situation with another wish."""
        return claim_of(self.book, kind, self.facts, self.day, self.now, self.judge)

    def decision(self, outcome: Outcome, **parts: Any) -> Decision:
        """A decision on this claim with its proof; `parts` are fields of `Decision`."""
        proof = tuple([self.judge.proof(v) for v in self.verdicts])
        return Decision(outcome, self.kind, self.now, proof=proof, **parts)


def claim_of(
    book: RuleBook, kind: str, facts: NestedFacts, day: date, now: datetime, judge: Judge
) -> Claim:
    """Put a claim before the rules of `day` that are about its situation."""
    verdicts = tuple([judge.verdict(rule) for rule in book.rules_for(kind, day) if rule.concerns(facts)])
    return Claim(book, kind, facts, day, now, judge, verdicts)


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
