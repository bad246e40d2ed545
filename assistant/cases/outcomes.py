"""Where a case goes when its table offers more than one way: settlements, verdicts, rulings, and what is still owed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from assistant.cases import jury
from assistant.cases.case import Case, CaseState, Proceedings, Side
from assistant.cases.events import Happening
from assistant.cases.table import SIDES, Move, targets
from assistant.cases.terms import Terms

PAYMENTS = ("advance_refund", "return_refund", "refund")
"""The commands of a case that move money; the last two settle it."""


@dataclass(frozen=True, slots=True)
class File:
    """A case with its proceedings: all that the machine knows of it."""

    case: Case
    proceedings: Proceedings

    @property
    def owed_fen(self) -> int:
        """What the buyer is still to be paid: what was decided, settled or ruled, less what was paid."""
        owed = self.proceedings.owed_fen
        return max(0, (self.case.amount_fen if owed is None else owed) - self.case.paid_fen)


Choose = Callable[[File, Happening, Terms], CaseState]


def target_of(move: Move, file: File, happening: Happening, terms: Terms) -> CaseState:
    """The state after a move, given the case with what this event has already changed in it."""
    ways = targets(move, file.case.flow, file.case.state)
    if len(ways) == 1:
        return ways[0]
    choose = _CHOICES.get((happening.kind, file.case.state)) or _ANYWHERE[happening.kind]
    chosen = choose(file, happening, terms)
    assert chosen in ways, f"{happening.kind} leads from {file.case.state} to {chosen}, which the table does not know"
    return chosen


def _refund_or_done(file: File, _happening: Happening, _terms: Terms) -> CaseState:
    """Money that is still owed is paid first."""
    return "refunding" if file.owed_fen else "done"


def _for_the_buyer(file: File) -> CaseState:
    """How a result in the buyer's favour is carried out."""
    if file.case.flow == "exchange":
        return "replacing"
    if file.case.flow == "repair":
        return "repairing"
    return "refunding" if file.owed_fen else "done"


def _both(sides: tuple[Side, ...]) -> bool:
    return set(sides) == set(SIDES)


def _rested(file: File, _happening: Happening, _terms: Terms) -> CaseState:
    return "mediation" if _both(file.proceedings.rested) else "evidence"


def _agreed(file: File, _happening: Happening, _terms: Terms) -> CaseState:
    return _for_the_buyer(file) if _both(file.proceedings.agreed) else "mediation"


def _to_jury(file: File, _happening: Happening, terms: Terms) -> CaseState:
    """To the panel, when it is large enough for a verdict."""
    return "jury" if len(file.proceedings.panel) >= terms.quorum else "with_staff"


def _voted(file: File, _happening: Happening, terms: Terms) -> CaseState:
    """A verdict once all have voted."""
    if set(file.proceedings.votes) != set(file.proceedings.panel):
        return "jury"
    return _counted(file, _happening, terms)


def _counted(file: File, _happening: Happening, terms: Terms) -> CaseState:
    """A tie, or too few votes, goes to a person."""
    return "ruled" if jury.verdict(file.proceedings.votes, terms.quorum) else "with_staff"


def _carried_out(file: File, _happening: Happening, _terms: Terms) -> CaseState:
    return _for_the_buyer(file) if file.proceedings.ruled_for == "buyer" else "rejected"


def _paid(file: File, happening: Happening, _terms: Terms) -> CaseState:
    """Done with the last payment, or with the errand; the answer to an earlier command may come late."""
    last = file.case.flow == "errand" or happening.said.get("command") in PAYMENTS[1:]
    return "done" if last else file.case.state


def _refused(file: File, happening: Happening, _terms: Terms) -> CaseState:
    """A person looks, but an advance that can't be had only means waiting for the goods."""
    return file.case.state if happening.said.get("command") == "advance_refund" else "with_staff"


_CHOICES: Mapping[tuple[str, CaseState], Choose] = {
    ("pass_inspection", "inspecting"): _refund_or_done, ("time_passed", "inspecting"): _refund_or_done,
    ("rest", "evidence"): _rested, ("agree", "mediation"): _agreed,
    ("to_jury", "mediation"): _to_jury, ("time_passed", "mediation"): _to_jury,
    ("vote", "jury"): _voted, ("time_passed", "jury"): _counted,
    ("accept_ruling", "ruled"): _carried_out, ("time_passed", "ruled"): _carried_out,
    ("rule", "appealed"): _carried_out, ("platform_done", "refunding"): _paid,
    ("platform_done", "with_staff"): _paid,
}
_ANYWHERE: Mapping[str, Choose] = {"platform_refused": _refused}


def with_verdict(proceedings: Proceedings, quorum: int) -> Proceedings:
    """The proceedings with what the votes came to, where they came to something."""
    side = jury.verdict(proceedings.votes, quorum)
    return replace(proceedings, ruled_for=side, ruled_by="jury") if side else proceedings
