"""The form of a rules file, and how each rule in it is compiled. Errors name file and line."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.decisions.conditions import Condition, compile_condition, with_parameters
from assistant.decisions.decision import Rank
from assistant.decisions.facts import FactCatalog
from assistant.decisions.figures import with_figures
from assistant.decisions.guards import guards_of
from assistant.decisions.money.formulas import FORMULAS
from assistant.decisions.rules import (
    REMEDIES,
    RETENTIONS,
    AmountRule,
    AsOf,
    Effect,
    Example,
    Grant,
    Requirement,
    Rule,
)
from assistant.decisions.sources import Report, Source, Step, TextModel
from assistant.decisions.typecheck import TypeChecker
from assistant.decisions.workdays import Span, parse_span
from knowledge.errors import BadKnowledge
from knowledge.text import Text

Parameter = bool | int | float | str | list[int]
Favours = Literal["more", "less"]
Freight = Literal["buyer", "seller", "platform"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ParameterModel(_Model):
    """A figure that a platform may set: our default, and the bounds that the law puts on it.

    `favours` is the way that is better for the buyer, the one way that a shop may set it; without it a shop may not.
    """

    default: Parameter
    about: TextModel
    at_least: int | float | None = None
    at_most: int | float | None = None
    verified: bool = True
    favours: Favours | None = None


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


class RuleModel(_Model):
    """One rule as a file writes it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]+$")
    title: TextModel
    because: TextModel
    rank: Rank
    claim: list[str] = Field(min_length=1)
    cites: list[str] = Field(min_length=1)
    in_force: _InForce = _InForce()
    as_of: AsOf = "order"
    when: list[str | _If] = Field(default_factory=list)
    unless: list[_If] = Field(default_factory=list)
    effect: Effect = "grant"
    adds_to: list[str] = Field(default_factory=list)
    instead_of: list[str] = ["refund", "return_and_refund"]
    grant: _GrantModel = _GrantModel()
    verified: bool = True
    examples: list[_ExampleModel] = Field(default_factory=list)


class RulesFile(_Model):
    """A whole file: figures, facts that its examples share, and rules."""

    parameters: dict[str, ParameterModel] = Field(default_factory=dict)
    examples_given: dict[str, Any] = Field(default_factory=dict)
    rules: list[RuleModel] = Field(default_factory=list)


class RuleCompiler:
    """Turns the rules of one file into values, with the facts and parameters of the whole book."""

    def __init__(
        self, source: Source, catalog: FactCatalog, parameters: Mapping[str, Parameter], shop: str = ""
    ) -> None:
        self._source, self._catalog, self._parameters, self._shop = source, catalog, parameters, shop
        self._types = TypeChecker(catalog)
        self._shared: dict[Requirement, Requirement] = {}

    def rules(self, file: RulesFile, report: Report | None = None) -> list[Rule]:
        """All rules of the file; with `report`, the faulty ones are reported and left out.

        Raises:
            BadKnowledge: without `report`, the first thing wrong, with its line.
        """
        compiled: list[Rule] = []
        for n, model in enumerate(file.rules):
            try:
                compiled.append(self._rule(n, model, file.examples_given))
            except BadKnowledge as fault:
                if report is None:
                    raise
                report(fault)
        return compiled

    def _rule(self, n: int, model: RuleModel, shared: Mapping[str, Any]) -> Rule:
        at: tuple[Step, ...] = ("rules", n)
        self._check(model, at)
        when = tuple(self._requirement(w, (*at, "when", i)) for i, w in enumerate(model.when))
        return Rule(
            id=model.id, title=self._words(model.title, at), because=self._words(model.because, at), rank=model.rank,
            claims=tuple(model.claim), cites=tuple(model.cites),
            when=when, guards=guards_of(part.condition.source for part in when if part.because is None),
            unless=tuple(self._requirement(u, (*at, "unless", i)) for i, u in enumerate(model.unless)),
            effect=model.effect, grant=self._grant(model.grant, (*at, "grant")), adds_to=tuple(model.adds_to),
            instead_of=tuple(model.instead_of) if model.effect == "retain" else (),
            in_force_from=model.in_force.from_, in_force_to=model.in_force.to, as_of=model.as_of,
            verified=model.verified,
            examples=tuple(self._example(model, i, shared, at) for i in range(len(model.examples))),
            path=self._source.path, line=self._source.line(*at), shop=self._shop,
        )

    def _check(self, model: RuleModel, at: tuple[Step, ...]) -> None:
        """What the parts of a rule ask of each other."""
        claims = self._catalog.fact("claim.kind").values
        for i, claim in enumerate(model.claim):
            if claim not in claims:
                raise self._source.error(f"unknown claim `{claim}`", *at, "claim", i)
        for key, remedies in (("adds_to", model.adds_to), ("instead_of", model.instead_of)):
            for i, remedy in enumerate(remedies):
                if remedy not in REMEDIES:
                    raise self._source.error(f"unknown remedy `{remedy}`", *at, key, i)
        known = {"grant": REMEDIES, "retain": RETENTIONS}.get(model.effect)
        if known and model.grant.remedy not in known:
            raise self._source.error(f"unknown remedy `{model.grant.remedy}`", *at, "grant", "remedy")
        if model.effect == "add" and not model.adds_to:
            raise self._source.error("a rule that adds names the remedies that it `adds_to`", *at)

    def _requirement(self, model: str | _If, at: tuple[Step, ...]) -> Requirement:
        """One part of a rule; equal parts of several rules are one object, which the engine looks at once."""
        if isinstance(model, str):
            part = Requirement(self._condition(model, at))
        else:
            because = self._words(model.because, (*at, "because"))
            part = Requirement(self._condition(model.if_, (*at, "if")), because, tuple(model.cites))
        return self._shared.setdefault(part, part)

    def _words(self, model: TextModel, at: tuple[Step, ...]) -> Text:
        """A text with the figures that it names."""
        try:
            return with_figures(model.text(), self._parameters)
        except ValueError as wrong:
            raise self._source.error(str(wrong), *at) from wrong

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

    def _example(self, rule: RuleModel, i: int, shared: Mapping[str, Any], at: tuple[Step, ...]) -> Example:
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


def without_misfits(source: Source, report: Report) -> Source:
    """The file without the rules whose form is wrong, one report for each; a checker reads on where loading stops."""
    faults = source.faults(RulesFile) if isinstance(source.data, dict) else []
    of_rules = {way[1]: fault for way, fault in reversed(faults) if way[0] == "rules" and len(way) > 1}
    for _, fault in sorted(of_rules.items()):
        report(fault)
    return source.without("rules", of_rules) if of_rules else source
