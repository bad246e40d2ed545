"""Events: what kinds there are, who caused them, who sees them, and that they survive being written down."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cases.case import Case, CaseStep
from assistant.conversation import (
    AgentName,
    AssistantReply,
    Attachment,
    BuyerMessage,
    CaseChanged,
    DecisionMade,
    DialogueState,
    Event,
    HandoffMade,
    HandOver,
    NoteAdded,
    Notice,
    OwnerChanged,
    Payload,
    ProposalClosed,
    ProposalMade,
    Rated,
    ReadingMade,
    ReceiptIssued,
    StaffMessage,
    Task,
    TurnTaken,
    event_kinds,
    payloads,
    states,
)
from assistant.replies.reply import Button, Choice, DatedLine, Money, ProposalCard, ReceiptCard, Reply
from assistant.store.conversations import INTERNAL_KINDS
from knowledge.text import Text
from tests.fakes.clock import NOW
from tests.fakes.scenes import decided

TITLE = Text("退款", "Refund")
CASE = Case("k1", "AS-20261120-0001", "demo", "xiaolin", "O-1", "refund", "in_progress", TITLE,
            (CaseStep("accepted", TITLE, at=NOW), CaseStep("refund", TITLE, due=NOW)), NOW, grade=2)
PROPOSAL = ProposalCard("p1", "退款", ("手机 x1",), Money(12900), NOW, "abc")
RECEIPT = ReceiptCard("k1", "AS-20261120-0001", "退款", Money(12900), "p1", NOW, (DatedLine("refund", "到账", NOW),))
STATE = DialogueState(Task("t1", "return", "O-1", "O-1-1", {"claim.reason": "quality", "n": 3}), misses=1, topic="运费")
SAMPLES: tuple[Payload, ...] = (
    BuyerMessage("c1", "手机坏了", (Attachment("a1", "/v1/attachments/a1", "image/png"),), Choice(fact="n", value=3)),
    AssistantReply("t1", Reply("好的", cards=(PROPOSAL, RECEIPT), buttons=(Button("是", answer=Choice(intent="x")),))),
    StaffMessage("s1", "您好", "林"),
    OwnerChanged("assistant", "human", TITLE, AgentName("林", "u1")),
    ProposalMade(PROPOSAL),
    ProposalClosed("p1", "confirmed"),
    ReceiptIssued(RECEIPT),
    CaseChanged(CASE),
    Notice(TITLE),
    Rated(5, "好"),
    ReadingMade(("claim.return",), 0.9, "calm", ("elderly",), {"claim.reason": "quality", "yes": True}),
    DecisionMade(decided()),
    HandoffMade(HandOver("anger", TITLE, skills=("zh",)), {"asked": "退款", "done": ["x"]}),
    NoteAdded("注意", "林"),
    TurnTaken("t1", "AskFact", 4, STATE),
)
INTERNAL = {"reading_made", "decision_made", "handoff_made", "note_added", "turn_taken"}
BY_STAFF, BY_BUYER = {"staff_message", "note_added"}, {"buyer_message", "rated"}
BY_SYSTEM = {"owner_changed", "proposal_closed", "receipt_issued", "case_changed", "notice", "handoff_made"}


def event(payload: Payload) -> Event:
    """An event with this payload."""
    return Event("c1", 1, NOW, payload)


def test_there_is_a_sample_of_every_kind() -> None:
    """The samples below cover every kind of event that there is, so the tests of them hold for all."""
    assert [sample.kind for sample in SAMPLES] == list(event_kinds())
    assert len(event_kinds()) == len(get_args(Payload))


@pytest.mark.parametrize("payload", SAMPLES, ids=lambda one: one.kind)
def test_every_kind_survives_being_written_down(payload: Payload) -> None:
    """What goes into the log as JSON comes out as an equal value of the same kind."""
    assert payloads.validate_json(payloads.dump_json(payload)) == payload


@pytest.mark.parametrize("payload", SAMPLES, ids=lambda one: one.kind)
def test_every_kind_is_for_the_right_eyes(payload: Payload) -> None:
    """Readings, decisions, briefings, notes and turns are internal, everything else is for the buyer too."""
    assert event(payload).visibility == ("internal" if payload.kind in INTERNAL else "public")


def test_the_database_hides_what_the_events_call_internal() -> None:
    """The kinds that buyers' queries leave out are exactly those that events call internal."""
    assert set(INTERNAL_KINDS) == {one.kind for one in SAMPLES if event(one).visibility == "internal"}


@pytest.mark.parametrize("payload", SAMPLES, ids=lambda one: one.kind)
def test_every_kind_has_its_actor(payload: Payload) -> None:
    """An event names who caused it: the buyer, a person at the desk, the system, or the assistant."""
    kind = payload.kind
    expected = (
        "agent" if kind in BY_STAFF else "buyer" if kind in BY_BUYER else "system" if kind in BY_SYSTEM else "assistant"
    )
    assert event(payload).actor == expected


facts = st.dictionaries(
    st.text(max_size=8), st.text(max_size=8) | st.integers(-(2**40), 2**40) | st.booleans() | st.floats(-1e6, 1e6),
    max_size=3,
)


@given(facts=facts, misses=st.integers(0, 99), topic=st.none() | st.text(max_size=20))
def test_the_dialogue_survives_being_written_down(facts: dict[str, object], misses: int, topic: str | None) -> None:
    """Whatever facts were told, the state after a turn is found again before the next one, types included."""
    state = replace(STATE, task=replace(STATE.task, facts=facts), misses=misses, topic=topic)
    again = states.validate_json(states.dump_json(state))
    assert again == state
    assert again.task is not None
    assert {k: type(v) for k, v in again.task.facts.items()} == {k: type(v) for k, v in facts.items()}


@given(first=facts, later=facts)
def test_what_was_said_last_holds(first: dict[str, object], later: dict[str, object]) -> None:
    """A corrected fact replaces the earlier one; the others stay; the task before is not changed."""
    task = Task("t1", "return", facts=first)     # type: ignore[arg-type]
    assert task.with_facts(later).facts == first | later     # type: ignore[arg-type]
    assert task.facts == first


def test_values_cannot_be_changed() -> None:
    """Payloads are frozen: what is in the log cannot be altered in memory either."""
    for sample in SAMPLES:
        name = fields(sample)[0].name
        with pytest.raises(AttributeError):
            setattr(sample, name, None)


def test_times_keep_their_zone() -> None:
    """A deadline in another zone is the same moment after being written down."""
    there = datetime(2026, 11, 20, 14, tzinfo=UTC) + timedelta(hours=1)
    card = replace(RECEIPT, at=there)
    again = payloads.validate_json(payloads.dump_json(ReceiptIssued(card)))
    assert isinstance(again, ReceiptIssued)
    assert again.receipt.at == there
    assert again.receipt.at.tzinfo is not None
