"""Windows: conditions such as `days(order.delivered_at, claim.at) <= 7`, and the moment when they close."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from assistant.decisions.claim import Claim
from assistant.decisions.conditions import Condition, value_of
from assistant.decisions.decision import Counterfactual
from assistant.decisions.judging import Judge, Verdict
from assistant.decisions.workdays import Due, Span, Unit, parse_span
from knowledge.text import Text

_START = r"(?:([\w.]+)|due\(([\w.]+),\s*'(\w+)'\))"
_WINDOW = re.compile(rf"\s*(days|hours|months|workdays)\({_START},\s*claim\.at\)\s*<=\s*([\w.]+)\s*")
_LONGEST = timedelta(days=3660)  # no window is longer, so a calendar settled for so long needs no look at the rules
NOT_ANNOUNCED = {"calendar": "not_yet_announced"}
UNANNOUNCED = Text("节假日安排尚未公布，日期可能变动", "holidays not yet announced, so dates may move")
"""The note of a decision whose dates rest on a calendar that is not published yet, and what people are told of it."""
_UNITS: dict[str, Unit] = {"days": "d", "hours": "h", "months": "m", "workdays": "wd"}


def closing_time(condition: Condition, judge: Judge) -> Due | None:
    """When a window closes, or None when the condition is no window or its start or length isn't known."""
    match = _WINDOW.fullmatch(condition.source)
    if match is None:
        return None
    start, length = value_of(judge.facts, match[2] or match[3]), match[5]
    count = int(length) if length.isdigit() else value_of(judge.facts, length)
    if start is None or count is None or count <= 0:
        return None
    if match[4]:  # the window opens when an earlier period ends
        start = judge.calendar.due(start, parse_span(match[4])).at
    return judge.calendar.due(start, Span(int(count), _UNITS[match[1]]))


def until(claim: Claim, verdict: Verdict, *, still_open: bool) -> tuple[Counterfactual, ...]:
    """Until when a rule's first window to close can (or could) be used."""
    times = [closing_time(part.condition, claim.judge) for part in verdict.rule.when]
    known = [time.at for time in times if time is not None]
    if not known or (still_open and min(known) < claim.now):  # a claim judged as of an earlier day
        return ()
    last, title = min(known), verdict.rule.title
    zh, en = moment(last, claim.now, claim.judge.calendar.zone)
    text = (
        Text(f"「{title.zh}」可在 {zh} 前申请。", f"“{title.en}” can be claimed until {en}.") if still_open
        else Text(f"「{title.zh}」的申请截止时间是 {zh}。", f"“{title.en}” could be claimed until {en}.")
    )
    return (Counterfactual(text, "claim.at", last),)


def calendar_note(claim: Claim, verdicts: Iterable[Verdict]) -> dict[str, str]:
    """The note of a decision whose rules count working days into a year whose holidays aren't published yet."""
    calendar, today = claim.judge.calendar, claim.judge.calendar.local_day(claim.now)
    if calendar.is_announced(today + _LONGEST):
        return {}
    parts = [part.condition for verdict in verdicts for part in (*verdict.rule.when, *verdict.rule.unless)]
    counting = [one for one in parts if _looks_at_holidays(one.expression, runs_on=calendar.runs_on)]
    closing = (closing_time(condition, claim.judge) for condition in counting)
    settled = not counting or (calendar.is_announced(today) and all(due.announced for due in closing if due))
    return {} if settled else NOT_ANNOUNCED


def _looks_at_holidays(expression: str, *, runs_on: bool) -> bool:
    return "workdays(" in expression or (runs_on and ("days(" in expression or "months(" in expression))


def moment(at: datetime, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """A moment in the time of `zone` as people say it in Chinese and in English; the year only when it is another."""
    local = at.astimezone(zone)
    same_year = local.year == now.astimezone(zone).year
    clock = local.strftime("%H:%M")
    zh = f"{local.month}月{local.day}日 {clock}"
    en = f"{local.day} {local.strftime('%b')} {clock}"
    if same_year:
        return zh, en
    return f"{local.year}年{zh}", f"{local.day} {local.strftime('%b %Y')} {clock}"
