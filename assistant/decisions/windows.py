"""Windows: conditions such as `days(order.delivered_at, claim.at) <= 7`, and the moment when they close."""

import re
from datetime import datetime

from assistant.decisions.claim import Claim
from assistant.decisions.conditions import Condition, Facts, value_of
from assistant.decisions.decision import Counterfactual
from assistant.decisions.judging import Verdict
from assistant.decisions.workdays import SHANGHAI, Span, Unit, due
from knowledge.text import Text

_WINDOW = re.compile(r"\s*(days|hours|months|workdays)\(([\w.]+),\s*claim\.at\)\s*<=\s*([\w.]+)\s*")
_UNITS: dict[str, Unit] = {"days": "d", "hours": "h", "months": "m", "workdays": "wd"}


def closing_time(condition: Condition, facts: Facts) -> datetime | None:
    """When a window closes, or None when the condition is no window or its start or length isn't known."""
    match = _WINDOW.fullmatch(condition.source)
    if match is None:
        return None
    start, length = value_of(facts, match[2]), match[3]
    count = int(length) if length.isdigit() else value_of(facts, length)
    if start is None or count is None or count <= 0:
        return None
    return due(start, Span(int(count), _UNITS[match[1]])).at


def until(claim: Claim, verdict: Verdict, *, still_open: bool) -> tuple[Counterfactual, ...]:
    """Until when a rule's first window to close can (or could) be used."""
    times = [closing_time(part.condition, claim.judge.facts) for part in verdict.rule.when]
    known = [time for time in times if time is not None]
    if not known or (still_open and min(known) < claim.now):  # a claim judged as of an earlier day
        return ()
    last, title = min(known), verdict.rule.title
    zh, en = moment(last, claim.now)
    text = (
        Text(f"「{title.zh}」可在 {zh} 前申请。", f"“{title.en}” can be claimed until {en}.") if still_open
        else Text(f"「{title.zh}」的申请截止时间是 {zh}。", f"“{title.en}” could be claimed until {en}.")
    )
    return (Counterfactual(text, "claim.at", last),)


def moment(at: datetime, now: datetime) -> tuple[str, str]:
    """A moment in local time as people say it in Chinese and in English; the year only when it is another."""
    local = at.astimezone(SHANGHAI)
    same_year = local.year == now.astimezone(SHANGHAI).year
    clock = local.strftime("%H:%M")
    zh = f"{local.month}月{local.day}日 {clock}"
    en = f"{local.day} {local.strftime('%b')} {clock}"
    if same_year:
        return zh, en
    return f"{local.year}年{zh}", f"{local.day} {local.strftime('%b %Y')} {clock}"
