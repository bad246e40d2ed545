"""Thinking: escalation before and after planning, over the real books, without anything that waits or stores."""

from dataclasses import dataclass, field, replace

import pytest

from assistant.conversation import DialogueState
from assistant.escalation.rules import EscalationBook, load_escalation
from assistant.planning.mind import Mind
from assistant.planning.step import PassOn, Plan, Propose
from assistant.turn import think
from assistant.understanding.reading import Reading
from tests.unit.planning.situations import MIND, carried_over, read, situation_of


@dataclass(frozen=True)
class Thinking:
    """As much of the services as thinking uses."""

    mind: Mind = MIND
    escalation: EscalationBook = field(default_factory=load_escalation)


def thought(reading: Reading, **changes: object) -> Plan:
    """What the assistant would do for Xiaolin."""
    return think(Thinking(), reading, situation_of(**changes))  # type: ignore[arg-type]


def rule_of(planned: Plan) -> str:
    """The rule that handed over, if one did."""
    return planned.step.handover.rule if isinstance(planned.step, PassOn) else ""


def test_a_buyer_who_asks_for_a_person_gets_one() -> None:
    """Asking for a person always comes first, whatever else was said."""
    planned = thought(read("转人工，我要退连衣裙", "act.person", "claim.return"))
    assert rule_of(planned) == "asks_for_person"
    assert planned.state.asked is None


def test_the_person_is_told_what_would_have_been_next() -> None:
    """A hand-over keeps the goods and the decision that there would have been."""
    planned = thought(read("转人工，空气炸锅退款", "act.person", "claim.refund"))
    assert planned.decision is not None
    assert planned.decision.outcome == "grant"
    assert planned.state.task is not None


def test_a_high_amount_is_proposed_like_any_other() -> None:
    """The buyer gets the offer; that a second person approves it is between their yes and the platform."""
    planned = think(Thinking(), read("平板还没发货，退款", "claim.refund"), situation_of("laowang"))  # type: ignore[arg-type]
    assert isinstance(planned.step, Propose)
    assert planned.step.command.amount_fen == 189900


def test_an_amount_below_the_limit_is_proposed() -> None:
    """An ordinary refund needs nobody's second look."""
    assert isinstance(thought(read("空气炸锅退款", "claim.refund")).step, Propose)


def test_a_review_is_handed_over_once() -> None:
    """What the rules leave to a person goes to the queue that the book names for it."""
    facts = {"claim.reason": "not_received", "item.condition": "unopened"}
    planned = thought(read("连衣裙没收到，退款", "claim.refund", facts=facts))
    assert rule_of(planned) == "review"
    assert isinstance(planned.step, PassOn)
    assert planned.step.handover.queue == "disputes"


def test_three_turns_without_progress_lead_to_a_person() -> None:
    """The question is asked again once, then choices are offered, and the third miss hands over."""
    situation = situation_of()
    steps = []
    for reading in (read("连衣裙退货", "claim.return"), *(read(words) for words in ("哈哈", "呵呵", "嘿嘿"))):
        planned = think(Thinking(), reading, situation)  # type: ignore[arg-type]
        situation = carried_over(planned, situation)
        steps.append(planned)
    assert [type(one.step).__name__ for one in steps] == ["AskFact", "AskFact", "Clarify", "PassOn"]
    assert rule_of(steps[-1]) == "no_progress"
    assert steps[-1].state.task is not None, "what was told so far is kept for the person"


@pytest.mark.parametrize(("turns", "rule"), [(0, ""), (1, "angry")])
def test_one_angry_turn_is_borne_and_a_second_one_hands_over(turns: int, rule: str) -> None:
    """Anger hands over when it lasts, not at the first sharp word."""
    state = DialogueState(angry_turns=turns)
    planned = thought(replace(read("什么破玩意", mood="angry"), confidence=0.5), state=state)
    assert rule_of(planned) == rule
    assert planned.state.angry_turns == turns + 1
