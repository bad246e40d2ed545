"""Figures in rules: what they are called, the bounds that the law puts on them, and who may set them.

A platform sets any figure within its bounds. A shop sets only figures that say which way they `favour` the buyer, and
only that way: what it sets comes beside the platform's value, never below it.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assistant.decisions.rulefile import Favours, Parameter, ParameterModel, RulesFile
from assistant.decisions.sources import Report, Source
from assistant.decisions.workdays import parse_span
from knowledge.errors import BadInput
from knowledge.text import Text


class BadParameter(BadInput):
    """A figure can't be set to this value; `name` is the figure's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"parameter `{name}` {message}")
        self.name = name


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A figure in the book: its value now, our default, what it is, and its bounds.

    `favours` is the way that is better for the buyer, `more` or `less`; None where only a platform may set it.
    """

    name: str
    value: Parameter
    default: Parameter
    about: Text
    verified: bool = True
    at_least: int | float | None = None
    at_most: int | float | None = None
    favours: Favours | None = None

    def set(self, value: Parameter) -> "ParameterInfo":
        """The figure with a value that a platform gives it.

        Raises:
            BadParameter: it is of another type than our default, or beyond its bounds.
        """
        if type(value) is not type(self.default):
            raise BadParameter(self.name, f"must be {type(self.default).__name__}, got {value!r:.60}")
        for number in value if isinstance(value, list) else [value]:
            self._refuse_beyond(number)
        return replace(self, value=value)

    def better(self, value: Parameter) -> "ParameterInfo":
        """The figure with a value that a shop gives it.

        Raises:
            BadParameter: a shop may not set it, the value is worse for the buyer than the platform's, or as in `set`.
        """
        if self.favours is None:
            raise BadParameter(self.name, "is the platform's to set, not a shop's")
        better = self.set(value)
        pairs = _measures(self, value)
        if any(new < old if self.favours == "more" else new > old for old, new in pairs):
            way = "below" if self.favours == "more" else "above"
            raise BadParameter(self.name, f"may not be set {way} the platform's {self.value}: a shop promises more")
        return better

    def _refuse_beyond(self, number: object) -> None:
        if not isinstance(number, int | float):
            return
        if self.at_least is not None and number < self.at_least:
            raise BadParameter(self.name, f"may not be below {self.at_least}: that is the law's minimum")
        if self.at_most is not None and number > self.at_most:
            raise BadParameter(self.name, f"may not be above {self.at_most}")


def declared(
    files: Iterable[tuple[Source, RulesFile]], known: Mapping[str, ParameterInfo] | None = None,
    report: Report | None = None,
) -> dict[str, ParameterInfo]:
    """All figures that files declare, with our defaults, after those that are known already.

    Raises:
        BadKnowledge: one is declared twice; with `report` it is reported and left out.
    """
    infos = dict(known or {})
    for source, file in files:
        for name, model in file.parameters.items():
            if name not in infos:
                infos[name] = _info(name, model)
                continue
            fault = source.error(f"the parameter `{name}` is declared twice", "parameters", name)
            if report is None:
                raise fault
            report(fault)
    return infos


def with_values(infos: Mapping[str, ParameterInfo], given: Mapping[str, Parameter]) -> dict[str, ParameterInfo]:
    """The figures with the values that a platform gives.

    Raises:
        BadParameter: one is unknown, or its value is.
    """
    return {**infos, **{name: _known(infos, name).set(value) for name, value in given.items()}}


def with_better(infos: Mapping[str, ParameterInfo], given: Mapping[str, Parameter]) -> dict[str, ParameterInfo]:
    """The figures with the values that a shop gives, none of them worse for the buyer.

    Raises:
        BadParameter: one is unknown, not a shop's to set, or worse.
    """
    return {**infos, **{name: _known(infos, name).better(value) for name, value in given.items()}}


def values_of(infos: Mapping[str, ParameterInfo]) -> dict[str, Parameter]:
    """The values alone, by name."""
    return {name: info.value for name, info in infos.items()}


def _known(infos: Mapping[str, ParameterInfo], name: str) -> ParameterInfo:
    if name not in infos:
        near = difflib.get_close_matches(name, infos, n=1)
        raise BadParameter(name, f"is unknown; did you mean `{near[0]}`?" if near else "is unknown")
    return infos[name]


def _info(name: str, model: ParameterModel) -> ParameterInfo:
    return ParameterInfo(
        name, model.default, model.default, model.about.text(), model.verified,
        model.at_least, model.at_most, model.favours,
    )


def _measures(info: ParameterInfo, value: Parameter) -> list[tuple[float, float]]:
    """The value that a figure has and a new one of the same type, as pairs of numbers that can be compared.

    Raises:
        BadParameter: lists of another length, lengths of time in another unit, or text that is no length of time.
    """
    if isinstance(info.value, list) and isinstance(value, list):
        if len(value) != len(info.value):
            raise BadParameter(info.name, f"must have {len(info.value)} entries, got {len(value)}")
        return [(float(old), float(new)) for old, new in zip(info.value, value, strict=True)]
    if isinstance(info.value, str) and isinstance(value, str):
        return [_spans(info, value)]
    return [(float(info.value), float(value))]  # type: ignore[arg-type]  # `set` has seen that the types are the same


def _spans(info: ParameterInfo, value: str) -> tuple[float, float]:
    try:
        old, new = parse_span(str(info.value)), parse_span(value)
    except ValueError as wrong:
        raise BadParameter(info.name, f"can't be compared: {wrong}") from wrong
    if old.unit != new.unit:
        raise BadParameter(info.name, f"must be in the unit of {old}, got {new}")
    return float(old.count), float(new.count)
