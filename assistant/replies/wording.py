"""How amounts, dates and lists are written in each language."""

from datetime import datetime, tzinfo

from assistant.clock import SHANGHAI
from assistant.currency import money as money
from knowledge.text import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(at: datetime, language: Language, zone: tzinfo = SHANGHAI) -> str:
    """`11月24日` or `24 Nov`, in the time of `zone`."""
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日" if language == "zh" else f"{local.day} {_MONTHS[local.month - 1]}"


def moment(at: datetime, language: Language, zone: tzinfo = SHANGHAI) -> str:
    """`11月24日 23:59` or `24 Nov, 23:59`, in the time of `zone`."""
    local = at.astimezone(zone)
    joint = " " if language == "zh" else ", "
    return f"{day(at, language, zone)}{joint}{local:%H:%M}"


def wait(seconds: int, language: Language) -> str:
    """`约 4 分钟` or `about 4 minutes`; never less than one minute."""
    minutes = max(1, round(seconds / 60))
    if language == "zh":
        return f"约 {minutes} 分钟"
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def listed(parts: list[str], language: Language) -> str:
    """`A、B或C` is what Chinese writes; `A, B or C` English."""
    if len(parts) < 2:
        return "".join(parts)
    if language == "zh":
        return "、".join(parts[:-1]) + "或" + parts[-1]
    return ", ".join(parts[:-1]) + " or " + parts[-1]
