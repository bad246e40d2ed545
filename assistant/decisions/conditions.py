"""Conditions: CEL expressions over named facts, compiled once, with three truth values.

A fact that is not known makes a condition *open*, not false, and CEL's `&&` and `||` absorb it as Kleene's
logic does: `true || open` is true and `false && open` is false, in either order. `has(x.y)` is false for an
unknown fact; rules use it for facts that count when said but are never asked.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cel

from assistant.decisions.decision import Truth
from assistant.decisions.workdays import days_between, hours_between, months_between, workdays_between

Facts = Mapping[str, Mapping[str, Any]]

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_FACT = re.compile(r"(?<![\w.])([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)(?!\w|\s*\()")
_HAS = re.compile(r"\bhas\(\s*([a-z0-9_.]+)\s*\)")
_MACRO = re.compile(r"\.(all|exists|exists_one|map|filter)\(")
_BUILT_IN = frozenset({
    "size", "int", "double", "string", "timestamp", "duration",
    "contains", "startsWith", "endsWith", "matches",
})

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "days": days_between,
    "hours": hours_between,
    "months": months_between,
    "workdays": workdays_between,
    "min": lambda a, b: min(a, b),
    "max": lambda a, b: max(a, b),
    "clamp": lambda value, low, high: max(low, min(value, high)),
}
"""What conditions can call beside CEL's own; `workdays.py` tells how days, months and working days count."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled expression. `names` are the facts it reads; `optional` those that stand in a `has()`."""

    expression: str
    names: tuple[str, ...]
    optional: frozenset[str]
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


def names_in(expression: str) -> tuple[str, ...]:
    """The facts that an expression reads, each once, in order."""
    return tuple(dict.fromkeys(_FACT.findall(_STRING.sub("''", expression))))


def compile_condition(
    expression: str, names: Iterable[str], parameters: Mapping[str, object] | None = None
) -> Condition:
    """Compile `expression`; it may read `names` (written `namespace.fact`) and `param.x` for each parameter.

    Parameters are written into the compiled program as constants; the expression kept for the proof still
    names them.

    Raises:
        ValueError: a syntax error, an unknown fact, parameter or function.
    """
    source = with_parameters(expression, parameters or {})
    try:
        program = cel.compile(source)
    except ValueError as wrong:
        raise ValueError(f"not a CEL expression: {_short(str(wrong))}") from wrong
    read = names_in(source)
    _refuse_unknown(read, frozenset(names), source, program)
    return Condition(expression, read, frozenset(_HAS.findall(source)), program)


def with_parameters(expression: str, parameters: Mapping[str, object]) -> str:
    """The expression with the value of each parameter in the place of its name.

    Raises:
        ValueError: there is no such parameter.
    """
    def constant(match: re.Match[str]) -> str:
        name = match[1]
        if name not in parameters:
            raise ValueError(f"unknown parameter `param.{name}`")
        return _literal(parameters[name])

    return re.sub(r"(?<![\w.'\"])param\.([a-z][a-z0-9_]*)", constant, expression)


def make_context(facts: Facts, namespaces: Iterable[str] = ()) -> Any:
    """A CEL context from nested facts, times in UTC (CEL knows no named zones).

    Every namespace is there, so that a fact in an absent one is merely unknown.
    """
    variables: dict[str, Mapping[str, Any]] = {name: {} for name in namespaces}
    variables.update(facts)
    return cel.Context(variables=variables, functions=dict(FUNCTIONS))


def is_known(facts: Facts, name: str) -> bool:
    """True when the nested facts hold `namespace.fact`."""
    namespace, _, key = name.partition(".")
    return key in facts.get(namespace, {})


def value_of(facts: Facts, name: str) -> Any:
    """The value of `namespace.fact`, or None when it is not known."""
    namespace, _, key = name.partition(".")
    return facts.get(namespace, {}).get(key)


def _refuse_unknown(read: Sequence[str], names: frozenset[str], source: str, program: Any) -> None:
    """Raise ValueError for names and functions that nothing can give a value."""
    for name in read:
        if name not in names:
            raise ValueError(f"unknown fact `{name}`")
    called = {f for f in program.functions() if f[0].isalpha()}
    for function in sorted(called - _BUILT_IN - FUNCTIONS.keys()):
        raise ValueError(f"unknown function `{function}`")
    spaces = {name.partition(".")[0] for name in read}
    loose = set(program.variables()) - spaces
    if loose and not _MACRO.search(source):  # a macro binds names of its own
        raise ValueError(f"unknown name `{min(loose)}`: facts are written namespace.fact")


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
