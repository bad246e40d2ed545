"""The catalogue of facts: what a rule may ask, who knows it, and how people are asked and answer.

It is read from `knowledge/rules/facts/`. A platform lays facts of its own over it, and rules can use them at
once.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from assistant.currency import money
from assistant.decisions.decision import FactValue
from assistant.decisions.jurisdiction import Jurisdiction, default_jurisdiction
from assistant.decisions.sources import Source, TextModel, read_source, yaml_files
from knowledge.errors import BadInput
from knowledge.text import Language, Text

FactType = Literal["bool", "int", "number", "money", "string", "enum", "datetime", "date", "list"]
KnownBy = Literal["order", "buyer", "platform", "computed"]
SaidBy = Literal["buyer", "merchant"]
Input = Literal["chips", "date", "number", "photo", "text"]
NestedFacts = dict[str, dict[str, Any]]
Number = TypeVar("Number", int, float)

MOST = 10**12
"""The greatest number that a fact can be: ten billion yuan in fen."""

LONGEST_TEXT, LONGEST_LIST = 10_000, 1_000
"""In letters and in entries."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value that a fact can have, its label, what people type to say it, and who may say it."""

    value: str | bool
    label: Text
    phrases: Mapping[Language, tuple[str, ...]]
    by: SaidBy = "buyer"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, by its full name `namespace.fact`.

    `known_by` says who can tell it: only facts that the `buyer` knows are ever asked, in the form of `input`.
    A fact with a `default` has that value when nobody says otherwise. `counterfactual` facts may be named in
    a refusal as what would have changed it ("if it had not been worn"); reasons are not among them, since
    that would invite people to give another reason. The phrases of facts `when_asked` are read from an answer alone:
    "in the evening" says when to come only to who was asked.
    """

    name: str
    type: FactType
    label: Text
    known_by: KnownBy
    ask: Text | None = None
    input: Input | None = None
    options: tuple[Option, ...] = ()
    default: FactValue = None
    counterfactual: bool = False
    when_asked: bool = False

    @property
    def values(self) -> tuple[str | bool, ...]:
        """The values an enum (or a list's entries) can have; empty when any will do."""
        return tuple(option.value for option in self.options)

    def option(self, value: object) -> Option | None:
        """The option of this value, if the fact lists it."""
        return next((o for o in self.options if o.value == value and type(o.value) is type(value)), None)

    def normal(self, value: object, zone: tzinfo) -> FactValue:
        """`value` as the engine holds it: dates and times as aware instants, lists as lists.

        Times that name no zone, and days, are taken as those of `zone`.

        Raises:
            BadInput: it is not of the fact's type; the message names the fact.
        """
        try:
            return _instant(value, zone) if self.type in ("datetime", "date") else _NORMAL[self.type](self, value)
        except (TypeError, ValueError) as wrong:
            raise BadInput(f"fact `{self.name}` must be {_WANTED[self.type]}: {wrong}") from wrong


@dataclass(frozen=True, slots=True)
class FactCatalog:
    """All facts by name, in the order of the file, and the jurisdiction whose money and time they are told in."""

    facts: Mapping[str, Fact]
    jurisdiction: Jurisdiction
    defaults: Mapping[str, Mapping[str, FactValue]] = field(default_factory=dict)
    namespaces: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The full names of all facts."""
        return frozenset(self.facts)

    def fact(self, name: str) -> Fact:
        """The fact of this name.

        Raises:
            BadInput: there is none; the message names the nearest.
        """
        if name not in self.facts:
            near = difflib.get_close_matches(name, self.facts, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise BadInput(f"unknown fact `{name}`{hint}")
        return self.facts[name]

    def normal(self, name: str, value: object) -> FactValue:
        """One value in the engine's own form.

        Raises:
            BadInput: an unknown fact, or a value of the wrong type; the message names the fact.
        """
        return self.fact(name).normal(value, self.jurisdiction.calendar.zone)

    def validated(self, facts: Mapping[str, Mapping[str, Any]]) -> NestedFacts:
        """The given facts in the engine's own form; a value of None means not known and is left out.

        Raises:
            BadInput: an unknown fact, or a value of the wrong type; the message names the fact.
        """
        result: NestedFacts = {}
        known, zone = self.facts, self.jurisdiction.calendar.zone
        for namespace, values in facts.items():
            if not isinstance(values, Mapping):
                raise BadInput(f"facts are nested: `{namespace}` must hold facts by name")
            into = result[namespace] = {}
            for key, value in values.items():
                if value is not None:
                    name = f"{namespace}.{key}"
                    into[key] = (known.get(name) or self.fact(name)).normal(value, zone)
        return result

    def phrases(self, language: Language) -> dict[str, dict[str | bool, tuple[str, ...]]]:
        """What people type to say each value of each fact that the buyer knows, in one language."""
        return {
            fact.name: {o.value: o.phrases.get(language, ()) for o in fact.options if o.by == "buyer"}
            for fact in self.facts.values()
            if fact.known_by == "buyer" and fact.options
        }

    def describe(self, name: str, value: FactValue, language: Language) -> str:
        """A value in words: its label, a sum of money, a local date and time, yes or no."""
        fact = self.fact(name)
        if isinstance(value, list):
            return "、".join(self.describe(name, v, language) for v in value) if value else "—"
        option = fact.option(value)
        if option is not None:
            return option.label.in_(language)
        return _in_words(fact, value, language, self.jurisdiction)


def _in_words(fact: Fact, value: FactValue, language: Language, place: Jurisdiction) -> str:
    """A value that has no label of its own."""
    if value is None:
        return "未知" if language == "zh" else "not known"
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
    if fact.type == "money" and isinstance(value, int):
        return money(value, place.currency)
    if isinstance(value, datetime):
        return value.astimezone(place.calendar.zone).strftime("%Y-%m-%d %H:%M")
    return str(value)


# -- values

_WANTED: Mapping[FactType, str] = {
    "bool": "true or false", "int": "a whole number of 0 to 10^12", "number": "a number of 0 to 10^12",
    "money": "a whole number of fen, 0 to 10^12", "string": "text", "enum": "one of its values",
    "datetime": "a time of the years 1970 to 2199", "date": "a day of the years 1970 to 2199", "list": "a list of text",
}


def _bool(_: Fact, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"got {value!r}")
    return value


def _int(_: Fact, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"got {value!r}")
    return _counted(value)


def _number(_: Fact, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"got {value!r}")
    return _counted(value)


def _counted(value: Number) -> Number:
    """What is counted or measured of an order is never negative, and never more than anybody could pay."""
    if not 0 <= value <= MOST:
        raise ValueError(f"got {value:,}")
    return value


def _string(_: Fact, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"got {value!r}")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"got {len(value):,} letters")
    return value


def _enum(fact: Fact, value: object) -> str:
    text = _string(fact, value)
    if fact.options and not any(option.value == text for option in fact.options):
        raise ValueError(f"got {text!r}, knows {', '.join(map(str, fact.values))}")
    return text


def _instant(value: object, zone: tzinfo) -> datetime:
    """A time or a day in UTC; what names no zone is of `zone`."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(0), zone)
    if not isinstance(value, datetime):
        raise TypeError(f"got {value!r}")
    if not 1970 <= value.year < 2200:
        raise ValueError(f"got {value}")
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _list(_: Fact, value: object) -> list[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(entry, str) for entry in value):
        raise TypeError(f"got {value!r}")
    if len(value) > LONGEST_LIST:
        raise ValueError(f"got {len(value):,} entries")
    return list(value)


_NORMAL: Mapping[FactType, Callable[[Fact, object], FactValue]] = {
    "bool": _bool, "int": _int, "number": _number, "money": _int, "string": _string, "enum": _enum,
    "list": _list,
}


# -- the file

class _OptionModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: TextModel
    phrases: dict[Language, list[str]] = Field(default_factory=dict)
    by: SaidBy = "buyer"


class _FactModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    type: FactType
    label: TextModel
    known_by: KnownBy
    ask: TextModel | None = None
    input: Input | None = None
    values: dict[str, _OptionModel] = Field(default_factory=dict)
    default: bool | int | float | str | list[str] | None = None
    counterfactual: bool = False
    when_asked: bool = False

    def fact(self, name: str) -> Fact:
        """As a value. A bool's options are written `yes` and `no` in the file."""
        def value(key: str) -> str | bool:
            return key == "yes" if self.type == "bool" else key

        options = tuple(
            Option(value(key), o.label.text(), {lang: tuple(p) for lang, p in o.phrases.items()}, o.by)
            for key, o in self.values.items()
        )
        return Fact(
            name=name, type=self.type, label=self.label.text(), known_by=self.known_by,
            ask=self.ask.text() if self.ask else None, input=self.input, options=options,
            default=self.default, counterfactual=self.counterfactual, when_asked=self.when_asked,
        )


class _FileModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    facts: dict[str, _FactModel]


def catalog_of(facts: Iterable[Fact], jurisdiction: Jurisdiction | None = None) -> FactCatalog:
    """A catalogue of these facts."""
    jurisdiction = jurisdiction or default_jurisdiction()
    by_name = {fact.name: fact for fact in facts}
    defaults: dict[str, dict[str, FactValue]] = {}
    for fact in by_name.values():
        if fact.default is not None:
            namespace, _, key = fact.name.partition(".")
            defaults.setdefault(namespace, {})[key] = fact.normal(fact.default, jurisdiction.calendar.zone)
    spaces = dict.fromkeys(name.partition(".")[0] for name in by_name)
    return FactCatalog(by_name, jurisdiction, defaults, tuple(spaces))


def namespace_of(shop: str) -> str:
    """Where a shop's own facts stand, so that no two shops can mean different things by one name."""
    return "shop_" + re.sub(r"\W", "_", shop).lower()


def load_catalog(*paths: Path | str, jurisdiction: Jurisdiction | None = None) -> FactCatalog:
    """Read a catalogue from files, or from all YAML files of folders; without paths, the jurisdiction's own facts.

    A fact that a later file gives again replaces the earlier one, in its place.

    Raises:
        BadKnowledge: a file is wrong; names file and line.
    """
    jurisdiction = jurisdiction or default_jurisdiction()
    facts: dict[str, Fact] = {}
    for source in map(read_source, yaml_files(paths or jurisdiction.facts)):
        facts.update(facts_in(source))
    return catalog_of(facts.values(), jurisdiction)


def facts_in(source: Source) -> dict[str, Fact]:
    """The facts of one file, by their names.

    Raises:
        BadKnowledge: one is wrong; names file and line.
    """
    models = source.parse(_FileModel).facts
    for name, model in models.items():
        _check(source, name, model)
    return {name: model.fact(name) for name, model in models.items()}


def _check(source: Source, name: str, fact: _FactModel) -> None:
    """What a fact's parts ask of each other."""
    if name.count(".") != 1:
        raise source.error(f"`{name}`: facts are named namespace.fact", "facts", name)
    if fact.known_by == "buyer" and (fact.ask is None or fact.input is None):
        raise source.error(f"`{name}`: a fact that the buyer knows needs `ask` and `input`", "facts", name)
    if fact.input == "chips" and not fact.values:
        raise source.error(f"`{name}`: chips need `values`", "facts", name)
    if fact.type == "bool" and not set(fact.values) <= {"yes", "no"}:
        raise source.error(f"`{name}`: a bool's values are written yes and no", "facts", name, "values")
    if fact.default is not None:
        try:
            fact.fact(name).normal(fact.default, UTC)
        except BadInput as wrong:
            raise source.error(str(wrong), "facts", name, "default") from wrong


@lru_cache(maxsize=1)
def default_catalog() -> FactCatalog:
    """The shipped catalogue, read once."""
    return load_catalog()
