"""Conditions: CEL expressions over named facts, compiled once, with three truth values.

A fact that is not known makes a condition *open*, not false, and CEL's `&&` and `||` absorb it as Kleene's
logic does: `true || open` is true and `false && open` is false, in either order. `has(x.y)` is false for an
unknown fact; rules use it for facts that count when said but are never asked.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cel

from assistant.decisions.decision import Truth
from assistant.decisions.expressions import NotCel, UnknownName, names_in, refuse_excess, refuse_loose_names
from assistant.decisions.money.compensation import at_least, at_most, percent, portion
from assistant.decisions.plain import Plain, parse
from assistant.decisions.workdays import Calendar, hours_between, parse_span

Facts = Mapping[str, Mapping[str, Any]]

_HAS = re.compile(r"\bhas\(\s*([a-z0-9_.]+)\s*\)")
_BUILT_IN = frozenset({
    "size", "int", "double", "string", "timestamp", "duration",
    "contains", "startsWith", "endsWith", "matches",
})

_OF_TIME = ("days", "months", "workdays", "due")
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "hours": hours_between,
    "min": lambda a, b: min(a, b),
    "max": lambda a, b: max(a, b),
    "clamp": lambda value, low, high: max(low, min(value, high)),
    "percent": percent,
    "portion": portion,
    "at_least": at_least,
    "at_most": at_most,
}
FUNCTIONS = frozenset({*_FUNCTIONS, *_OF_TIME})
"""What conditions can call beside CEL's own.

`workdays.py` tells how days, months and working days count; `due(order.delivered_at, '14d')` is the end of a period.
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled expression. `names` are the facts it reads; `optional` those that stand in a `has()`.

    `places` are the names with their namespace and fact apart. `plain` is how it is computed where it needs no CEL.
    """

    expression: str
    names: tuple[str, ...]
    optional: frozenset[str]
    places: tuple[tuple[str, str, str], ...] = field(repr=False, compare=False)
    plain: Plain | None = field(repr=False, compare=False)
    _program: Any = field(repr=False, compare=False)

    @property
    def source(self) -> str:
        """The expression as compiled: parameters are constants here."""
        return str(self._program.source)

    def value(self, context: Any) -> Any:
        """What the expression comes to, for amounts and the like.

        Raises:
            KeyError: a fact is not known.
        """
        return self._program.execute(context)

    def evaluate(self, context: Any) -> Truth:
        """True, false, or open.

        An expression that cannot be computed (a division by nought, a date beyond the calendar) is open as
        well: a rule must never apply, nor be refused, on a sum that failed, so the decision goes to a person.
        """
        try:
            value = self._program.execute(context)
        except (KeyError, TypeError, ValueError, ArithmeticError, RuntimeError):
            return "open"
        return "true" if value is True else "false" if value is False else "open"

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The facts it reads that are not known, in the order of the expression."""
        return tuple(name for name in self.names if name not in self.optional and not is_known(facts, name))


def compile_condition(
    expression: str, names: Iterable[str], parameters: Mapping[str, object] | None = None
) -> Condition:
    """Compile `expression`; it may read `names` (written `namespace.fact`) and `param.x` for each parameter.

    Parameters are written into the compiled program as constants; the expression kept for the proof still
    names them.

    Raises:
        UnknownName: an unknown fact, parameter or function.
        NotCel: a syntax error, or more than is computed in good time.
    """
    refuse_excess(expression)
    source = with_parameters(expression, parameters or {})
    try:
        program = cel.compile(source)
    except ValueError as wrong:
        raise NotCel(f"not a CEL expression: {_short(str(wrong))}") from wrong
    refuse_loose_names(source, names if isinstance(names, Set) else frozenset(names))
    _refuse_unknown_functions(program)
    read = names_in(source)
    places = tuple((name, space, key) for name in read for space, _, key in [name.partition(".")])
    return Condition(expression, read, frozenset(_HAS.findall(source)), places, parse(source), program)


def with_parameters(expression: str, parameters: Mapping[str, object]) -> str:
    """The expression with the value of each parameter in the place of its name.

    Raises:
        UnknownName: there is no such parameter.
    """
    def constant(match: re.Match[str]) -> str:
        name = match[1]
        if name not in parameters:
            raise UnknownName(f"unknown parameter `param.{name}`")
        return _literal(parameters[name])

    return re.sub(r"(?<![\w.'\"])param\.([a-z][a-z0-9_]*)", constant, expression)


def make_context(facts: Facts, namespaces: Iterable[str] = (), calendar: Calendar | None = None) -> Any:
    """A CEL context from nested facts, times in UTC (CEL knows no named zones).

    Every namespace is there, so that a fact in an absent one is merely unknown. Days, months and working days can be
    counted where a calendar is given.
    """
    variables: dict[str, Mapping[str, Any]] = {name: {} for name in namespaces}
    variables.update(facts)
    return cel.Context(variables=variables, functions=_functions(calendar))


@lru_cache(maxsize=64)
def _functions(calendar: Calendar | None) -> dict[str, Callable[..., Any]]:
    """The functions of a context; CEL reads the mapping and keeps nothing of it."""
    if calendar is None:
        return dict(_FUNCTIONS)
    return {
        **_FUNCTIONS, "days": calendar.days, "months": calendar.months, "workdays": calendar.workdays,
        "due": lambda start, span: calendar.due(start, parse_span(span)).at,
    }


def is_known(facts: Facts, name: str) -> bool:
    """True when the nested facts hold `namespace.fact`."""
    namespace, _, key = name.partition(".")
    return key in facts.get(namespace, {})


def value_of(facts: Facts, name: str) -> Any:
    """The value of `namespace.fact`, or None when it is not known."""
    namespace, _, key = name.partition(".")
    return facts.get(namespace, {}).get(key)


def _refuse_unknown_functions(program: Any) -> None:
    """Raise UnknownName for functions that there are not."""
    called = {f for f in program.functions() if f[0].isalpha()}
    for function in sorted(called - _BUILT_IN - FUNCTIONS):
        raise UnknownName(f"unknown function `{function}`")


def _literal(value: object) -> str:
    """A parameter's value as CEL writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_literal(entry) for entry in value) + "]"
    return str(value)


def _short(message: str) -> str:
    """The first telling line of the CEL parser's message."""
    head = message.split("\n", 1)[0]
    return head.partition("ERROR: <input>:")[2].split(": ", 1)[-1] or head
