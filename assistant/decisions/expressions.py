"""What a CEL expression may be: short, one loop deep at most, and made of facts, known functions and plain values.

Whatever a rule writes is computed on every claim, so it must come to an end soon, and it must read nothing beside the
facts that it names: the questions that are asked, and the proof, rest on those names.
"""

import re
from collections.abc import Collection, Iterator

MOST_LETTERS = 2_000
"""The longest shipped expression has less than a fifth of it."""

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_FACT = re.compile(r"(?<![\w.])([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)(?!\w|\s*\()")
_LOOP = r"(?<=\.)(?:all|exists|exists_one|map|filter)\s*\("
_TOKEN = re.compile(rf"(?P<loop>{_LOOP})|(?P<bracket>[()\[\]{{}}])")
_BOUND = re.compile(rf"{_LOOP}\s*([A-Za-z_]\w*)\s*,")
_WORD = re.compile(r"(?<!\w)[A-Za-z_]\w*(?!\w|\s*\()")
_PLAIN = frozenset({"true", "false", "null", "in"})


class NotCel(ValueError):
    """Not a CEL expression, or one that is longer or loops more than is computed in good time."""


class UnknownName(ValueError):
    """A fact, parameter or function that nothing can give a value."""


def names_in(expression: str) -> tuple[str, ...]:
    """The facts that an expression reads, each once, in order."""
    return tuple(dict.fromkeys(_FACT.findall(_STRING.sub("''", expression))))


def refuse_excess(expression: str) -> None:
    """Pass an expression that comes to an end soon.

    Raises:
        NotCel: it is too long, or a loop stands inside a loop.
    """
    if len(expression) > MOST_LETTERS:
        raise NotCel(f"longer than {MOST_LETTERS} letters: write it as several conditions")
    if any(depth > 1 for depth in _loops(_STRING.sub("''", expression))):
        raise NotCel("a loop (all, exists, map, filter) inside a loop")


def refuse_loose_names(source: str, names: Collection[str]) -> None:
    """Pass an expression whose every word is a fact of `names`, a function, or a name that a loop of its own gives.

    Raises:
        UnknownName: it reads something else, such as a whole namespace or a part of a value.
    """
    bare = _STRING.sub("''", source)
    for name in names_in(source):
        if name not in names:
            raise UnknownName(f"unknown fact `{name}`")
    bound = set(_BOUND.findall(bare))
    for word in _WORD.findall(_FACT.sub("0", bare)):
        if word not in _PLAIN and word not in bound:
            raise UnknownName(f"unknown name `{word}`: facts are written namespace.fact")


def _loops(bare: str) -> Iterator[int]:
    """For each loop, how many stand around and at it."""
    opened: list[bool] = []
    for token in _TOKEN.finditer(bare):
        if token["loop"]:
            opened.append(True)
            yield sum(opened)
        elif token["bracket"] in "([{":
            opened.append(False)
        elif opened:
            opened.pop()
