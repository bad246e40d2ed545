"""The queue's promises: a place, an estimate of the wait, and a time to count on when nobody is there."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.clock import SHANGHAI
from assistant.conversation import HandOver, QueuePlace
from assistant.escalation.queue import next_opening, place_in_queue
from assistant.escalation.rules import Hours, load_escalation
from knowledge.text import Text

BOOK = load_escalation()
QUEUES = sorted(BOOK.queues)
REASON = Text("要人工", "Wants a person")


def place(now: datetime, queue: str = "disputes", ahead: int = 0) -> QueuePlace:
    """The place of a buyer who comes to a queue, by the shipped hours."""
    return place_in_queue(BOOK, HandOver("asks_for_person", REASON, queue), ahead, now)


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    """A time of a November day in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def test_the_first_in_the_queue_is_the_first() -> None:
    """With nobody ahead the buyer is number one and waits for one round of conversations at most."""
    mine = place(at(14))
    assert (mine.position, mine.open, mine.promised_at) == (1, True, None)
    assert 0 < mine.wait_seconds <= BOOK.seconds_a_conversation


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 50))
def test_who_comes_later_never_waits_less(one: int, other: int, agents: int) -> None:
    """The estimate grows with the queue and shrinks with more people on duty."""
    first, second = sorted((one, other))
    book = replace(BOOK, agents_on_duty=agents)
    handover = HandOver("asks_for_person", REASON, "disputes")
    earlier, later = (place_in_queue(book, handover, ahead, at(14)) for ahead in (first, second))
    more_staff = place_in_queue(replace(book, agents_on_duty=agents + 1), handover, second, at(14))
    assert earlier.wait_seconds <= later.wait_seconds
    assert more_staff.wait_seconds <= later.wait_seconds
    assert later.position == second + 1


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (at(8, 59), at(9)),
        (at(9), None),
        (at(20, 59), None),
        (at(21), at(9, day=21)),
        (at(0, 30), at(9)),
    ],
    ids=["a minute early", "as it opens", "the last minute", "as it closes", "at night"],
)
def test_hours_are_kept_to_the_minute(now: datetime, opening: datetime | None) -> None:
    """People are on duty from the minute a queue opens until the minute it closes, by the clock in Shanghai."""
    assert next_opening(BOOK, "disputes", now.astimezone(UTC)) == opening


def test_a_queue_open_all_day_never_closes() -> None:
    """Care and safety are staffed around the clock."""
    assert all(next_opening(BOOK, queue, at(hour)) is None for queue in ("care", "safety") for hour in range(24))


def test_a_queue_without_hours_is_always_open() -> None:
    """A platform's own queue without hours is taken to be staffed."""
    assert place(at(3), queue="vip").open


def test_out_of_hours_a_time_is_promised() -> None:
    """At night the buyer is told when: a quarter of an hour after the queue opens."""
    mine = place(at(23), ahead=4)
    assert not mine.open
    assert mine.promised_at == at(9, 15, day=21)
    assert mine.position == 5


@settings(deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)), st.sampled_from(QUEUES),
       st.integers(0, 50))
def test_a_promise_is_always_ahead_and_never_more_than_a_day_away(now: datetime, queue: str, ahead: int) -> None:
    """Whenever a buyer comes, either people are there or the time promised lies within the next day."""
    mine = place(now, queue, ahead)
    assert mine.open is (mine.promised_at is None)
    if mine.promised_at is not None:
        assert now < mine.promised_at <= now + timedelta(hours=24, minutes=15)
        assert mine.wait_seconds == int((mine.promised_at - now).total_seconds())


@settings(deadline=None)
@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))
def test_promises_hold_for_any_hours(one: time, other: time, now: datetime) -> None:
    """The same is true of whatever hours a platform sets."""
    opens, closes = sorted((one.replace(second=0, microsecond=0), other.replace(second=0, microsecond=0)))
    book = replace(BOOK, hours={"general": Hours(opens, None if opens == closes else closes)})
    mine = place_in_queue(book, HandOver("asks_for_person", REASON), 0, now)
    assert mine.promised_at is None or now < mine.promised_at <= now + timedelta(hours=24, minutes=15)
