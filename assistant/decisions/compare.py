"""Two rule books over the same cases: which outcomes flip, under which rules, and by how much money."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.decisions.book import RuleBook
from assistant.decisions.decision import Decision, Outcome
from assistant.decisions.engine import decide


@dataclass(frozen=True, slots=True)
class Case:
    """A past claim to replay: its facts, when it was decided, and the day of its rules (the order's)."""

    id: str
    facts: Mapping[str, Mapping[str, Any]]
    now: datetime
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one book made of a case."""

    outcome: Outcome
    remedy: str | None
    rule: str | None
    fen: int


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that the two books decide differently."""

    case: str
    before: Side
    after: Side

    @property
    def fen(self) -> int:
        """How much more buyers get under the new book; negative when less."""
        return self.after.fen - self.before.fen


@dataclass(frozen=True, slots=True)
class Comparison:
    """The replay of all cases. `by_rule` sums the money by the rule that decides now (or decided before)."""

    cases: int
    flips: tuple[Flip, ...]
    by_rule: Mapping[str, int]

    @property
    def fen(self) -> int:
        """How much more buyers get in all."""
        return sum(flip.fen for flip in self.flips)


def compare(before: RuleBook, after: RuleBook, cases: Iterable[Case]) -> Comparison:
    """Replay `cases` under two books; one flips when outcome, remedy, money or who pays freight differs."""
    flips: list[Flip] = []
    by_rule: dict[str, int] = defaultdict(int)
    count = 0
    for case in cases:
        count += 1
        old = decide(before, case.facts, case.now, as_of=case.as_of)
        new = decide(after, case.facts, case.now, as_of=case.as_of)
        if _differ(old, new):
            flip = Flip(case.id, _side(old), _side(new))
            flips.append(flip)
            by_rule[new.rule or old.rule or ""] += flip.fen
    return Comparison(count, tuple(flips), dict(by_rule))


def _differ(old: Decision, new: Decision) -> bool:
    """True when the buyer or the shop would notice."""
    return (old.outcome, old.remedy, _fen(old), old.return_freight) != (
        new.outcome, new.remedy, _fen(new), new.return_freight
    )


def _side(decision: Decision) -> Side:
    return Side(decision.outcome, decision.remedy, decision.rule, _fen(decision))


def _fen(decision: Decision) -> int:
    """The money granted; 0 where none is."""
    return decision.amount.fen if decision.outcome == "grant" and decision.amount else 0
