"""Plain conditions: comparisons of facts, and of the time between two, with constants, under `&&`, `||` and `!`.

Nearly all conditions are plain: `order.delivered`, `item.category in ['fresh']`, `days(order.paid_at, claim.at) <= 7`.
They are computed here, with Kleene's three values, since to hand the facts over to CEL takes as long as deciding. What
is not read here (sums, other functions) is CEL's. A test holds both to the same truth.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.decisions.decision import Truth
from assistant.decisions.workdays import Calendar, hours_between

Facts = Mapping[str, Mapping[str, Any]]
Name = tuple[str, str]
"""A fact's namespace and its own name."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact and what it is compared with. `allowed` are the values that make it true, where they can be listed.

    `present` is for `has()`: a fact that isn't known makes it false, not open.
    """

    namespace: str
    key: str
    holds: Callable[[Any, Any], bool]
    operand: Any = None
    allowed: frozenset[str | bool] | None = None
    present: bool = False

    def truth(self, facts: Facts, _: Calendar) -> Truth:
        """What the comparison comes to; open while the fact isn't known."""
        value = facts[self.namespace].get(self.key) if self.namespace in facts else None
        if value is None:
            return "false" if self.present else "open"
        return "true" if self.holds(value, self.operand) else "false"


@dataclass(frozen=True, slots=True)
class Period:
    """The time from one fact to another, counted in `days`, `months` or `hours`, and what it is compared with.

    That is a number, or a fact of its own, such as the months of a warranty.
    """

    unit: str
    start: Name
    end: Name
    holds: Callable[[Any, Any], bool]
    operand: float | Name

    def truth(self, facts: Facts, calendar: Calendar) -> Truth:
        """What the comparison comes to; open while one of the facts isn't known."""
        start, end = _value(facts, self.start), _value(facts, self.end)
        limit = _value(facts, self.operand) if isinstance(self.operand, tuple) else self.operand
        if start is None or end is None or limit is None:
            return "open"
        passed = hours_between(start, end) if self.unit == "hours" else getattr(calendar, self.unit)(start, end)
        return "true" if self.holds(passed, limit) else "false"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two facts of which one is to be less than the other, such as two times."""

    one: Name
    other: Name
    holds: Callable[[Any, Any], bool]

    def truth(self, facts: Facts, _: Calendar) -> Truth:
        """What the comparison comes to; open while one of them isn't known."""
        one, other = _value(facts, self.one), _value(facts, self.other)
        if one is None or other is None:
            return "open"
        return "true" if self.holds(one, other) else "false"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; what is open stays open."""

    part: "Plain"

    def truth(self, facts: Facts, calendar: Calendar) -> Truth:
        """True for false, and false for true."""
        return _CONTRARY[self.part.truth(facts, calendar)]


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts joined by `&&` or `||`; `settles` is the truth of a part that settles the whole, whatever else."""

    parts: "tuple[Plain, ...]"
    settles: Truth

    def truth(self, facts: Facts, calendar: Calendar) -> Truth:
        """What the parts come to together."""
        whole = _CONTRARY[self.settles]
        for part in self.parts:
            truth = part.truth(facts, calendar)
            if truth == self.settles:
                return truth
            if truth == "open":
                whole = truth
        return whole


Plain = Comparison | Period | Pair | Not | Joined

_CONTRARY: Mapping[Truth, Truth] = {"true": "false", "false": "true", "open": "open"}


def parse(expression: str) -> Plain | None:
    """The condition that an expression writes; None when it is no plain one."""
    reader = _Reader(expression)
    try:
        found = reader.alternatives()
    except _NotPlainError:
        return None
    return found if reader.is_at_end() else None


def comparisons(expression: str) -> tuple[Comparison, ...]:
    """The comparisons of single facts that must all hold for an expression to be true, whatever else it asks."""
    found = parse(expression)
    parts = found.parts if isinstance(found, Joined) and found.settles == "false" else (found,)
    return tuple(part for part in parts if isinstance(part, Comparison))


def _value(facts: Facts, name: Name) -> Any:
    """A fact's value; None while it isn't known."""
    return facts[name[0]].get(name[1]) if name[0] in facts else None


class _NotPlainError(Exception):
    """The expression is of no form that is read here."""


class _Reader:
    """Reads an expression from left to right, the loosest joint first."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def alternatives(self) -> Plain:
        """Parts joined by `||`."""
        return self._joined(self._conjunction, "||", "true")

    def is_at_end(self) -> bool:
        """True when nothing is left."""
        return not self._text[self._at :].strip()

    def _conjunction(self) -> Plain:
        return self._joined(self._part, "&&", "false")

    def _joined(self, read: Callable[[], Plain], sign: str, settles: Truth) -> Plain:
        parts = [read()]
        while self._take(sign):
            parts.append(read())
        return Joined(tuple(parts), settles) if len(parts) > 1 else parts[0]

    def _part(self) -> Plain:
        """A comparison, a part in brackets, or the contrary of one."""
        for form, made in _FORMS:
            if match := form.match(self._text, self._at):
                self._at = match.end()
                return made(match)
        if self._take("!"):
            return Not(self._part())
        if not self._take("("):
            raise _NotPlainError
        inner = self.alternatives()
        if not self._take(")"):
            raise _NotPlainError
        return inner

    def _take(self, sign: str) -> bool:
        """Step over a sign, if it comes next."""
        start = len(self._text) - len(self._text[self._at :].lstrip())
        if not self._text.startswith(sign, start):
            return False
        self._at = start + len(sign)
        return True


# -- the forms of a comparison; each ends where a joint, a closing bracket or nothing follows

_NAME = r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)"
_TEXT = r"'([^'\\]*)'"
_SIGN = r"(==|!=|<=|>=|<|>)"
_NUMBER = r"(\d{1,15}(?:\.\d{1,9})?)"
_END = r"(?=\s*(?:&&|\|\||\)|$))"
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*{pattern}{_END}")


def _has(match: re.Match[str]) -> Plain:
    return Comparison(match[1], match[2], operator.is_not, None, present=True)


def _bool(match: re.Match[str]) -> Plain:
    wanted = not match[1]
    return Comparison(match[2], match[3], operator.is_, wanted, frozenset({wanted}))


def _number(match: re.Match[str]) -> Plain:
    return Comparison(match[1], match[2], _SIGNS[match[3]], _figure(match[4]))


def _text(match: re.Match[str]) -> Plain:
    allowed = frozenset({match[4]}) if match[3] == "==" else None
    return Comparison(match[1], match[2], _SIGNS[match[3]], match[4], allowed)


def _one_of(match: re.Match[str]) -> Plain:
    texts = frozenset(re.findall(_TEXT, match[3]))
    return Comparison(match[1], match[2], _is_among, texts, texts)


def _held_by(match: re.Match[str]) -> Plain:
    return Comparison(match[2], match[3], operator.contains, match[1])


def _period(match: re.Match[str]) -> Plain:
    unit, space, key, to_space, to_key, sign, number, of_space, of_key = match.groups()
    limit = _figure(number) if number else (of_space, of_key)
    return Period(unit, (space, key), (to_space, to_key), _SIGNS[sign], limit)


def _pair(match: re.Match[str]) -> Plain:
    return Pair((match[1], match[2]), (match[4], match[5]), _SIGNS[match[3]])


def _figure(text: str) -> float:
    return float(text) if "." in text else int(text)


def _is_among(value: Any, texts: frozenset[str]) -> bool:
    return value in texts


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Plain]], ...] = (
    (_form(rf"has\(\s*{_NAME}\s*\)"), _has),
    (_form(rf"(!?)\s*{_NAME}"), _bool),
    (_form(rf"{_NAME}\s*{_SIGN}\s*{_NUMBER}"), _number),
    (_form(rf"{_NAME}\s*(==|!=)\s*{_TEXT}"), _text),
    (_form(rf"{_NAME}\s+in\s+\[\s*({_TEXT}(?:\s*,\s*{_TEXT})*)\s*\]"), _one_of),
    (_form(rf"{_TEXT}\s+in\s+{_NAME}"), _held_by),
    (_form(rf"(days|months|hours)\(\s*{_NAME}\s*,\s*{_NAME}\s*\)\s*{_SIGN}\s*(?:{_NUMBER}|{_NAME})"), _period),
    (_form(rf"{_NAME}\s*(<=|>=|<|>)\s*{_NAME}"), _pair),
)
