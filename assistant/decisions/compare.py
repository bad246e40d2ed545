"""Two rule books over the same cases: which outcomes flip, under which rules, and by how much money."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision, Outcome
from assistant.decisions.engine import decide
from knowledge.errors import BadInput


@dataclass(frozen=True, slots=True)
class Case:
    """A claim to replay: its facts, when it was decided, and the day whose rules count (without it, the order's)."""

    id: str
    facts: Mapping[str, Mapping[str, Any]]
    now: datetime
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one book made of a case; `fen` is what it grants, 0 where it grants no money."""

    outcome: Outcome
    remedy: str | None
    rule: str | None
    fen: int
    return_freight: str | None = None

    @property
    def grants(self) -> bool:
        """True when the buyer gets something."""
        return self.outcome == "grant"


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that the two books decide differently. `category` is that of the goods, empty where it isn't known."""

    case: str
    claim: str
    category: str
    before: Side
    after: Side

    @property
    def fen(self) -> int:
        """How much more buyers get under the new book; negative when less."""
        return self.after.fen - self.before.fen

    @property
    def change(self) -> str:
        """From which outcome to which: `refuse → grant`."""
        return f"{self.before.outcome} → {self.after.outcome}"

    @property
    def rule(self) -> str:
        """The rule that makes the difference: the one that grants now, or else the one that granted before."""
        named = [side.rule for side in (self.after, self.before) if side.grants and side.rule]
        return next(iter(named), self.after.rule or self.before.rule or "")


@dataclass(frozen=True, slots=True)
class Tally:
    """Flips counted together: how many, how much more some buyers get, and how much less others (both 0 or above)."""

    flips: int = 0
    more: int = 0
    less: int = 0

    def add(self, flip: Flip) -> "Tally":
        """With one more flip."""
        return Tally(self.flips + 1, self.more + max(0, flip.fen), self.less + max(0, -flip.fen))

    @property
    def fen(self) -> int:
        """How much more buyers get in all; negative when less."""
        return self.more - self.less


@dataclass(frozen=True, slots=True)
class Comparison:
    """The replay of all cases. Money is in minor units of `currency`."""

    cases: int
    flips: tuple[Flip, ...]
    currency: str = "CNY"

    @property
    def total(self) -> Tally:
        """All flips together."""
        return self._by(lambda _: "").get("", Tally())

    @property
    def by_rule(self) -> dict[str, Tally]:
        """By the rule to which each difference is put down, the most money first."""
        return self._by(lambda flip: flip.rule)

    @property
    def by_category(self) -> dict[str, Tally]:
        """By the category of the goods, that is, by industry."""
        return self._by(lambda flip: flip.category)

    @property
    def by_change(self) -> dict[str, Tally]:
        """By what became of what: `refuse → grant`."""
        return self._by(lambda flip: flip.change)

    def _by(self, key: Callable[[Flip], str]) -> dict[str, Tally]:
        tallies: dict[str, Tally] = {}
        for flip in self.flips:
            tallies[key(flip)] = tallies.get(key(flip), Tally()).add(flip)
        return dict(sorted(tallies.items(), key=lambda item: (-item[1].more - item[1].less, -item[1].flips, item[0])))


@dataclass(frozen=True, slots=True)
class Gate:
    """How far two books may differ; None: as far as they like. Money in minor units."""

    most_flips: int | None = None
    most_more: int | None = None
    most_less: int | None = None

    def broken(self, comparison: Comparison) -> tuple[str, ...]:
        """Each bound that is passed, in words."""
        total = comparison.total
        bounds = (
            ("outcomes flip", total.flips, self.most_flips), ("more for buyers", total.more, self.most_more),
            ("less for buyers", total.less, self.most_less),
        )
        return tuple(f"{got} {what}, at most {most} allowed" for what, got, most in bounds if _beyond(got, most))


def _beyond(got: int, most: int | None) -> bool:
    return most is not None and got > most


def compare(before: RuleBook, after: RuleBook, cases: Iterable[Case]) -> Comparison:
    """Replay `cases` under two books; one flips when outcome, remedy, money or who pays freight differs.

    Raises:
        BadInput: a case has facts that a book doesn't know, or that can't be; the message names the case.
    """
    flips: list[Flip] = []
    count = 0
    for case in cases:
        count += 1
        old, new = _side(before, case), _side(after, case)
        if _noticed(old) != _noticed(new):
            claim, item = case.facts.get("claim", {}), case.facts.get("item", {})
            flips.append(Flip(case.id, str(claim.get("kind", "")), str(item.get("category", "")), old, new))
    return Comparison(count, tuple(flips), after.jurisdiction.currency)


def _side(book: RuleBook, case: Case) -> Side:
    """What a book makes of a case."""
    try:
        decision = decide(book, case.facts, case.now, as_of=case.as_of)
    except BadInput as wrong:
        raise BadInput(f"case {case.id}: {wrong}") from wrong
    return Side(decision.outcome, decision.remedy, decision.rule, _fen(decision), decision.return_freight)


def _noticed(side: Side) -> tuple[object, ...]:
    """What the buyer or the shop would notice."""
    return side.outcome, side.remedy, side.fen, side.return_freight


def _fen(decision: Decision) -> int:
    """The money granted; 0 where none is."""
    return decision.amount.fen if decision.outcome == "grant" and decision.amount else 0
