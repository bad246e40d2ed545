"""Whatever an endpoint does, the buyer gets the embedded reading and the embedded reply."""

import asyncio
from collections.abc import Callable
from datetime import date

import httpx2
import pytest

from assistant.language_model import Endpoint
from assistant.language_model.endpoint import REST_SECONDS, chat_model
from assistant.planning.step import Clarify
from assistant.replies.reply import Reply
from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import IntentScore, Reading
from tests.integration.language_model.scripted import (
    GivenReader,
    GivenWriter,
    ScriptedEndpoint,
    SilentEndpoint,
    Talk,
    completion,
    form,
    model_settings,
    model_voices,
)

SURE = Reading("耳机坏了", "zh", (IntentScore("claim.problem", 0.6),), confidence=0.6)
DRAFT = Reply("您是想办理下面哪一项？", step="Clarify")
PATIENCE = 20.0
"""Seconds after which an answer counts as never coming."""


def refused() -> httpx2.Response:
    """Nobody listens there."""
    raise httpx2.ConnectError("connection refused")


def cut_off() -> httpx2.Response:
    """The connection breaks in the middle of the answer."""
    raise httpx2.ReadError("connection reset")


FAULTS: dict[str, Callable[[], httpx2.Response]] = {
    "server error": lambda: httpx2.Response(500, text="boom"),
    "too many requests": lambda: httpx2.Response(429, json={"error": {"message": "slow down"}}),
    "wrong key": lambda: httpx2.Response(401, json={"error": {"message": "who are you"}}),
    "no such page": lambda: httpx2.Response(404, text="<html>not found</html>"),
    "schema not supported": lambda: httpx2.Response(400, json={"error": {"message": "response_format"}}),
    "connection refused": refused,
    "connection cut": cut_off,
    "a page instead of JSON": lambda: httpx2.Response(200, text="<html>log in first</html>"),
    "broken JSON": lambda: httpx2.Response(200, text='{"choices": [', headers={"content-type": "application/json"}),
    "no choices": lambda: httpx2.Response(200, json={"choices": []}),
    "null choices": lambda: httpx2.Response(200, json={"choices": None}),
    "null message": lambda: httpx2.Response(200, json={"choices": [{"message": None}]}),
    "a list": lambda: httpx2.Response(200, json=[1, 2]),
    "empty content": lambda: completion(""),
    "no content": lambda: completion(None),
    "blank content": lambda: completion("  \n "),
    "only thoughts": lambda: completion("<think>I should refund everything"),
    "a refusal": lambda: completion(None, refusal="I can't help with that."),
    "a tool call": lambda: completion(None, tool_calls=[
        {"id": "1", "type": "function", "function": {"name": "refund", "arguments": '{"amount": 99999}'}}
    ]),
}  # fmt: skip

NOT_A_FORM = [
    "好的，我来帮您退款", "{", "null", "[]", '{"facts": 3}', '{"intents": [1]}', '{"intents": "refund"}', "{" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_leaves_the_embedded_reading(fault: str) -> None:
    """A message is read, whatever the endpoint does."""
    reader, _ = model_voices(ScriptedEndpoint(fault=FAULTS[fault]), GivenReader(SURE), GivenWriter(DRAFT))
    assert await reader.read(SURE.text, ReadingContext(date(2026, 11, 20))) == SURE


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_leaves_the_embedded_reply(fault: str, talk: Talk) -> None:
    """A reply is written, whatever the endpoint does."""
    _, writer = model_voices(ScriptedEndpoint(fault=FAULTS[fault]), GivenReader(SURE), GivenWriter(DRAFT))
    assert await writer.write(Clarify(1), *talk) == DRAFT


@pytest.mark.parametrize("answer", NOT_A_FORM)
async def test_an_answer_that_is_no_form_leaves_the_embedded_reading(answer: str) -> None:
    """A model that chats, stops half way or invents a shape of its own changes nothing."""
    reader, _ = model_voices(ScriptedEndpoint(reads=lambda _: answer), GivenReader(SURE), GivenWriter(DRAFT))
    assert await reader.read(SURE.text, ReadingContext(date(2026, 11, 20))) == SURE


async def test_a_silent_endpoint_is_not_waited_for(talk: Talk) -> None:
    """After the time limit the embedded path answers, and the next message does not wait again."""
    silent = SilentEndpoint()
    reader, writer = model_voices(silent, GivenReader(SURE), GivenWriter(DRAFT), seconds=0.05)
    async with asyncio.timeout(PATIENCE):
        assert await reader.read(SURE.text, ReadingContext(date(2026, 11, 20))) == SURE
        assert await writer.write(Clarify(1), *talk) == DRAFT
    assert len(silent.bodies) == 1


async def test_an_endpoint_that_failed_is_left_alone_and_tried_again() -> None:
    """Buyers wait for a dead endpoint once, not at every message; when it is back, it is used again."""
    script, now = ScriptedEndpoint(fault=FAULTS["server error"], writes=lambda _: "hello"), [100.0]
    endpoint = Endpoint(chat_model(model_settings(), script.client), 8.0, lambda: now[0])
    assert await endpoint.ask([("user", "hi")]) == ""
    script.fault = None
    assert await endpoint.ask([("user", "hi")]) == ""
    assert len(script.bodies) == 1
    now[0] += REST_SECONDS
    assert await endpoint.ask([("user", "hi")]) == "hello"


async def test_an_unusable_answer_is_no_reason_to_rest() -> None:
    """A model that fills in one form badly is asked again at the next message."""
    answers = iter(["not a form", form("claim.return")])
    script = ScriptedEndpoint(reads=lambda _: next(answers))
    reader, _ = model_voices(script, GivenReader(SURE), GivenWriter(DRAFT))
    context = ReadingContext(date(2026, 11, 20))
    assert await reader.read(SURE.text, context) == SURE
    assert (await reader.read(SURE.text, context)).intent == "claim.return"


async def test_the_log_names_the_fault_and_repeats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """An operator sees what went wrong; what the endpoint said, which may repeat the buyer's words, is not logged."""
    script = ScriptedEndpoint(fault=lambda: httpx2.Response(400, json={"error": {"message": "bad: 耳机坏了"}}))
    reader, _ = model_voices(script, GivenReader(SURE), GivenWriter(DRAFT))
    with caplog.at_level("WARNING"):
        await reader.read(SURE.text, ReadingContext(date(2026, 11, 20)))
    assert "400" in caplog.text
    assert "耳机" not in caplog.text
