"""One claim before the rules: each rule's truth, on which facts, and what it would give."""

from dataclasses import dataclass
from typing import Any

from assistant.decisions import money
from assistant.decisions.conditions import Condition, Facts, make_context
from assistant.decisions.decision import Amount, ConditionProof, RuleProof, Truth
from assistant.decisions.facts import NestedFacts
from assistant.decisions.rules import FREIGHT, REMEDIES, AmountRule, Requirement, Rule

Favour = tuple[int, int, int, int, int]


class Judge:
    """Evaluates rules over one set of facts; each distinct expression is computed once."""

    def __init__(self, facts: NestedFacts) -> None:
        self.facts: Facts = facts
        self._context: Any = make_context(facts)
        self._flat = {f"{space}.{key}": v for space, values in facts.items() for key, v in values.items()}
        self._truths: dict[str, Truth] = {}
        self._parts: dict[int, ConditionProof] = {}

    def truth(self, condition: Condition) -> Truth:
        """What a condition comes to, kept for the rules that ask the same."""
        truth = self._truths[condition.expression] = condition.evaluate(self._context)
        return truth

    def verdict(self, rule: Rule) -> "Verdict":
        """A rule's truth, and that of each of its parts."""
        truths = self._truths  # most expressions were met before, so the look-up is spelt out here
        when = tuple([truths.get(p.condition.expression) or self.truth(p.condition) for p in rule.when])
        unless = tuple([truths.get(p.condition.expression) or self.truth(p.condition) for p in rule.unless])
        return Verdict(rule, kleene(when, unless), when, unless)

    def amount(self, rule: AmountRule | None, title_of: Rule) -> Amount | None:
        """The money that a rule gives; None when it gives none, or when a money fact is not known."""
        if rule is None:
            return None
        try:
            if rule.expression is not None:
                fen = int(rule.expression.value(self._context))
                return money.of_expression(title_of.title, fen, self.facts)
            return money.FORMULAS[rule.formula or ""](self.facts)
        except (KeyError, IndexError, ArithmeticError):
            return None

    def offer(self, verdict: "Verdict") -> "Offer":
        """What a rule gives if it applies, and how good that is for the buyer."""
        rule = verdict.rule
        amount = self.amount(rule.grant.amount, rule)
        worth = REMEDIES.get(rule.grant.remedy or "", 0)
        fen = amount.fen if amount else 0
        favour = (worth, fen, FREIGHT[rule.grant.return_freight], rule.grant.prefer, -rule.level)
        return Offer(verdict, amount, favour)

    def missing(self, verdict: "Verdict") -> tuple[str, ...]:
        """The facts that an open rule still waits for, in the order in which its author wrote them."""
        names: dict[str, None] = {}
        for part, truth in verdict.parts():
            if truth == "open":
                names.update(dict.fromkeys(part.condition.missing(self.facts)))
        return tuple(names)

    def proof(self, verdict: "Verdict") -> RuleProof:
        """The verdict as it is kept with the decision."""
        rule = verdict.rule
        conditions = tuple(map(self._part, rule.when, verdict.when))
        exceptions = tuple(map(self._part, rule.unless, verdict.unless))
        return RuleProof(rule.id, rule.title, rule.rank, verdict.truth, conditions, exceptions, rule.cites)

    def _part(self, part: Requirement, truth: Truth) -> ConditionProof:
        proof = self._parts.get(id(part))  # rules share equal parts, so one proof serves them all
        if proof is None:
            names = part.condition.names
            seen = dict(zip(names, map(self._flat.get, names), strict=True))
            proof = ConditionProof(part.condition.expression, truth, seen, part.because)
            self._parts[id(part)] = proof
        return proof


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

    def betters(self, other: "Offer | None") -> bool:
        """True when it gives the buyer more than `other`; an equal remedy under another rank is not more."""
        return other is None or self.favour[:4] > other.favour[:4]


def with_fact(facts: NestedFacts, name: str, value: object) -> NestedFacts:
    """The facts with one of them changed; nothing given is touched."""
    namespace, _, key = name.partition(".")
    return {**facts, namespace: {**facts[namespace], key: value}}

