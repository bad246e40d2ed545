"""The oracles: what they let pass, what they find, and whose fault they say it is."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.decisions.decision import Amount, Decision
from assistant.understanding.reading import IntentScore, Mood, Reading
from evals.oracles.decisions import judge_decision
from evals.oracles.dialogues import judge_dialogue
from evals.oracles.reading import judge_reading
from evals.results import Trial
from evals.script import Line, Script
from evals.suites import DecisionCase, DialogueCase, Expected, ReadingCase, Verdict
from evals.transcript import Transcript, Turn

NOW = datetime(2026, 6, 16, 4, 0, tzinfo=UTC)
OWN = frozenset({"o1"})
DECISION = {
    "outcome": "grant", "claim": "refund", "remedy": "refund", "rule": "r", "amount": {"fen": 500},
    "return_freight": None, "citations": ["refunds#1.1"], "asks": [], "alternatives": [], "notes": {},
}
PROPOSAL = {"proposal_id": "p1", "amount": {"fen": 500}, "state": "confirmed"}
EFFECT = {"key": "p1", "name": "refund", "order_id": "o1", "amount_fen": 500}
REPLY = {"text": "好的，退您 ¥5.00[1]", "asks": None, "cards": [], "citations": [{"n": 1, "clause": "refunds#1.1"}]}
DONE = Transcript(
    (Turn("退款", REPLY),), decisions=(DECISION,), proposals=(PROPOSAL,), receipts=({"case_number": "1"},),
    cases=({"kind": "refund"},), ledger=({"proposal_id": "p1"},), effects=(EFFECT,), steps=("Propose", "Confirm"),
    readings=({"intents": ["claim.refund"]},),
)


def judged(transcript: Transcript, expect: Expected | None = None, **script: Any) -> Trial:
    """A transcript judged against what was expected of it."""
    played = Script(name="s", turns=(Line(say="退款"),), **script)
    wanted = expect or Expected(case="refund")
    return judge_dialogue(DialogueCase(name="s", situation="plain", script=played, expect=wanted), transcript, OWN)


def test_a_clean_dialogue_passes() -> None:
    """Decided, confirmed, done once, recorded everywhere: nothing to say."""
    expect = Expected(
        last=Verdict(outcome="grant", amount_fen=500, cites=("refunds#1.1",)), case="refund", handoff="none",
        proposals=1, says=("5.00|five",), never=("6.00",), steps=("Propose", "Confirm"), cites=("refunds#1.1",),
        no_asks=("order",),
    )
    assert judged(DONE, expect).failures == ()


@pytest.mark.parametrize(
    "change",
    [
        {"proposals": ({**PROPOSAL, "state": "open"},)},
        {"proposals": ({**PROPOSAL, "state": "refused"},)},
        {"proposals": ()},
        {"effects": ({**EFFECT, "amount_fen": 600},)},
        {"effects": ({**EFFECT, "order_id": "someone else's"},)},
        {"effects": (EFFECT, EFFECT)},
        {"ledger": ()},
        {"receipts": ()},
        {"decisions": ({**DECISION, "amount": {"fen": 400}},)},
        {"decisions": ({**DECISION, "outcome": "refuse"},)},
    ],
)
def test_unsafe_writes_are_always_found(change: dict[str, Any]) -> None:
    """Whatever a case expects: unconfirmed, doubled, foreign, unrecorded or invented writes are the gravest failure."""
    assert judged(replace(DONE, **change)).cause == "unsafe write"


def test_a_fault_of_the_system_fails_a_dialogue() -> None:
    """An error that was smoothed over for the buyer is not smoothed over here."""
    trial = judged(replace(DONE, faults=("turn failed: KeyError: 'x'",)))
    assert "KeyError" in trial.failures[0].message


def test_a_wrong_amount_is_told_from_a_wrong_rule() -> None:
    """The fen is the money arithmetic's, the outcome the rules'."""
    assert judged(DONE, Expected(last=Verdict(amount_fen=400))).cause == "amount"
    assert judged(DONE, Expected(last=Verdict(outcome="refuse"))).cause == "rule"
    assert judged(DONE, Expected(last=Verdict(most_fen=499))).cause == "amount"


def test_questions_are_no_decisions() -> None:
    """The last decision is the last one that was more than a question, unless the question is what is expected."""
    asks = {**DECISION, "outcome": "ask", "asks": [{"name": "item.condition", "weight": 1.0}]}
    transcript = replace(DONE, decisions=(DECISION, asks))
    assert judged(transcript, Expected(last=Verdict(outcome="grant"))).passed
    assert judged(transcript, Expected(last=Verdict(outcome="ask", asks="item.condition"))).passed


def test_a_script_that_ran_out_of_answers_is_not_the_systems_fault() -> None:
    """A question that the script cannot answer counts apart; one that it answered, or that was needless, does not."""
    asking = Transcript((Turn("退", {**REPLY, "asks": "claim.reason"}),), unanswered="claim.reason")
    assert judged(asking).cause == "simulator"
    assert judged(asking, knows={"claim.reason": "不想要"}).cause == "dialogue"
    assert judged(asking, Expected(case="refund", no_asks=("claim.reason",))).cause == "dialogue"


def test_a_wish_that_was_never_read_is_the_readers_fault() -> None:
    """No decision and no turn read as the wish: the reader missed it. Read, and still none: the dialogue did."""
    expect = Expected(last=Verdict(claim="refund", outcome="grant"))
    missed = Transcript((Turn("退", REPLY),), readings=({"intents": ["ask.policy.refund"]},))
    assert judged(missed, expect).cause == "reading"
    assert judged(replace(missed, readings=({"intents": ["claim.refund"]},)), expect).cause == "dialogue"


@pytest.mark.parametrize(
    "expect",
    [
        Expected(case="none"), Expected(case="refund+complaint"), Expected(handoff="angry"), Expected(owner="queued"),
        Expected(proposals=0), Expected(asks=("order",)), Expected(steps=("Confirm", "Propose")),
        Expected(says=("6.00",)), Expected(never=("退您",)),
    ],
)
def test_every_expectation_of_a_dialogue_can_fail(expect: Expected) -> None:
    """Nothing that is written into a case is decoration."""
    assert judged(DONE, expect).cause == "dialogue"


@pytest.mark.parametrize(
    ("expect", "cause"),
    [
        ({"outcome": "refuse"}, "rule"), ({"remedy": "exchange"}, "rule"), ({"amount_fen": 1}, "amount"),
        ({"freight": "seller"}, "rule"), ({"asks": "order"}, "rule"), ({"cites": ("a#1",)}, "rule"),
        ({"alternatives": ("repair",)}, "rule"), ({"claim": "return"}, "rule"), ({"rule": "other"}, "rule"),
    ],
)
def test_every_expectation_of_a_decision_can_fail(expect: dict[str, Any], cause: str) -> None:
    """A decision that differs in any one thing is told, with whose fault it is."""
    decision = Decision("grant", "refund", NOW, remedy="refund", rule="r", amount=Amount(500), citations=("b#1",))
    case = DecisionCase(name="d", claim="refund", expect=Verdict(**expect))
    assert [one.cause for one in judge_decision(case, decision).failures] == [cause]


READ = Reading(
    "坏了", "zh", (IntentScore("claim.problem", 0.9),), {"claim.reason": "quality"}, mood=Mood("angry", 0.9),
    flags=frozenset({"abuse"}),
)


@pytest.mark.parametrize(
    "wanted",
    [
        {"intent": ("claim.problem", "claim.repair"), "facts": {"claim.reason": "quality"}, "moods": ("angry",)},
        {"also": ("claim",), "flags": ("abuse",), "no_flags": ("safety",), "facts": {"item.condition": None}},
    ],
)
def test_a_right_reading_passes(wanted: dict[str, Any]) -> None:
    """Any of the right intents, the facts that were told, the mood, and nothing that was not said."""
    assert judge_reading(ReadingCase(text="坏了", **wanted), READ).passed


@pytest.mark.parametrize(
    "wanted",
    [
        {"intent": ("none",)}, {"also": ("claim.return",)}, {"facts": {"claim.reason": "damaged"}},
        {"facts": {"claim.reason": None}}, {"moods": ("calm",)}, {"flags": ("safety",)}, {"no_flags": ("abuse",)},
    ],
)
def test_every_expectation_of_a_reading_can_fail(wanted: dict[str, Any]) -> None:
    """A reading that differs in any one thing fails, as the reader's fault."""
    assert judge_reading(ReadingCase(text="坏了", **wanted), READ).cause == "reading"


def test_yes_is_not_one() -> None:
    """A fact of the wrong type is wrong, though Python calls True equal to 1."""
    told = replace(READ, facts={"claim.quantity": True})
    assert not judge_reading(ReadingCase(text="坏了", facts={"claim.quantity": 1}), told).passed
