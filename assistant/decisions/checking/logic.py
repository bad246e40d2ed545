"""The logical form of conditions: what joins them, and the comparisons that they are made of.

A condition such as `order.delivered && !(item.category in ['fresh'])` becomes a tree of and, or and not over *atoms*.
An atom tests one *term*: a fact, or a whole expression such as `days(order.delivered_at, claim.at)`, which counts as
one unknown of its own. What can't be taken apart becomes an atom that may be true or false freely. So the tree allows
more than the condition does, never less: what is impossible for the tree is impossible for the condition.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from assistant.decisions.decision import Truth

Value = Any
ABSENT = object()
"""The value of a term that reads a fact which is not known."""

_NAME = r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*"
_CONSTANT = r"'[^'\\]*'|\"[^\"\\]*\"|true|false|-?\d+(?:\.\d+)?"
_COMPARED = re.compile(rf"(?P<term>.+?)\s*(?P<op>==|!=|<=|>=|<|>)\s*(?P<constant>{_CONSTANT})")
_MEMBER = re.compile(rf"(?P<term>.+?)\s+in\s+\[(?P<constants>\s*(?:{_CONSTANT})(?:\s*,\s*(?:{_CONSTANT}))*\s*)\]")
_HAS = re.compile(rf"has\(\s*({_NAME})\s*\)")
_EACH_CONSTANT = re.compile(_CONSTANT)
_TERM = re.compile(r"[\w.]+|[a-z_]+\([\w.,\s]*\)")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Atom:
    """A test of one term. `op` is a comparison, `in`, `has`, or `is` for a term that is true or false itself."""

    term: str
    op: str = "is"
    constants: tuple[Value, ...] = ()

    def truth(self, values: Mapping[str, Value]) -> Truth | None:
        """What it comes to; None while its term has no value yet."""
        if self.term not in values:
            return None
        value = values[self.term]
        if self.op == "has":
            return "false" if value is ABSENT else "true"
        if value is ABSENT:
            return "open"
        return "true" if self._holds(value) else "false"

    def _holds(self, value: Value) -> bool:
        if self.op == "is":
            return bool(value)
        if self.op == "in":
            return value in self.constants
        try:
            return _COMPARE[self.op](value, self.constants[0])
        except TypeError:
            return self.op == "!="


@dataclass(frozen=True, slots=True)
class Junction:
    """Parts joined by `and`, `or`, `not` (one part), or `unsure` (one part: it is anything but true)."""

    kind: Literal["and", "or", "not", "unsure"]
    parts: tuple["Node", ...]

    def truth(self, values: Mapping[str, Value]) -> Truth | None:
        """What it comes to in Kleene's logic; None while that still hangs on terms without a value."""
        if self.kind in ("and", "or"):
            return _joined([part.truth(values) for part in self.parts], "false" if self.kind == "and" else "true")
        inner = self.parts[0].truth(values)
        if inner is None:
            return None
        if self.kind == "unsure":
            return "false" if inner == "true" else "true"
        return _NEGATED[inner]


Node = Atom | Junction
_NEGATED: Mapping[Truth, Truth] = {"true": "false", "false": "true", "open": "open"}


def _joined(truths: list[Truth | None], settles: Truth) -> Truth | None:
    """The truth of a conjunction (which a false part settles) or a disjunction (which a true one does)."""
    if settles in truths:
        return settles
    if None in truths:
        return None
    return "open" if "open" in truths else _NEGATED[settles]


def atoms(node: Node) -> Iterator[Atom]:
    """Every atom of a tree."""
    if isinstance(node, Atom):
        yield node
    else:
        for part in node.parts:
            yield from atoms(part)


@lru_cache(maxsize=4096)
def logic_of(expression: str) -> Node:
    """The logical form of a CEL expression that comes to true or false."""
    text = expression.strip()
    if "?" in _outside(text):
        return Atom(_squeezed(text))
    for kind, sign in _JOINS:
        parts = _split(text, sign)
        if len(parts) > 1:
            return Junction(kind, tuple(logic_of(part) for part in parts))
    if text.startswith("(") and _closing(text) == len(text) - 1:
        return logic_of(text[1:-1])
    if text.startswith("!") and _stands_alone(text[1:].strip()):
        return Junction("not", (logic_of(text[1:]),))
    return _atom(text)


_JOINS: tuple[tuple[Literal["or", "and"], str], ...] = (("or", "||"), ("and", "&&"))


def _atom(text: str) -> Atom:
    """The test that an expression without joins makes."""
    if match := _HAS.fullmatch(text):
        return Atom(match[1], "has")
    if (match := _COMPARED.fullmatch(text)) and _is_term(match["term"]):
        return Atom(_squeezed(match["term"]), match["op"], (_constant(match["constant"]),))
    if (match := _MEMBER.fullmatch(text)) and _is_term(match["term"]):
        constants = tuple(_constant(one) for one in _EACH_CONSTANT.findall(match["constants"]))
        return Atom(_squeezed(match["term"]), "in", constants)
    return Atom(_squeezed(text))


def _is_term(text: str) -> bool:
    """True for a name or a call with plain arguments: what binds more tightly than any comparison."""
    return _TERM.fullmatch(text.strip()) is not None


def _stands_alone(text: str) -> bool:
    """True for what a `!` before it negates whole: a name, a call, or something in brackets."""
    return _is_term(text) or (text.startswith("(") and _closing(text) == len(text) - 1)


def _constant(text: str) -> Value:
    if text[0] in "'\"":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    return float(text) if "." in text else int(text)


def _squeezed(text: str) -> str:
    """The text without the blanks between its words: two ways to write one term are one term."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([(),])\s*", r"\1", text.strip()))


def _depths(text: str) -> Iterator[tuple[int, str, int]]:
    """Each character outside quotes: its place, itself, and how many brackets are open around it."""
    depth, quote = 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[place - 1] != "\\" else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += (sign in "([{") - (sign in ")]}")
            yield place, sign, depth


def _outside(text: str) -> str:
    """The characters outside quotes and brackets."""
    return "".join(sign for _, sign, depth in _depths(text) if depth == 0)


def _closing(text: str) -> int:
    """Where the bracket that opens the text is closed."""
    return next((place for place, sign, depth in _depths(text) if depth == 0 and sign == ")"), -1)


def _split(text: str, joint: str) -> list[str]:
    """The parts between the joints that stand outside of quotes and brackets."""
    places = [p for p, sign, depth in _depths(text) if depth == 0 and text.startswith(joint, p) and sign == joint[0]]
    cuts = [-len(joint), *places, len(text)]
    return [text[start + len(joint):end] for start, end in pairwise(cuts)]
