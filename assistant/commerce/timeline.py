"""When an order's steps happened: what its file says, and what follows from it for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from assistant.commerce.model import OrderState
from assistant.commerce.rows import OrderRow
from knowledge.errors import BadInput

DISPATCH_WITHIN = timedelta(hours=48)  # the platform's usual promise, unless an order has `dispatch_due`
PAYING_TAKES = timedelta(minutes=2)
_MINUTE = "%Y-%m-%d %H:%MZ"
_HAPPENED = ("created_at", "paid_at", "dispatched_at", "delivered_at", "completed_at")
_NEEDS: Mapping[OrderState, str] = {
    "dispatched": "dispatched", "delivered": "delivered", "completed": "delivered",
}


@dataclass(frozen=True, slots=True)
class Timeline:
    """An order's state and its steps as aware UTC times; None: has not happened, or is not promised."""

    state: OrderState
    created_at: datetime
    paid_at: datetime | None = None
    dispatch_due_at: datetime | None = None
    dispatched_at: datetime | None = None
    delivery_due_at: datetime | None = None
    delivered_at: datetime | None = None
    completed_at: datetime | None = None


def timeline(row: OrderRow, now: datetime, where: str) -> Timeline:
    """The steps of an order; what its row leaves out is inferred from what it says.

    Raises:
        BadInput: the steps contradict the state, each other, or lie in the future; `where` names the order.
    """
    state = row.state or _state(row)
    if (needed := _NEEDS.get(state)) and getattr(row, needed) is None:
        raise BadInput(f"{where}: an order in state {state!r} needs `{needed}`, such as -3d")
    if state in ("unpaid", "paid") and (row.dispatched or row.delivered):
        raise BadInput(f"{where}: an order in state {state!r} has no `dispatched` or `delivered`")
    steps = _inferred(row, state, now)
    _check_order(steps, now, where)
    return steps


def _state(row: OrderRow) -> OrderState:
    """The state that the given steps speak of; an order that says nothing is paid and waits for dispatch."""
    if row.completed:
        return "completed"
    if row.delivered:
        return "delivered"
    return "dispatched" if row.dispatched else "paid"


def _inferred(row: OrderRow, state: OrderState, now: datetime) -> Timeline:
    """The steps with their gaps filled."""
    created = row.created or _created(row, now)
    paid = row.paid_at or (created + PAYING_TAKES if state not in ("unpaid", "cancelled") else None)
    dispatched = row.dispatched
    if row.delivered and not dispatched:
        begin = paid or created
        dispatched = begin + (row.delivered - begin) / 3
    completed = row.completed
    if state == "completed" and row.delivered and not completed:
        completed = min(now, row.delivered + timedelta(days=7))
    return Timeline(
        state, created, paid, row.dispatch_due or (paid + DISPATCH_WITHIN if paid else None), dispatched,
        row.delivery_due, row.delivered, completed,
    )


def _created(row: OrderRow, now: datetime) -> datetime:
    """When an order that doesn't say was placed: a plausible while before the first thing it says."""
    if row.paid_at:
        return row.paid_at - PAYING_TAKES
    if row.dispatched:
        return row.dispatched - timedelta(days=1)
    return (row.delivered - timedelta(days=3)) if row.delivered else now - timedelta(days=1)


def _check_order(steps: Timeline, now: datetime, where: str) -> None:
    """Raise BadInput unless what happened happened in order and before `now`."""
    happened = [(name, at) for name in _HAPPENED if (at := getattr(steps, name)) is not None]
    for (earlier, before), (later, after) in pairwise(happened):
        if after < before:
            raise BadInput(f"{where}: {later} ({after:{_MINUTE}}) lies before {earlier} ({before:{_MINUTE}})")
    name, last = happened[-1]
    if last > now:
        raise BadInput(f"{where}: {name} ({last:{_MINUTE}}) lies in the future")
