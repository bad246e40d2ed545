"""The warning on a return: signals with reasons and weights, before the merchant accepts. A weight is no verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.decisions.conditions import make_context
from assistant.integrity.book import SIGNAL_FACTS, RiskBook
from knowledge.text import Text

Level = Literal["low", "look", "check"]
MOST = 100
_NAMESPACES = tuple(sorted({name.partition(".")[0] for name in SIGNAL_FACTS}))


@dataclass(frozen=True, slots=True)
class Noticed:
    """A signal that holds: why it is worth a look, what it adds (1 to 50), the clauses it rests on."""

    signal: str
    weight: int
    reason: Text
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warning:
    """How much speaks for a careful look at a return (0 to 100), and what; the heaviest first."""

    level: Level
    weight: int
    noticed: tuple[Noticed, ...]

    @property
    def advice(self) -> Text:
        """What the merchant is advised to do. It accuses nobody."""
        return ADVICE[self.level]


def assess(book: RiskBook, facts: Mapping[str, Mapping[str, Any]]) -> Warning:
    """The warning for a return with these facts; what is not known adds nothing."""
    context = make_context(facts, _NAMESPACES)
    holding = [one for one in book.signals if one.condition.evaluate(context) == "true"]
    noticed = [Noticed(one.id, one.weight, one.reason, one.citations) for one in holding]
    noticed.sort(key=lambda one: -one.weight)
    weight = min(MOST, sum(one.weight for one in noticed))
    return Warning(_level(book, weight), weight, tuple(noticed))


def _level(book: RiskBook, weight: int) -> Level:
    if weight >= book.levels["check"]:
        return "check"
    return "look" if weight >= book.levels["look"] else "low"


ADVICE: Mapping[Level, Text] = {
    "low": Text("没有特别需要留意的，照常处理即可。", "Nothing stands out: handle it as usual."),
    "look": Text("有几点可以留意，验货时多看一眼。", "A few points are worth a look when you check the goods."),
    "check": Text(
        "建议收到后开箱录像再确认。这些只是提示，不说明买家有问题。",
        "Film the unpacking before you accept. These are hints only; they say nothing about the buyer.",
    ),
}
