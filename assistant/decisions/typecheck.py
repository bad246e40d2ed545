"""Cheap checks that a condition compares like with like, before it ever meets a claim."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from assistant.decisions.conditions import Condition, make_context
from assistant.decisions.facts import Fact, FactCatalog

_COMPARED = re.compile(
    r"\b([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)\s*(?:==|!=|<=|>=|<|>)\s*('[^']*'|\"[^\"]*\"|true\b|false\b|-?\d+(?:\.\d+)?)"
)
_MEMBER_OF = re.compile(r"\b([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)\s+in\s+\[([^\]]*)\]")
_CONTAINED_IN = re.compile(r"('[^']*'|\"[^\"]*\")\s+in\s+([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)")
_ENTRY = re.compile(r"'[^']*'|\"[^\"]*\"|[^,\s]+")

_SAMPLES: dict[str, Any] = {
    "bool": True, "int": 1, "money": 1, "number": 1.5, "string": "x", "enum": "x", "list": ["x"],
    "datetime": datetime(2026, 1, 1, tzinfo=UTC), "date": datetime(2026, 1, 1, tzinfo=UTC),
}


class TypeChecker:
    """Checks conditions against the types that a catalogue gives its facts."""

    def __init__(self, catalog: FactCatalog) -> None:
        self._catalog = catalog
        facts: dict[str, dict[str, Any]] = {}
        for name, fact in catalog.facts.items():
            space, _, key = name.partition(".")
            sample = fact.values[0] if fact.type == "enum" and fact.values else _SAMPLES[fact.type]
            facts.setdefault(space, {})[key] = sample
        self._context = make_context(facts, calendar=catalog.jurisdiction.calendar)

    def check(self, source: str, condition: Condition, wanted: type) -> None:
        """Compare every literal with its fact's type, and compute the condition once over sample facts.

        Raises:
            TypeError: unlike things are compared, or the result isn't of the `wanted` type.
        """
        for name, literal in _literals(source):
            _fits(self._catalog.fact(name), literal)
        try:
            result = condition.value(self._context)
        except ArithmeticError:
            return  # the samples are to blame, not the rule
        except (TypeError, RuntimeError, ValueError, KeyError) as wrong:
            raise TypeError(str(wrong).split(". ", 1)[0].split(": ", 1)[0]) from wrong
        if not isinstance(result, wanted) or (wanted is int and isinstance(result, bool)):
            raise TypeError(f"comes to {type(result).__name__}, not {wanted.__name__}")


def _literals(source: str) -> list[tuple[str, str]]:
    """Each fact that is compared with a literal, and the literal."""
    found = [(m[1], m[2]) for m in _COMPARED.finditer(source)]
    found += [(m[1], entry) for m in _MEMBER_OF.finditer(source) for entry in _ENTRY.findall(m[2])]
    found += [(m[2], m[1]) for m in _CONTAINED_IN.finditer(source)]
    return found


def _fits(fact: Fact, literal: str) -> None:
    """Raise TypeError unless the literal can be a value of the fact, or an entry of its list."""
    if not _FITS[fact.type](literal):
        raise TypeError(f"`{fact.name}` is {fact.type}, and {literal} is not")
    if fact.values and fact.type in ("enum", "list") and literal[1:-1] not in fact.values:
        raise TypeError(f"`{fact.name}` is never {literal}: it knows {', '.join(map(str, fact.values))}")


def _quoted(literal: str) -> bool:
    return literal[0] in "'\""


def _number(literal: str) -> bool:
    return not _quoted(literal) and literal not in ("true", "false")


_FITS: dict[str, Callable[[str], bool]] = {
    "bool": lambda literal: literal in ("true", "false"),
    "int": _number, "money": _number, "number": _number,
    "string": _quoted, "enum": _quoted, "list": _quoted,
    "datetime": lambda _: False, "date": lambda _: False,
}
