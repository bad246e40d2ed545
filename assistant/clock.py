"""Time and ids are handed in: production uses these, tests use their own."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
NewId = Callable[[], str]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new random id, 32 hexadecimal digits."""
    return uuid4().hex
