"""How cases go, as a table: in which state, on which event, by whom, to which state.

A move whose target depends on the case (a jury's count, who a ruling favours) lists all its targets; the functions in
`assistant.cases.outcomes` choose. The diagrams in `docs/cases.md` are drawn from this table; a test keeps them alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.cases.case import CaseState, Flow
from assistant.cases.events import Party

Waiting = Literal["buyer", "merchant", "both", "platform", "staff", "jurors"]
"""Whose turn it is."""

Stays = Literal["stays"]
STAYS: Stays = "stays"
"""A target: the case remains where it is. After `time_passed` its clock starts again, otherwise it runs on."""

By = tuple[Party, ...]
BUYER: By = ("buyer",)
MERCHANT: By = ("merchant",)
STAFF: By = ("staff",)
CLOCK: By = ("clock",)
SIDES: By = ("buyer", "merchant")
SHOP_OR_STAFF: By = ("merchant", "staff")
PLATFORM: By = ("platform", "staff")
GOODS: tuple[Flow, ...] = ("return", "exchange", "repair")
ALL: tuple[Flow, ...] = get_args(Flow)


@dataclass(frozen=True, slots=True)
class Stage:
    """A state that is not final: whose turn it is, and which window's end the clock rings at."""

    waits_for: Waiting
    window: str


@dataclass(frozen=True, slots=True)
class Move:
    """One row: where, on what, by whom, to where, in which flows."""

    at: tuple[CaseState, ...]
    on: str
    by: By
    to: tuple[CaseState | Stays, ...]
    flows: tuple[Flow, ...] = ALL


STAGES: Mapping[CaseState, Stage] = {
    "in_progress": Stage("platform", "platform_answer"),
    "requested": Stage("merchant", "merchant_reply"),
    "refused": Stage("buyer", "ask_platform"),
    "waiting_goods": Stage("buyer", "ship_back"),
    "lapsed": Stage("buyer", "reopen"),
    "in_transit": Stage("merchant", "in_transit"),
    "inspecting": Stage("merchant", "inspection"),
    "refunding": Stage("platform", "platform_answer"),
    "replacing": Stage("merchant", "replace"),
    "repairing": Stage("merchant", "repair"),
    "sending_back": Stage("buyer", "confirm"),
    "filed": Stage("merchant", "reply"),
    "investigating": Stage("staff", "result"),
    "escalated": Stage("staff", "escalated"),
    "answered": Stage("staff", "call_back"),
    "rating": Stage("buyer", "rating"),
    "evidence": Stage("both", "evidence"),
    "mediation": Stage("staff", "mediation"),
    "jury": Stage("jurors", "jury"),
    "ruled": Stage("both", "appeal"),
    "appealed": Stage("staff", "appeal_answer"),
    "with_staff": Stage("staff", "staff"),
}

_PAYS_OR_SENDS: tuple[CaseState, ...] = ("refunding", "replacing", "repairing", "done")
"""Where a case goes on that was settled for the buyer: by its flow, and by whether money is still owed."""

_ERRAND = (
    Move(("in_progress",), "platform_done", ("platform",), ("done",), ("errand",)),
    Move(("in_progress",), "time_passed", CLOCK, ("with_staff",)),
)

_GOODS = (
    Move(("requested",), "accept", SHOP_OR_STAFF, ("waiting_goods",), GOODS),
    Move(("requested",), "refuse", MERCHANT, ("refused",), GOODS),
    Move(("requested",), "time_passed", CLOCK, ("waiting_goods",), GOODS),
    Move(("refused",), "dispute", BUYER, ("evidence",), GOODS),
    Move(("refused",), "time_passed", CLOCK, ("rejected",), GOODS),
    Move(("waiting_goods",), "ship", BUYER, ("in_transit",), GOODS),
    Move(("waiting_goods",), "time_passed", CLOCK, ("lapsed",), GOODS),
    Move(("lapsed",), "reopen", BUYER, ("waiting_goods",), GOODS),
    Move(("lapsed",), "time_passed", CLOCK, ("expired",), GOODS),
    Move(("in_transit",), "parcel_back", PLATFORM, ("inspecting",), GOODS),
    Move(("in_transit",), "received", MERCHANT, ("inspecting",), GOODS),
    Move(("in_transit",), "time_passed", CLOCK, ("with_staff",), GOODS),
    Move(("inspecting",), "pass_inspection", SHOP_OR_STAFF, ("refunding", "done"), ("return",)),
    Move(("inspecting",), "time_passed", CLOCK, ("refunding", "done"), ("return",)),
    Move(("inspecting",), "pass_inspection", SHOP_OR_STAFF, ("replacing",), ("exchange",)),
    Move(("inspecting",), "time_passed", CLOCK, ("replacing",), ("exchange",)),
    Move(("inspecting",), "pass_inspection", SHOP_OR_STAFF, ("repairing",), ("repair",)),
    Move(("inspecting",), "time_passed", CLOCK, ("repairing",), ("repair",)),
    Move(("inspecting",), "contest", MERCHANT, ("evidence",), GOODS),
    Move(("replacing", "repairing"), "send_out", MERCHANT, ("sending_back",), GOODS),
    Move(("replacing", "repairing"), "time_passed", CLOCK, ("with_staff",), GOODS),
    Move(("replacing", "repairing", "sending_back"), "dispute", BUYER, ("evidence",), GOODS),
    Move(("sending_back",), "confirm_received", BUYER, ("done",), GOODS),
    Move(("sending_back",), "time_passed", CLOCK, ("done",), GOODS),
)

_COMPLAINT: tuple[Move, ...] = (
    Move(("filed",), "respond", SHOP_OR_STAFF, ("investigating",), ("complaint",)),
    Move(("filed", "investigating"), "time_passed", CLOCK, ("escalated",), ("complaint",)),
    Move(("filed", "investigating", "escalated"), "conclude", STAFF, ("answered",), ("complaint",)),
    Move(("escalated",), "time_passed", CLOCK, (STAYS,), ("complaint",)),
    Move(("answered",), "called_back", STAFF, ("rating",), ("complaint",)),
    Move(("answered",), "time_passed", CLOCK, ("rating",), ("complaint",)),
    Move(("answered", "rating"), "rate", BUYER, ("done",), ("complaint",)),
    Move(("answered", "rating"), "reopen", BUYER, ("escalated",), ("complaint",)),
    Move(("rating",), "time_passed", CLOCK, ("done",), ("complaint",)),
    Move(("filed", "investigating", "escalated"), "give_evidence", SIDES, (STAYS,), ("complaint",)),
)

_DISPUTE = (
    Move(("evidence",), "give_evidence", SIDES, (STAYS,)),
    Move(("evidence",), "rest", SIDES, (STAYS, "mediation")),
    Move(("evidence",), "time_passed", CLOCK, ("mediation",)),
    Move(("mediation",), "offer", STAFF, (STAYS,)),
    Move(("mediation",), "agree", SIDES, (STAYS, *_PAYS_OR_SENDS)),
    Move(("mediation",), "to_jury", STAFF, ("jury", "with_staff")),
    Move(("mediation",), "time_passed", CLOCK, ("jury", "with_staff")),
    Move(("mediation", "with_staff"), "rule", STAFF, ("ruled",)),
    Move(("jury",), "vote", ("juror",), (STAYS, "ruled", "with_staff")),
    Move(("jury",), "time_passed", CLOCK, ("ruled", "with_staff")),
    Move(("ruled",), "appeal", SIDES, ("appealed",)),
    Move(("ruled",), "accept_ruling", SIDES, (*_PAYS_OR_SENDS, "rejected")),
    Move(("ruled",), "time_passed", CLOCK, (*_PAYS_OR_SENDS, "rejected")),
    Move(("appealed",), "rule", STAFF, (*_PAYS_OR_SENDS, "rejected")),
    Move(("appealed",), "time_passed", CLOCK, (STAYS,)),
)

_EVERYWHERE = (
    Move(("refunding",), "platform_done", ("platform",), (STAYS, "done")),
    Move(("refunding",), "time_passed", CLOCK, ("with_staff",)),
    Move(("with_staff",), "platform_done", ("platform",), (STAYS, "done")),
    Move(tuple(STAGES), "platform_done", ("platform",), (STAYS,)),
    Move(tuple(STAGES), "platform_refused", ("platform",), (STAYS, "with_staff")),
    Move(("with_staff",), "finish", STAFF, ("done",)),
    Move(("with_staff",), "time_passed", CLOCK, (STAYS,)),
    Move(("requested", "refused", "waiting_goods", "lapsed", "filed", "investigating", "escalated", "answered",
          "rating", "evidence", "mediation"), "withdraw", BUYER, ("withdrawn",)),
)

MOVES: tuple[Move, ...] = (*_ERRAND, *_GOODS, *_COMPLAINT, *_DISPUTE, *_EVERYWHERE)


def move_of(flow: Flow, state: CaseState, kind: str) -> Move | None:
    """The row for an event in a state, or None where the event means nothing there."""
    return next((m for m in MOVES if state in m.at and m.on == kind and flow in m.flows), None)


def moves_from(flow: Flow, state: CaseState) -> tuple[Move, ...]:
    """All that can happen in a state."""
    return tuple(m for m in MOVES if state in m.at and flow in m.flows)


def targets(move: Move, flow: Flow, state: CaseState) -> tuple[CaseState, ...]:
    """Where a move can lead from a state in a flow: an exchange never ends in a repair, nor the other way round."""
    here: tuple[CaseState, ...] = tuple(state if to == "stays" else to for to in move.to)
    if not set(here) >= set(_PAYS_OR_SENDS):
        return here
    sends = {"exchange": "replacing", "repair": "repairing"}.get(flow)
    unfit = set(_PAYS_OR_SENDS) - ({sends} if sends else {"refunding", "done"})
    return tuple(to for to in here if to not in unfit)


def states_of(flow: Flow, starts: tuple[CaseState, ...]) -> tuple[CaseState, ...]:
    """The states that a flow can reach from where it starts, in the order in which they come up."""
    found = list(starts)
    for state in found:
        following = (to for move in moves_from(flow, state) for to in targets(move, flow, state))
        found += [to for to in dict.fromkeys(following) if to not in found]
    return tuple(found)
