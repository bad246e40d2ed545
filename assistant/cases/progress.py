"""How far a case has come, as each party sees it: the same steps and dates, and what is theirs to do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assistant.cases.case import CaseState, CaseStep, Side
from assistant.cases.machine import late
from assistant.cases.outcomes import File
from assistant.cases.table import STAGES, Waiting, moves_from
from assistant.cases.terms import Terms
from knowledge.text import Text

Viewer = Literal["buyer", "merchant", "staff"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as one party sees it at a moment.

    `waits_for` says whose turn it is and `due` until when; both are None once it is closed. `actions` are the events
    that this party can cause now. `offer_fen` is a mediator's offer on the table; `ruled_for` and `votes` are the
    result of a dispute, told once it is there.
    """

    number: str
    state: CaseState
    label: Text
    title: Text
    steps: tuple[CaseStep, ...]
    waits_for: Waiting | None
    due: datetime | None
    actions: tuple[str, ...]
    amount_fen: int
    paid_fen: int
    currency: str
    offer_fen: int | None = None
    ruled_for: Side | None = None
    votes: Mapping[str, int] | None = None


def progress(file: File, viewer: Viewer, now: datetime, terms: Terms) -> Progress:
    """The case at `now`, for one of its parties; everything but `actions` is the same for all."""
    case, held = file.case, file.proceedings
    stage = STAGES.get(case.state)
    counted: Counter[str] | None = Counter(held.votes.values()) if held.ruled_by == "jury" else None
    return Progress(
        case.number, case.state, terms.states[case.state], case.title, case.steps,
        stage.waits_for if stage else None, case.due, actions_of(file, viewer, now, terms),
        case.amount_fen, case.paid_fen, case.currency,
        offer_fen=held.offer_fen if case.state == "mediation" else None,
        ruled_for=held.ruled_for, votes=dict(counted) if counted else None,
    )


def actions_of(file: File, viewer: Viewer, now: datetime, terms: Terms) -> tuple[str, ...]:
    """What a party can do now; nothing once the clock should have rung, for it rings first."""
    if file.case.closed or late(file.case, now):
        return ()
    kinds = (move.on for move in moves_from(file.case.flow, file.case.state) if viewer in move.by)
    return tuple(kind for kind in dict.fromkeys(kinds) if _allowed(file, kind, viewer, terms))


def _allowed(file: File, kind: str, viewer: Viewer, terms: Terms) -> bool:
    """False for what the machine would refuse because of what has been done before."""
    case, held = file.case, file.proceedings
    return {
        "withdraw": not case.paid_fen,
        "reopen": case.reopened < terms.reopenings,
        "appeal": case.appealed < terms.appeals,
        "agree": held.offer_fen is not None and viewer not in held.agreed,
        "rest": viewer not in held.rested,
        "accept_ruling": viewer != held.ruled_for,
    }.get(kind, True)
