"""The state diagrams of cases, drawn from the table: `python -m assistant.cases.diagram > docs/cases.md`."""

from collections.abc import Iterator
from typing import get_args

from assistant.cases.case import CLOSED, CaseState, Flow
from assistant.cases.opening import APPROVED, start_of
from assistant.cases.table import STAGES, moves_from, states_of, targets
from assistant.cases.terms import Terms, default_terms

_HEAD = """# How cases go

Drawn from the table that the program runs on (`assistant/cases/table.py`) by `python -m assistant.cases.diagram`; a
test keeps this page in step. Waits are data, in `knowledge/rules/cases.yaml`. Not drawn, because they can happen
anywhere: the platform refuses a step, which brings a person (`with_staff`), and events that leave a case where it is.
"""
_TITLES: dict[Flow, str] = {
    "errand": "Refunds and other errands", "return": "Returns", "exchange": "Exchanges", "repair": "Repairs",
    "complaint": "Complaints", "dispute": "Disputes",
}
_IN_DISPUTE: tuple[CaseState, ...] = ("mediation", "jury", "ruled", "appealed")
"""Drawn once, with disputes; the other flows end their diagram where they enter the evidence of both sides."""


def page(terms: Terms) -> str:
    """The page of documentation, whole."""
    return "\n".join([_HEAD, *(part for flow in get_args(Flow) for part in _section(flow, terms))])


def mermaid(flow: Flow) -> str:
    """One flow's diagram."""
    lines = dict.fromkeys((*_starts(flow), *(line for state in _drawn(flow) for line in _arrows(flow, state))))
    return "\n".join(["stateDiagram-v2", *(f"  {line}" for line in lines)])


def _section(flow: Flow, terms: Terms) -> Iterator[str]:
    yield from (f"## {_TITLES[flow]}", "", "```mermaid", mermaid(flow), "```", "")
    yield from ("| state | waits for | at most | then |", "|---|---|---|---|")
    for state in _drawn(flow):
        if state not in CLOSED:
            stage = STAGES[state]
            passed = next(move for move in moves_from(flow, state) if move.on == "time_passed")
            then = " or ".join(targets(passed, flow, state))
            yield f"| {state} | {stage.waits_for} | {terms.windows[stage.window].span} | {then} |"
    yield ""


def _drawn(flow: Flow) -> tuple[CaseState, ...]:
    entered: tuple[CaseState, ...] = tuple(dict.fromkeys((start_of(flow, {}), start_of(flow, APPROVED))))
    states = states_of(flow, entered)
    if flow == "dispute":
        return states
    return tuple(state for state in states if state not in (*_IN_DISPUTE, "evidence"))


def _starts(flow: Flow) -> Iterator[str]:
    for notes in ({}, APPROVED):
        yield f"[*] --> {start_of(flow, notes)}"


def _arrows(flow: Flow, state: CaseState) -> Iterator[str]:
    if state in CLOSED:
        yield f"{state} --> [*]"
        return
    for move in moves_from(flow, state):
        for to in targets(move, flow, state):
            if to != state and move.on != "platform_refused" and not (to in _IN_DISPUTE and flow != "dispute"):
                yield f"{state} --> {to}: {move.on} ({', '.join(move.by)})"


if __name__ == "__main__":
    print(page(default_terms()), end="")
