"""The form of a rules file, and how each rule in it is compiled. Errors name file and line."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.decisions.conditions import Condition, compile_condition, with_parameters
from assistant.decisions.decision import Rank
from assistant.decisions.facts import FactCatalog, TextModel
from assistant.decisions.guards import guards_of
from assistant.decisions.money import FORMULAS
from assistant.decisions.rules import REMEDIES, AmountRule, Effect, Example, Grant, Requirement, Rule
from assistant.decisions.sources import Source, Step
from assistant.decisions.typecheck import TypeChecker
from assistant.decisions.workdays import Span, parse_span
from knowledge.errors import BadKnowledge

Parameter = bool | int | float | str | list[int]
Freight = Literal["buyer", "seller", "platform"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ParameterModel(_Model):
    """A figure that a platform may set: our default, and the bounds that the law puts on it."""

    default: Parameter
    about: TextModel
    at_least: int | float | None = None
    at_most: int | float | None = None
    verified: bool = True


class _InForce(_Model):
    from_: date = Field(default=date.min, alias="from")
    to: date | None = None


class _If(_Model):
    if_: str = Field(alias="if")
    because: TextModel
    cites: list[str] = Field(default_factory=list)


class _GrantModel(_Model):
    remedy: str | None = None
    amount: str | None = None
    return_freight: Freight | None = None
    deadlines: dict[str, str] = Field(default_factory=dict)
    after_return: str | None = None
    advance: str | None = None
    evidence: list[str] = Field(default_factory=list)
    notes: dict[str, str] = Field(default_factory=dict)
    prefer: int = 0


class _ExampleModel(_Model):
    name: str
    claim: str | None = None
    given: dict[str, Any] = Field(default_factory=dict)
    expect: dict[str, Any]


class _RuleModel(_Model):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]+$")
    title: TextModel
    because: TextModel
    rank: Rank
    claim: list[str] = Field(min_length=1)
    cites: list[str] = Field(min_length=1)
    in_force: _InForce = _InForce()
    when: list[str | _If] = Field(default_factory=list)
    unless: list[_If] = Field(default_factory=list)
    effect: Effect = "grant"
    adds_to: list[str] = Field(default_factory=list)
    grant: _GrantModel = _GrantModel()
    verified: bool = True
    examples: list[_ExampleModel] = Field(default_factory=list)


class RulesFile(_Model):
    """A whole file: figures, facts that its examples share, and rules."""

    parameters: dict[str, ParameterModel] = Field(default_factory=dict)
    examples_given: dict[str, Any] = Field(default_factory=dict)
    rules: list[_RuleModel] = Field(default_factory=list)


class RuleCompiler:
    """Turns the rules of one file into values, with the facts and parameters of the whole book."""

    def __init__(self, source: Source, catalog: FactCatalog, parameters: Mapping[str, Parameter]) -> None:
        self._source, self._catalog, self._parameters = source, catalog, parameters
        self._types = TypeChecker(catalog)
        self._shared: dict[Requirement, Requirement] = {}

    def rules(self, file: RulesFile) -> list[Rule]:
        """All rules of the file.

        Raises:
            BadKnowledge: the first thing wrong, with its line.
        """
        return [self._rule(n, model, file.examples_given) for n, model in enumerate(file.rules)]

    def _rule(self, n: int, model: _RuleModel, shared: Mapping[str, Any]) -> Rule:
        at: tuple[Step, ...] = ("rules", n)
        self._check(model, at)
        when = tuple(self._requirement(w, (*at, "when", i)) for i, w in enumerate(model.when))
        return Rule(
            id=model.id, title=model.title.text(), because=model.because.text(), rank=model.rank,
            claims=tuple(model.claim), cites=tuple(model.cites),
            when=when, guards=guards_of(part.condition.source for part in when if part.because is None),
            unless=tuple(self._requirement(u, (*at, "unless", i)) for i, u in enumerate(model.unless)),
            effect=model.effect, grant=self._grant(model.grant, (*at, "grant")), adds_to=tuple(model.adds_to),
            in_force_from=model.in_force.from_, in_force_to=model.in_force.to, verified=model.verified,
            examples=tuple(self._example(model, i, shared, at) for i in range(len(model.examples))),
            path=self._source.path, line=self._source.line(*at),
        )

    def _check(self, model: _RuleModel, at: tuple[Step, ...]) -> None:
        """What the parts of a rule ask of each other."""
        claims = self._catalog.fact("claim.kind").values
        for i, claim in enumerate(model.claim):
            if claim not in claims:
                raise self._source.error(f"unknown claim `{claim}`", *at, "claim", i)
        for i, remedy in enumerate(model.adds_to):
            if remedy not in REMEDIES:
                raise self._source.error(f"unknown remedy `{remedy}`", *at, "adds_to", i)
        if model.effect == "grant" and model.grant.remedy not in REMEDIES:
            raise self._source.error(f"unknown remedy `{model.grant.remedy}`", *at, "grant", "remedy")
        if model.effect == "add" and not model.adds_to:
            raise self._source.error("a rule that adds names the remedies that it `adds_to`", *at)

    def _requirement(self, model: str | _If, at: tuple[Step, ...]) -> Requirement:
        """One part of a rule; equal parts of several rules are one object, which the engine looks at once."""
        if isinstance(model, str):
            part = Requirement(self._condition(model, at))
        else:
            part = Requirement(self._condition(model.if_, (*at, "if")), model.because.text(), tuple(model.cites))
        return self._shared.setdefault(part, part)

    def _condition(self, expression: str, at: tuple[Step, ...]) -> Condition:
        """A condition that is known to come to true or false."""
        condition = self._compile(expression, at)
        self._typed(expression, condition, bool, at)
        return condition

    def _compile(self, expression: str, at: tuple[Step, ...]) -> Condition:
        try:
            return compile_condition(expression, self._catalog.names, self._parameters)
        except ValueError as wrong:
            raise self._source.error(f"`{expression}`: {wrong}", *at) from wrong

    def _typed(self, expression: str, condition: Condition, wanted: type, at: tuple[Step, ...]) -> None:
        try:
            self._types.check(with_parameters(expression, self._parameters), condition, wanted)
        except TypeError as wrong:
            raise self._source.error(f"`{expression}`: {wrong}", *at) from wrong

    def _grant(self, model: _GrantModel, at: tuple[Step, ...]) -> Grant:
        deadlines = ((name, self._span(s, (*at, "deadlines", name))) for name, s in model.deadlines.items())
        return Grant(
            remedy=model.remedy, amount=self._amount(model.amount, (*at, "amount")),
            return_freight=model.return_freight, deadlines=tuple(deadlines),
            after_return=self._span(model.after_return, at) if model.after_return else None,
            advance=self._amount(model.advance, (*at, "advance")), evidence=tuple(model.evidence),
            notes=dict(model.notes), prefer=model.prefer,
        )

    def _span(self, text: str, at: tuple[Step, ...]) -> Span:
        """A span, which may be a parameter's name: `param.ship_back`."""
        name = text.removeprefix("param.")
        try:
            return parse_span(str(self._parameters.get(name, text)) if name != text else text)
        except ValueError as wrong:
            raise self._source.error(str(wrong), *at) from wrong

    def _amount(self, text: str | None, at: tuple[Step, ...]) -> AmountRule | None:
        if text is None:
            return None
        if text in FORMULAS:
            return AmountRule(formula=text)
        expression = self._compile(text, at)
        self._typed(text, expression, int, at)
        return AmountRule(expression=expression)

    def _example(self, rule: _RuleModel, i: int, shared: Mapping[str, Any], at: tuple[Step, ...]) -> Example:
        model, here = rule.examples[i], (*at, "examples", i)
        for name in model.given:
            if name not in self._catalog.names:
                raise self._source.error(f"unknown fact `{name}`", *here, "given", name)
        claim = model.claim or rule.claim[0]
        return Example(model.name, claim, {**shared, **model.given}, model.expect, self._source.line(*here))


def parse_rules(source: Source) -> RulesFile:
    """The file's content, checked for form.

    Raises:
        BadKnowledge: the first part that does not fit.
    """
    if not isinstance(source.data, dict):
        raise BadKnowledge("a rules file holds `rules:`, and perhaps `parameters:`", source.path, 1)
    return source.parse(RulesFile)
