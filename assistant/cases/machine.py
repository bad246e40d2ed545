"""The case's machine: a case and something that happens to it give the case after it, and what the platform must do.

Plain functions over values: no database, no clock, nobody is asked. What is not in the table does not happen: it is a
Conflict, and changes nothing. A closed case does not move, every other one has a date on which its clock rings, and
what the platform is asked to pay never comes to more than was decided.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.cases import outcomes, steps
from assistant.cases.case import CLOSED, Case, CaseState, Proceedings, Side
from assistant.cases.events import Happening
from assistant.cases.outcomes import PAYMENTS, File
from assistant.cases.table import GOODS, STAGES, move_of
from assistant.cases.terms import Terms
from assistant.commerce.platform import Command
from assistant.decisions.workdays import parse_span
from knowledge.errors import BadInput, Conflict, NotAllowed


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it: the file after it, and what the platform must be asked to do."""

    file: File
    command: Command | None = None


def apply(file: File, happening: Happening, now: datetime, terms: Terms) -> Moved:
    """The case after something happened to it at `now`.

    Raises:
        Conflict: this can't happen to the case as it stands.
        NotAllowed: it can, but not by this party.
        BadInput: what came with it can't be used.
    """
    case = file.case
    move = move_of(case.flow, case.state, happening.kind)
    if move is None:
        raise Conflict(f"case {case.number} is in the state {case.state}: {happening.kind} can't happen now")
    if happening.actor.party not in move.by:
        raise NotAllowed(f"{happening.kind} is not for the {happening.actor.party} to do")
    now = max(now, case.moved_at or now)      # a clock that was set back turns no case back
    if happening.kind == "time_passed" and (case.due is None or now < case.due):
        raise Conflict(f"the time of case {case.number} is not over yet")
    changed = _CHANGES.get(happening.kind, _unchanged)(file, happening, terms)
    to = outcomes.target_of(move, changed, happening, terms)
    command = _command(changed, happening, to)
    paid = command.amount_fen if command and command.name in PAYMENTS else 0
    entered = _entered(changed.case, happening, to, now, terms)
    entered = replace(entered, version=case.version + 1, moved_at=now, paid_fen=changed.case.paid_fen + paid)
    fresh = to == "evidence" and case.state != to      # whatever an earlier dispute came to
    return Moved(File(entered, Proceedings() if fresh else changed.proceedings), command)


def first_due(case: Case, now: datetime, terms: Terms) -> datetime | None:
    """When the clock of a case in its state rings, counted from `now`."""
    return _due(case, case.state, now, terms)


def late(case: Case, now: datetime) -> bool:
    """True when the case's clock should have rung."""
    return case.due is not None and now >= case.due


def _entered(case: Case, happening: Happening, to: CaseState, now: datetime, terms: Terms) -> Case:
    """The case in its new state with its new clock; the clock runs on where the case only stays."""
    stays = to == case.state and happening.kind != "time_passed"
    due = case.due if stays else _due(case, to, now, terms)
    told = steps.after(case, happening, to, now, due, terms)
    return replace(case, state=to, due=due, steps=told)


def _due(case: Case, state: CaseState, now: datetime, terms: Terms) -> datetime | None:
    """The end of a state's window.

    The date that the decision set holds where it has one of this name: the later of the two for sending back, which is
    the buyer's, and the sooner for all others while it lies ahead.
    """
    if state in CLOSED:
        return None
    window = STAGES[state].window
    end, decided = terms.due(window, now), case.decided(window)
    note = case.notes.get(_AFTER_GOODS_BACK.get(window, ""))
    if note:
        end = min(end, terms.calendar.due(now, parse_span(note)).at)
    if decided is None:
        return end
    if window == "ship_back":
        return max(end, decided)
    return min(end, decided) if decided > now else end


_AFTER_GOODS_BACK = {"inspection": "refund_after_goods_back", "replace": "replacement_after_goods_back"}
"""Notes of a decision that say how long something may take once the goods are back."""


def _command(file: File, happening: Happening, to: CaseState) -> Command | None:
    """What the platform must do: pay, or let go of goods that were in after-sales."""
    case = file.case
    if to == "refunding" and case.state != to:
        return _asks(case, "return_refund" if case.flow == "return" else "refund", file.owed_fen)
    if to not in CLOSED and (advance := _advance(file, happening)):
        return _asks(case, "advance_refund", advance)
    if to in CLOSED and case.flow in GOODS and case.state != "refunding":
        return _asks(case, "close_after_sales", 0)
    return None


def _advance(file: File, happening: Happening) -> int:
    """Fen that the platform pays before the goods are back; 0 where the decision grants none, or not yet.

    What is advanced on a tracking number is paid when the buyer names it; what is advanced on a photo, once the
    platform knows of the return.
    """
    case, on = file.case, file.case.notes.get("advanced_on")
    named = on == "tracking_number" and happening.kind == "ship"
    known = on == "photo" and happening.kind == "platform_done" and happening.said.get("command") == "return"
    if case.flow != "return" or case.paid_fen or not (named or known):
        return 0
    return min(int(case.notes.get("advance_fen", "0")), file.owed_fen)


def _asks(case: Case, name: str, amount_fen: int) -> Command:
    return Command(name, case.order_id, case.item_id, amount_fen)


# -- what an event changes in the file, before the state does --

Change = Callable[[File, Happening, Terms], File]


def _unchanged(file: File, _happening: Happening, _terms: Terms) -> File:
    return file


def _shipped(file: File, happening: Happening, _terms: Terms) -> File:
    return replace(file, case=replace(file.case, tracking_number=str(happening.said["tracking_number"])))


def _arrived(file: File, happening: Happening, _terms: Terms) -> File:
    """Only the parcel that the buyer named is the one that counts."""
    number = happening.said.get("tracking_number", file.case.tracking_number)
    if number != file.case.tracking_number:
        raise Conflict(f"case {file.case.number} waits for another parcel")
    return file


def _withdrawn(file: File, _happening: Happening, _terms: Terms) -> File:
    if file.case.paid_fen:
        raise Conflict(f"case {file.case.number} has been paid for in part: it can't be withdrawn any more")
    return file


def _reopened(file: File, _happening: Happening, terms: Terms) -> File:
    if file.case.reopened >= terms.reopenings:
        raise Conflict(f"case {file.case.number} was taken up again before; that can be done only once")
    return replace(file, case=replace(file.case, reopened=file.case.reopened + 1))


def _rested(file: File, happening: Happening, _terms: Terms) -> File:
    side = _side(happening)
    return _with(file, rested=tuple(dict.fromkeys((*file.proceedings.rested, side))))


def _offered(file: File, happening: Happening, _terms: Terms) -> File:
    return _with(file, offer_fen=_within(file, happening), agreed=())


def _agreed(file: File, happening: Happening, _terms: Terms) -> File:
    held = file.proceedings
    if held.offer_fen is None:
        raise Conflict("there is no offer to accept")
    agreed = tuple(dict.fromkeys((*held.agreed, _side(happening))))
    both = len(agreed) == 2
    return _with(file, agreed=agreed, owed_fen=held.offer_fen if both else held.owed_fen)


def _empanelled(file: File, happening: Happening, _terms: Terms) -> File:
    """The shell draws the panel, for it needs to know who is related to whom."""
    panel = happening.found.get("panel")
    return _with(file, panel=tuple(map(str, panel))) if isinstance(panel, list) else file


def _time_passed(file: File, happening: Happening, terms: Terms) -> File:
    """Mediation that came to nothing goes to a panel; a panel's time ends with a count."""
    change = {"mediation": _empanelled, "jury": _counted}.get(file.case.state, _unchanged)
    return change(file, happening, terms)


def _voted(file: File, happening: Happening, terms: Terms) -> File:
    """One vote for each juror of the panel; who votes again is told so."""
    held, juror = file.proceedings, happening.actor.subject
    if juror not in held.panel:
        raise NotAllowed("only a juror of this panel can vote")
    if juror in held.votes:
        raise Conflict("you have voted already")
    voted = _with(file, votes={**held.votes, juror: _for(happening)})
    return _counted(voted, happening, terms) if set(voted.proceedings.votes) == set(held.panel) else voted


def _counted(file: File, _happening: Happening, terms: Terms) -> File:
    return replace(file, proceedings=outcomes.with_verdict(file.proceedings, terms.quorum))


def _ruled(file: File, happening: Happening, _terms: Terms) -> File:
    """A person's result; the one who gave it does not decide the appeal against it."""
    who = happening.actor.subject
    if file.case.state == "appealed" and file.proceedings.ruled_by == who:
        raise Conflict("somebody other than the first reviewer decides an appeal")
    owed = _within(file, happening) if "amount_fen" in happening.said else file.proceedings.owed_fen
    return _with(file, ruled_for=_for(happening), ruled_by=who, owed_fen=owed)


def _accepted(file: File, happening: Happening, _terms: Terms) -> File:
    if _side(happening) == file.proceedings.ruled_for:
        raise Conflict("the other side can accept this result, or appeal")
    return file


def _appealed(file: File, _happening: Happening, terms: Terms) -> File:
    if file.case.appealed >= terms.appeals:
        raise Conflict(f"case {file.case.number} was appealed before; that can be done only once")
    return replace(file, case=replace(file.case, appealed=file.case.appealed + 1))


def _unpaid(file: File, happening: Happening, _terms: Terms) -> File:
    """A payment that the platform refused was not made. What opened an errand was one; a return only holds money."""
    amount = happening.said.get("amount_fen", 0)
    is_payment = file.case.flow == "errand" or happening.said.get("command") in PAYMENTS
    if not is_payment or not isinstance(amount, int):
        return file
    return replace(file, case=replace(file.case, paid_fen=max(0, file.case.paid_fen - amount)))


def _with(file: File, **changed: object) -> File:
    held: Proceedings = replace(file.proceedings, **changed)  # type: ignore[arg-type]  # names and types are this module's
    return replace(file, proceedings=held)


def _side(happening: Happening) -> Side:
    return "buyer" if happening.actor.party == "buyer" else "merchant"


def _for(happening: Happening) -> Side:
    """The side that a vote or a result favours."""
    side = happening.said.get("side")
    if side not in ("buyer", "merchant"):
        raise BadInput("say for which side: buyer or merchant")
    return "buyer" if side == "buyer" else "merchant"


def _within(file: File, happening: Happening) -> int:
    """An amount for the buyer, which is neither below what was paid nor above what was decided."""
    amount = happening.said.get("amount_fen")
    case = file.case
    if not isinstance(amount, int) or isinstance(amount, bool) or not case.paid_fen <= amount <= case.amount_fen:
        raise BadInput(f"the amount must lie between {case.paid_fen} and {case.amount_fen} fen")
    return amount


_CHANGES: Mapping[str, Change] = {
    "ship": _shipped, "parcel_back": _arrived, "withdraw": _withdrawn, "reopen": _reopened, "rest": _rested,
    "offer": _offered, "agree": _agreed, "to_jury": _empanelled, "time_passed": _time_passed, "vote": _voted,
    "rule": _ruled, "accept_ruling": _accepted, "appeal": _appealed, "platform_refused": _unpaid,
}
