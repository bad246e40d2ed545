"""What both sides see of a case's way: the steps behind it, and the dates ahead."""

from dataclasses import replace
from datetime import datetime

from assistant.cases.case import CLOSED, Case, CaseState, CaseStep
from assistant.cases.events import Happening
from assistant.cases.table import STAGES
from assistant.cases.terms import Terms
from knowledge.text import Text

QUIET = frozenset({"vote"})
"""Events that are no step: a ballot is secret until it is counted."""
_MEETS = {"ship": ("pick_up", "address"), "conclude": ("reply", "result"), "reopen": ("reply", "result")}
"""Dates of the decision that an event makes past besides that of the state it leaves."""


def after(
    case: Case, happening: Happening, to: CaseState, now: datetime, due: datetime | None, terms: Terms
) -> tuple[CaseStep, ...]:
    """The steps once the case is in `to`: those behind it, this one, its clock, and what else was promised."""
    behind = [step for step in case.steps if step.done]
    if step := _step(case, happening, to, now, terms):
        behind.append(step)
    ahead = _ahead(case, happening, to)
    if to in CLOSED:
        return (*behind, *(replace(step, at=now) for step in ahead if to == "done"))
    window = STAGES[to].window
    clock = CaseStep(window, terms.windows[window].label, due=due)
    return (*behind, clock, *(step for step in ahead if step.name != window))


def begun(case: Case, terms: Terms) -> tuple[CaseStep, ...]:
    """The steps of a new case: what the opening did, its clock, and the decision's dates."""
    window = STAGES[case.state].window
    behind = tuple(step for step in case.steps if step.done)
    ahead = tuple(step for step in case.steps if not step.done and step.name != window)
    return (*behind, CaseStep(window, terms.windows[window].label, due=case.due), *ahead)


def _step(case: Case, happening: Happening, to: CaseState, now: datetime, terms: Terms) -> CaseStep | None:
    """The step that an event is; none where nothing that is worth telling happened."""
    if happening.kind in QUIET or (happening.kind == "platform_done" and to == case.state):
        return None
    label = terms.events[happening.kind]
    if happening.kind == "time_passed":
        state = terms.states[to]
        label = Text(f"{label.zh}：{state.zh}", f"{label.en}: {state.en}")
    return CaseStep(happening.kind, label, at=now)


def _ahead(case: Case, happening: Happening, to: CaseState) -> list[CaseStep]:
    """The dates that still mean something: not those of the state that is left, nor of what has just been done."""
    left = STAGES[case.state].window if to != case.state or happening.kind == "time_passed" else ""
    met = (left, *_MEETS.get(happening.kind, ()))
    return [step for step in case.steps if not step.done and step.name not in met]
