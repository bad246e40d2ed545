"""Instants as files write them: offsets from now (`-5d 14:30`, `-3h`) or dates, in the shops' time zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Shanghai")
_OFFSET = re.compile(r"([+-]?)(\d{1,5})([dhm])(?:\s+(\d{1,2}):(\d{2}))?")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def local_midnight(now: datetime) -> datetime:
    """The start of the shop's day that `now` falls in, as an aware UTC time."""
    return datetime.combine(now.astimezone(SHOP_ZONE).date(), time(), SHOP_ZONE).astimezone(UTC)


def moment(value: object, now: datetime) -> datetime:
    """The aware UTC time that a file means by `value`.

    `-5d` is exactly five days before `now`, `-5d 14:30` is half past two of the shops' day five days ago,
    `+2h` is in two hours. Dates and times without a zone are the shops'; a bare date is its noon.

    Raises:
        ValueError: it can't be read as a moment.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=SHOP_ZONE)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(12), SHOP_ZONE).astimezone(UTC)
    text = str(value).strip()
    return _offset(text, now) or _written_out(text, now)


def _offset(text: str, now: datetime) -> datetime | None:
    """The time at an offset from `now`, or None when `text` isn't written as one."""
    match = _OFFSET.fullmatch(text)
    if not match:
        return None
    sign, count, unit, hour, minute = match.groups()
    shifted = now + timedelta(**{_UNITS[unit]: int(sign + count)})
    if hour is None:
        return shifted.astimezone(UTC)
    if unit != "d":
        raise ValueError(f"{text!r}: a time of day goes with days only, as in -5d 14:30")
    day = shifted.astimezone(SHOP_ZONE).date()
    return datetime.combine(day, time(int(hour), int(minute)), SHOP_ZONE).astimezone(UTC)


def _written_out(text: str, now: datetime) -> datetime:
    """The time of an ISO date or date and time."""
    try:
        parsed = date.fromisoformat(text) if len(text) == len("2026-01-31") else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a moment: write -3d, -3d 14:30, -2h or 2026-01-31 14:30") from None
    return moment(parsed, now)
