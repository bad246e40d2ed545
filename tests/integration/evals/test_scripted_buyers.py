"""Scripted buyers against the real assistant: what a script can do, and what its transcript tells."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_jsonable_python

from assistant.replies.reply import Reply
from assistant.services import Services
from assistant.settings import Settings
from evals.player import Session, load_script, play
from evals.script import Line, Pick, Script
from knowledge.errors import BadInput

FRYER = Line(say="昨天买的空气炸锅还没发货，退款")


async def test_a_confirmed_refund_is_told_from_all_sides(services: Services) -> None:
    """One decision, one confirmed proposal, one receipt, one case, one entry in the ledger, one act of the platform."""
    transcript = await play(Script(buyer="xiaolin", turns=(FRYER,), on_proposal="confirm"), services)
    assert [one["outcome"] for one in transcript.decisions] == ["grant"]
    assert [one["state"] for one in transcript.proposals] == ["confirmed"]
    assert [one["amount"]["fen"] for one in transcript.receipts] == [32900]
    assert [one["kind"] for one in transcript.cases] == ["refund"]
    assert [one["amount_fen"] for one in transcript.ledger] == [32900]
    assert [one["name"] for one in transcript.effects] == ["refund"]
    assert transcript.steps == ("Propose", "Confirm")
    assert (transcript.owner, transcript.faults, transcript.broken) == ("assistant", (), ())


async def test_a_transcript_is_plain_json(services: Services) -> None:
    """What `fairdesk chat --script --json` prints can be read by any program."""
    transcript = await play(Script(buyer="xiaolin", turns=(FRYER,)), services)
    plain = json.loads(json.dumps(to_jsonable_python(transcript), ensure_ascii=False))
    assert plain["turns"][0]["reply"]["cards"][1]["type"] == "proposal"
    assert "reading_made" in plain["turns"][0]["events"]


@pytest.mark.parametrize(("tap", "state"), [("leave", "open"), ("refuse", "refused")])
async def test_without_a_confirmation_nothing_is_done(tap: Any, state: str, services: Services) -> None:
    """A proposal that is left or refused leaves no trace in the ledger or at the platform."""
    transcript = await play(Script(buyer="xiaolin", turns=(FRYER,), on_proposal=tap), services)
    assert [one["state"] for one in transcript.proposals] == [state]
    written = (transcript.effects, transcript.ledger, transcript.receipts, transcript.cases)
    assert written == ((), (), (), ())


async def test_what_the_buyer_knows_is_said_when_it_is_asked(services: Services) -> None:
    """Answers are given by what is asked, in whatever order the rules ask; a pick taps the order."""
    knows = {
        "order": Line(pick=Pick(title="连衣裙")), "claim.reason": "不喜欢", "item.condition": "没拆封",
    }
    transcript = await play(Script(buyer="xiaolin", turns=(Line(say="我要退货"),), knows=knows), services)
    assert transcript.asked == ("order", "claim.reason", "item.condition", "proposal")
    assert transcript.proposals[0]["amount"]["fen"] == 26900


async def test_answers_that_nobody_asked_for_are_skipped(services: Services) -> None:
    """A line that waits for a question is skipped and reported when there is none."""
    unasked = (Line(answer="没拆封"), Line(say="没拆封", to="item.condition"), Line(on_proposal="confirm"))
    lines = (Line(say="你好"), *unasked)
    transcript = await play(Script(buyer="xiaolin", turns=lines), services)
    assert [turn.said for turn in transcript.turns] == ["你好"]
    assert len(transcript.skipped) == 3


async def test_a_pick_that_nothing_agrees_with_breaks_the_script(services: Services) -> None:
    """A fault of the script is told apart from a fault of the system."""
    lines = (Line(say="我要退货"), Line(pick=Pick(title="火箭")))
    transcript = await play(Script(buyer="xiaolin", turns=lines), services)
    assert "火箭" in transcript.broken[0]
    assert transcript.faults == ()


async def test_the_last_question_without_an_answer_is_told(services: Services) -> None:
    """A script that ends in the middle says what was asked last."""
    transcript = await play(Script(buyer="xiaolin", turns=(Line(say="裙子想退"),)), services)
    assert transcript.unanswered == "claim.reason"


async def test_orders_written_into_the_script_are_the_buyers_only_ones(services: Services) -> None:
    """A buyer of the script's own has its orders, credit tier and shop, and none of the demo's."""
    order = {"title": "Glass vase", "category": "home", "paid": 128, "created": "-1d"}
    script = Script(language="en", orders=(order,), turns=(Line(say="cancel my order please"),), on_proposal="confirm")
    transcript = await play(script, services)
    assert [one["amount_fen"] for one in transcript.effects] == [12800]


async def test_scripts_in_one_database_never_meet(services: Services) -> None:
    """Playing a script again finds the same world: the first one's refund did not happen there."""
    script = Script(buyer="xiaolin", turns=(FRYER,), on_proposal="confirm")
    first, second = await play(script, services), await play(script, services)
    assert first.steps == second.steps
    assert first.receipts[0]["case_number"] == second.receipts[0]["case_number"]
    assert [turn.reply and turn.reply["text"] for turn in first.turns] == [
        turn.reply and turn.reply["text"] for turn in second.turns
    ]


class BrokenWriter:
    """A writer that fails on everything."""

    name = "broken"

    async def write(self, *_: object) -> Reply:
        """Fail."""
        raise RuntimeError("no words")


async def test_faults_that_were_smoothed_over_for_the_buyer_are_told(services: Services) -> None:
    """The buyer gets a person; the transcript names the error."""
    transcript = await play(Script(buyer="xiaolin", turns=(FRYER,)), replace(services, writer=BrokenWriter()))
    assert any("RuntimeError: no words" in fault for fault in transcript.faults)
    assert [one["rule"] for one in transcript.handoffs] == ["fault"]
    assert transcript.owner == "queued"


async def test_an_unknown_buyer_is_told_with_those_that_exist(services: Services) -> None:
    """A misspelt buyer names the demo's buyers."""
    with pytest.raises(BadInput, match="xiaolin"):
        await play(Script(buyer="xiaolim", turns=(FRYER,)), services)


async def test_a_script_from_a_file_plays_from_settings_alone(tmp_path: Path) -> None:
    """What `fairdesk chat --script` does: read the file, build the house, play, close."""
    path = tmp_path / "script.yaml"
    path.write_text("buyer: xiaolin\nturns:\n  - say: 七天无理由从哪天开始算\n", encoding="utf-8")
    transcript = await play(load_script(path), Settings(home=tmp_path / "home", burst_ms=0, database_url=None))
    assert transcript.steps == ("AnswerQuestion",)
    assert "returns#1.1" in transcript.cited


async def test_a_session_answers_line_by_line(tmp_path: Path) -> None:
    """What `fairdesk chat` does: one message, one reply, for as long as one likes."""
    settings = Settings(home=tmp_path / "home", burst_ms=0, database_url=None)
    async with Session.open(settings, "emma") as session:
        reply = await session.say("are you a bot?")
        assert reply is not None
        assert reply.language == "en"
        assert session.buyer_id == "emma"
        assert await session.say("a person, please") is not None
        assert await session.say("hello?") is None
