"""No sequence of events and clock moves breaks a case: a state machine of hypothesis walks the table at random."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant.cases.case import CLOSED, CaseState
from assistant.cases.events import Party
from assistant.cases.machine import late
from assistant.cases.outcomes import PAYMENTS
from assistant.cases.progress import actions_of, progress
from assistant.cases.table import MOVES, STAGES, move_of
from assistant.commerce.platform import Command
from knowledge.errors import FairdeskError
from tests.unit.cases.scenes import Story, begun

KINDS = sorted({move.on for move in MOVES})
REMEDIES = ["return_and_refund", "exchange", "repair", "refund", "complaint", "dispute"]
DECIDED = 12900
SAID = st.fixed_dictionaries({
    "tracking_number": st.sampled_from(["SF1", "SF2"]),
    "amount_fen": st.integers(-5, DECIDED + 5),
    "side": st.sampled_from(["buyer", "merchant"]),
    "command": st.sampled_from(["return", "refund", "advance_refund", "return_refund"]),
})
PANELS = st.sampled_from([[], ["a"], ["a", "b", "c"]])
NOTES = st.sampled_from([
    {}, {"approved": "at_once"}, {"advanced_on": "tracking_number", "advance_fen": "5000", "approved": "at_once"},
    {"advanced_on": "photo", "advance_fen": str(DECIDED)}, {"refund_after_goods_back": "24h"},
])


class CaseWalk(RuleBasedStateMachine):
    """A case of any kind, anybody doing anything, the platform answering what it was asked."""

    @initialize(remedy=st.sampled_from(REMEDIES), notes=NOTES)
    def begin(self, remedy: str, notes: dict[str, str]) -> None:
        """A case is opened."""
        self.story = Story(begun(remedy, DECIDED, **notes))
        opens = Command({"return_and_refund": "return"}.get(remedy, remedy), "O-1", "O-1-1", DECIDED)
        self.story.commands.append(opens)
        self.paid_fen = 0

    @rule(kind=st.sampled_from([k for k in KINDS if not k.startswith("platform")]), by=st.sampled_from(get_args(Party)),
          who=st.sampled_from("abc"), said=SAID, panel=PANELS)
    def anything(self, kind: str, by: Party, who: str, said: dict[str, object], panel: list[str]) -> None:
        """Anybody does anything: it happens by the table, or nothing changes."""
        self._try(kind, by, who, {**said, "panel": panel})

    @precondition(lambda self: self.story.case.state == "jury")
    @rule(who=st.sampled_from("abc"), side=st.sampled_from(["buyer", "merchant"]))
    def vote(self, who: str, side: str) -> None:
        """A juror votes."""
        self._try("vote", "juror", who, {"side": side})

    @precondition(lambda self: self.story.case.due is not None)
    @rule(panel=PANELS)
    def ring(self, panel: list[str]) -> None:
        """The time passes until the clock rings, which it always can."""
        self.story.wait(panel=panel)

    @rule(hours=st.integers(-50, 400))
    def clock_moves(self, hours: int) -> None:
        """Time passes, or the machine's clock is set back."""
        self.story.now += timedelta(hours=hours)

    @precondition(lambda self: bool(self.story.commands) and not self.story.case.closed)
    @rule(done=st.booleans(), first=st.booleans())
    def platform_answers(self, done: bool, first: bool) -> None:
        """The platform carries out something it was asked for, or refuses it; each thing is answered once."""
        command = self.story.commands.pop(0 if first else -1)
        self.paid_fen += command.amount_fen if command.name in PAYMENTS and done else 0
        kind = "platform_done" if done else "platform_refused"
        self._try(kind, "platform", "", {"command": command.name, "amount_fen": command.amount_fen})

    def _try(self, kind: str, by: Party, who: str, said: dict[str, object]) -> None:
        before = self.story.file
        try:
            self.story.happen(kind, by, who, **said)  # type: ignore[arg-type]
        except FairdeskError:
            assert self.story.file == before
        else:
            assert not before.case.closed
            assert self.story.case.version == before.case.version + 1

    @invariant()
    def the_state_is_in_the_table(self) -> None:
        """Every state is known, and one that is not closed has a way on by its clock."""
        state: CaseState = self.story.case.state
        assert (state in CLOSED) != (state in STAGES)
        assert state in CLOSED or move_of(self.story.case.flow, state, "time_passed")

    @invariant()
    def an_open_case_has_a_clock(self) -> None:
        """A case has a date on which something happens by itself, unless it is closed."""
        assert (self.story.case.due is None) == self.story.case.closed

    @invariant()
    def no_more_than_was_decided_is_paid(self) -> None:
        """What was paid and what the platform is still asked for come to no more than the decision."""
        asked = sum(one.amount_fen for one in self.story.commands if one.name in PAYMENTS)
        assert 0 <= self.story.case.paid_fen <= DECIDED
        assert self.paid_fen + asked == self.story.case.paid_fen

    @invariant()
    def both_sides_see_the_same(self) -> None:
        """Buyer and merchant differ in nothing but what is theirs to do; the steps are in order of time."""
        seen = [
            progress(self.story.file, side, self.story.now, self.story.terms) for side in ("buyer", "merchant", "staff")
        ]
        assert len({repr(replace(one, actions=())) for one in seen}) == 1
        done = [step.at for step in seen[0].steps if step.at]
        assert done == sorted(done)
        assert seen[0].due is None or seen[0].due in [step.due for step in seen[0].steps]

    @invariant()
    def nobody_is_offered_what_is_too_late(self) -> None:
        """Once the clock should have rung, and once the case is closed, no button is left."""
        if late(self.story.case, self.story.now) or self.story.case.closed:
            assert actions_of(self.story.file, "buyer", self.story.now, self.story.terms) == ()


CaseWalk.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestCaseWalk = CaseWalk.TestCase
