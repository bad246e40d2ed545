"""The queue's promises: a place, an estimate of the wait, and, out of hours, when a person will answer."""

from datetime import datetime, timedelta, tzinfo
from math import ceil

from assistant.clock import SHANGHAI
from assistant.conversation import HandOver, QueuePlace
from assistant.escalation.rules import EscalationBook


def place_in_queue(
    book: EscalationBook, handover: HandOver, ahead: int, now: datetime, zone: tzinfo = SHANGHAI
) -> QueuePlace:
    """Where a buyer stands with `ahead` conversations before theirs, at `now`; opening hours are in `zone`.

    The wait is the work ahead (and the buyer's own turn) shared by the agents on duty; out of hours there is no
    estimate but a promised time: a quarter of an hour after the queue opens.
    """
    opening = next_opening(book, handover.queue, now, zone)
    if opening is None:
        rounds = ceil((ahead + 1) / book.agents_on_duty)
        return QueuePlace(ahead + 1, rounds * book.seconds_a_conversation // 2)
    promised = opening + timedelta(minutes=15)
    return QueuePlace(ahead + 1, int((promised - now).total_seconds()), promised, open=False)


def next_opening(book: EscalationBook, queue: str, now: datetime, zone: tzinfo = SHANGHAI) -> datetime | None:
    """When the queue's people come on duty next, by the clock of `zone`, or None when they are on duty now."""
    hours = book.hours.get(queue)
    if hours is None:
        return None
    local = now.astimezone(zone)
    opens = local.replace(hour=hours.opens.hour, minute=hours.opens.minute, second=0, microsecond=0)
    if local < opens:
        return opens.astimezone(now.tzinfo)
    if hours.closes is None or local.time() < hours.closes:
        return None
    return (opens + timedelta(days=1)).astimezone(now.tzinfo)
