"""The rule book: all rules by claim, compiled once, with the figures that a platform may set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from assistant.decisions.facts import FactCatalog, default_catalog
from assistant.decisions.rulefile import Parameter, ParameterModel, RuleCompiler, RulesFile, parse_rules
from assistant.decisions.rules import Rule
from assistant.decisions.sources import Source, read_source, yaml_files
from assistant.decisions.vocabulary import Vocabulary, default_vocabulary
from knowledge.errors import BadInput
from knowledge.text import Text

ELIGIBILITY = Path(__file__).parents[2] / "knowledge" / "rules" / "cn"


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A figure in the book: its value now, our default, and what it is."""

    name: str
    value: Parameter
    default: Parameter
    about: Text
    verified: bool


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules in the order of their files, indexed by claim."""

    rules: tuple[Rule, ...]
    catalog: FactCatalog
    parameters: Mapping[str, ParameterInfo]
    words: Vocabulary = field(repr=False, compare=False, default_factory=default_vocabulary)
    _by_claim: Mapping[str, tuple[Rule, ...]] = field(repr=False, compare=False, default_factory=dict)

    def rules_for(self, claim: str, day: date) -> tuple[Rule, ...]:
        """The rules on this claim that were in force on `day`, the strongest rank first."""
        return tuple(rule for rule in self._by_claim.get(claim, ()) if rule.in_force(day))

    def rule(self, rule_id: str) -> Rule | None:
        """The newest version of a rule."""
        versions = [rule for rule in self.rules if rule.id == rule_id]
        return max(versions, key=lambda rule: rule.in_force_from, default=None)

    @property
    def claims(self) -> tuple[str, ...]:
        """All kinds of claim that the catalogue knows, in its order."""
        return tuple(str(value) for value in self.catalog.fact("claim.kind").values)


def load_book(
    *paths: Path | str, parameters: Mapping[str, Parameter] | None = None, catalog: FactCatalog | None = None
) -> RuleBook:
    """Read a book from files, or from all YAML files of folders; without paths, the shipped rules.

    `parameters` set figures that the files declare; later files may use figures of earlier ones.

    Raises:
        BadKnowledge: a file is wrong; names file and line.
        BadInput: a parameter is unknown, of another type, or beyond the bounds that the law puts on it.
    """
    catalog = catalog or default_catalog()
    sources = [read_source(path) for path in yaml_files(paths or (ELIGIBILITY,))]
    files = [(source, parse_rules(source)) for source in sources]
    infos = _parameters(files, parameters or {})
    values = {name: info.value for name, info in infos.items()}
    rules = [rule for source, file in files for rule in RuleCompiler(source, catalog, values).rules(file)]
    return book_of(rules, catalog, infos)


def book_of(rules: Iterable[Rule], catalog: FactCatalog, parameters: Mapping[str, ParameterInfo]) -> RuleBook:
    """A book of these rules."""
    kept = tuple(rules)
    by_rank = sorted(kept, key=lambda rule: rule.level)  # stable: within a rank the order of the files
    claims = {claim for rule in kept for claim in rule.claims}
    by_claim = {claim: tuple(rule for rule in by_rank if claim in rule.claims) for claim in claims}
    return RuleBook(kept, catalog, parameters, _by_claim=by_claim)


@lru_cache(maxsize=1)
def default_book() -> RuleBook:
    """The shipped eligibility rules with our own figures, read once."""
    return load_book()


def _parameters(
    files: Iterable[tuple[Source, RulesFile]], given: Mapping[str, Parameter]
) -> dict[str, ParameterInfo]:
    """All figures of all files, with the given values in place of our defaults."""
    infos: dict[str, ParameterInfo] = {}
    for source, file in files:
        for name, model in file.parameters.items():
            if name in infos:
                raise source.error(f"the parameter `{name}` is declared twice", "parameters", name)
            value = _set(name, model, given[name]) if name in given else model.default
            infos[name] = ParameterInfo(name, value, model.default, model.about.text(), model.verified)
    for name in given:
        if name not in infos:
            raise BadInput(f"unknown parameter `{name}`: the rules declare {', '.join(infos) or 'none'}")
    return infos


def _set(name: str, model: ParameterModel, value: Parameter) -> Parameter:
    """A value that a platform gives to a figure.

    Raises:
        BadInput: it is of another type than our default, or beyond its bounds.
    """
    if type(value) is not type(model.default):
        raise BadInput(f"parameter `{name}` must be {type(model.default).__name__}, got {value!r}")
    if isinstance(value, (int, float)) and model.at_least is not None and value < model.at_least:
        raise BadInput(f"parameter `{name}` may not be below {model.at_least}: that is the law's minimum")
    if isinstance(value, (int, float)) and model.at_most is not None and value > model.at_most:
        raise BadInput(f"parameter `{name}` may not be above {model.at_most}")
    return value
