"""One claim before the rules: each rule's truth, on which facts, and what it would give."""

from dataclasses import dataclass
from typing import Any

from assistant.decisions.conditions import Condition, Facts, make_context
from assistant.decisions.decision import Amount, ConditionProof, RuleProof, Truth
from assistant.decisions.facts import NestedFacts
from assistant.decisions.money.amounts import of_expression
from assistant.decisions.money.formulas import FORMULAS
from assistant.decisions.rules import FREIGHT, REMEDIES, AmountRule, Requirement, Rule
from assistant.decisions.workdays import Calendar

Favour = tuple[int, int, int, int, int]


class Judge:
    """Evaluates rules over one set of facts; each distinct expression is computed once.

    `reads` are the facts that the rules at hand need CEL for. To hand all hundred of them over takes longer than most
    claims do, so that is done only where an expression reads more.
    """

    def __init__(self, facts: NestedFacts, calendar: Calendar, reads: frozenset[str] = frozenset()) -> None:
        self.facts: Facts = facts
        self.calendar = calendar
        self._reads = reads
        self._narrow: Any = None
        self._wide: Any = None
        self._truths: dict[str, Truth] = {}
        self._parts: dict[int, ConditionProof] = {}
        # By the verdict's id; what is kept holds the verdict too, so that no other can come to the same id.
        self._offers: dict[int, Offer] = {}
        self._missing: dict[int, tuple[Verdict, tuple[str, ...]]] = {}
        self._by_formula: dict[str, Amount] = {}

    def reads_too(self, names: frozenset[str]) -> None:
        """Further facts that rules at hand need CEL for."""
        if not names <= self._reads:
            self._reads, self._narrow = self._reads | names, None

    def truth(self, condition: Condition) -> Truth:
        """What a condition comes to, kept for the rules that ask the same."""
        truth = self._truths[condition.expression] = self._truth(condition)
        return truth

    def _truth(self, condition: Condition) -> Truth:
        if condition.plain is not None:
            return condition.plain.truth(self.facts, self.calendar)
        return condition.evaluate(self._context_for(condition))

    def verdict(self, rule: Rule) -> "Verdict":
        """A rule's truth, and that of each of its parts."""
        truths = self._truths  # most expressions were met before, so the look-up is spelt out here
        when = tuple([truths.get(p.condition.expression) or self.truth(p.condition) for p in rule.when])
        unless = tuple([truths.get(p.condition.expression) or self.truth(p.condition) for p in rule.unless])
        return Verdict(rule, kleene(when, unless), when, unless)

    def standing(self, rule: Rule) -> "Verdict | None":
        """As `verdict`, but None, and no longer computed, as soon as one part shows that the rule is false."""
        truths = self._truths
        for wanted, parts in (("false", rule.when), ("true", rule.unless)):
            for part in parts:
                if (truths.get(part.condition.expression) or self.truth(part.condition)) == wanted:
                    return None
        return self.verdict(rule)

    def amount(self, rule: AmountRule | None, title_of: Rule) -> Amount | None:
        """The money that a rule gives; None when it gives none, a money fact is not known, or the sum can't be done."""
        if rule is None:
            return None
        try:
            if rule.expression is not None:
                fen = int(rule.expression.value(self._context_for(rule.expression)))
                return of_expression(title_of.title, fen, self.facts)
            return self._formula(rule.formula or "")
        except (KeyError, IndexError, ArithmeticError, RuntimeError):  # CEL calls a function that fails a RuntimeError
            return None

    def _formula(self, name: str) -> Amount:
        """What a formula comes to, computed once for all rules that name it."""
        amount = self._by_formula.get(name)
        if amount is None:
            amount = self._by_formula[name] = FORMULAS[name](self.facts)
        return amount

    def offer(self, verdict: "Verdict") -> "Offer":
        """What a rule gives if it applies, and how good that is for the buyer."""
        offer = self._offers.get(id(verdict))
        if offer is None:
            offer = self._offers[id(verdict)] = self._offer(verdict)
        return offer

    def _offer(self, verdict: "Verdict") -> "Offer":
        rule = verdict.rule
        amount = self.amount(rule.grant.amount, rule)
        worth = REMEDIES.get(rule.grant.remedy or "", 0)
        fen = amount.fen if amount else 0
        favour = (worth, fen, FREIGHT[rule.grant.return_freight], rule.grant.prefer, -rule.level)
        return Offer(verdict, amount, favour)

    def missing(self, verdict: "Verdict") -> tuple[str, ...]:
        """The facts that an open rule still waits for, in the order in which its author wrote them."""
        kept = self._missing.get(id(verdict))
        if kept is None:
            open_parts = [part for part, truth in verdict.parts() if truth == "open"]
            names = dict.fromkeys(name for part in open_parts for name in part.condition.missing(self.facts))
            kept = self._missing[id(verdict)] = (verdict, tuple(names))
        return kept[1]

    def proof(self, verdict: "Verdict") -> RuleProof:
        """The verdict as it is kept with the decision."""
        rule = verdict.rule
        conditions = tuple(map(self._part, rule.when, verdict.when))
        exceptions = tuple(map(self._part, rule.unless, verdict.unless))
        return RuleProof(rule.id, rule.title, rule.rank, verdict.truth, conditions, exceptions, rule.cites)

    def _part(self, part: Requirement, truth: Truth) -> ConditionProof:
        proof = self._parts.get(id(part))  # rules share equal parts, so one proof serves them all
        if proof is None:
            condition, facts = part.condition, self.facts
            seen = {name: facts[space].get(key) for name, space, key in condition.places}
            proof = ConditionProof(condition.expression, truth, seen, part.because)
            self._parts[id(part)] = proof
        return proof

    def _context_for(self, condition: Condition) -> Any:
        """A context with all the facts that a condition reads."""
        if self._reads.issuperset(condition.names):
            if self._narrow is None:
                self._narrow = make_context(_only(self.facts, self._reads), calendar=self.calendar)
            return self._narrow
        if self._wide is None:
            self._wide = make_context(self.facts, calendar=self.calendar)
        return self._wide


def _only(facts: Facts, reads: frozenset[str]) -> NestedFacts:
    """Of the facts those that are read; every namespace is there."""
    chosen: NestedFacts = {space: {} for space in facts}
    for name in reads:
        space, _, key = name.partition(".")
        if key in facts[space]:
            chosen[space][key] = facts[space][key]
    return chosen


def kleene(when: tuple[Truth, ...], unless: tuple[Truth, ...]) -> Truth:
    """All of `when` and none of `unless`, in Kleene's three-valued logic."""
    if "false" in when or "true" in unless:
        return "false"
    return "open" if "open" in when or "open" in unless else "true"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule came to: `when` and `unless` hold the truth of each part, in order."""

    rule: Rule
    truth: Truth
    when: tuple[Truth, ...]
    unless: tuple[Truth, ...]

    def parts(self) -> list[tuple[Requirement, Truth]]:
        """Every part with its truth, conditions first."""
        return list(zip(self.rule.when + self.rule.unless, self.when + self.unless, strict=True))

    @property
    def relevant(self) -> bool:
        """True when the rule is about this situation: every condition that only selects situations holds."""
        parts = zip(self.rule.when, self.when, strict=True)
        return all(truth == "true" for part, truth in parts if part.because is None)

    def failures(self) -> list[Requirement]:
        """The requirements that fail and the exceptions that hold."""
        failed = [part for part, t in zip(self.rule.when, self.when, strict=True) if t == "false"]
        return failed + [part for part, t in zip(self.rule.unless, self.unless, strict=True) if t == "true"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a rule gives. `favour` is its worth to the buyer: remedy, money, freight, preference, rank."""

    verdict: Verdict
    amount: Amount | None
    favour: Favour

    @property
    def rule(self) -> Rule:
        """The rule that gives it."""
        return self.verdict.rule

    @property
    def priced(self) -> bool:
        """False for money of which nobody can say how much: a figure is not known, or the sum fails."""
        return self.amount is not None or self.rule.grant.amount is None

    def betters(self, other: "Offer | None") -> bool:
        """True when it gives the buyer more than `other`; an equal remedy under another rank is not more."""
        return other is None or self.favour[:4] > other.favour[:4]


def with_fact(facts: NestedFacts, name: str, value: object) -> NestedFacts:
    """The facts with one of them changed; nothing given is touched."""
    namespace, _, key = name.partition(".")
    return {**facts, namespace: {**facts[namespace], key: value}}

