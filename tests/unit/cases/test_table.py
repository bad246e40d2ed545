"""The table of cases is whole, and the documentation is drawn from it."""

from pathlib import Path
from typing import get_args

import pytest

from assistant.cases import diagram
from assistant.cases.case import CLOSED, CaseState, Flow
from assistant.cases.opening import APPROVED, start_of
from assistant.cases.table import MOVES, STAGES, moves_from, states_of
from assistant.cases.terms import default_terms

ROOT = Path(__file__).parents[3]
STATES: tuple[CaseState, ...] = get_args(CaseState)
FLOWS: tuple[Flow, ...] = get_args(Flow)


def reachable(flow: Flow) -> tuple[CaseState, ...]:
    """All states of a flow, from each of its starts."""
    return states_of(flow, (start_of(flow, {}), start_of(flow, APPROVED)))


def test_every_state_and_event_has_a_name_in_both_languages() -> None:
    """Nobody ever sees a bare key."""
    terms = default_terms()
    assert set(terms.states) == set(STATES)
    assert set(terms.events) == {move.on for move in MOVES} | {"opened"}
    assert {stage.window for stage in STAGES.values()} == set(terms.windows)
    assert all(text.zh and text.en for text in (*terms.states.values(), *terms.events.values()))


def test_every_state_is_closed_or_has_a_clock_and_is_used() -> None:
    """Every state is reached by some flow; those that are not closed have a stage."""
    assert set(STATES) == CLOSED | set(STAGES)
    assert {state for flow in FLOWS for state in reachable(flow)} == set(STATES)


@pytest.mark.parametrize("flow", FLOWS)
def test_every_way_ends(flow: Flow) -> None:
    """From every state of a flow some closed state can be reached, and the clock has a move of its own."""
    for state in reachable(flow):
        assert CLOSED & set(states_of(flow, (state,))), state
        if state not in CLOSED:
            assert sum(move.on == "time_passed" for move in moves_from(flow, state)) == 1, state
        else:
            assert moves_from(flow, state) == ()


def test_the_diagrams_are_in_step() -> None:
    """docs/cases.md is what the table draws: run `python -m assistant.cases.diagram > docs/cases.md`."""
    assert (ROOT / "docs" / "cases.md").read_text(encoding="utf8") == diagram.page(default_terms())
