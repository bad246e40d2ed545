"""What cannot be used is refused at the door: one status, one shape, one clear line, and nothing is stored."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.integration.api.serving import Caller, Server, error_of

Send = Callable[[Any], httpx.Response]


@pytest.fixture
def send(buyer: Caller, conversation: str) -> Send:
    """Sends a message's body as it is, bytes or JSON."""

    def sent(body: Any) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return buyer.ask("POST", f"/v1/conversations/{conversation}/messages", content=raw, headers=headers)

    return sent


@pytest.fixture
def nothing_stored(buyer: Caller, conversation: str) -> Iterator[None]:
    """Checks afterwards that the conversation's log is as empty as it was."""
    yield
    assert buyer.events(conversation) == []


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("body", [b'{"client_id"', b"{]", b"nonsense", b"{'a': 1}"])
def test_broken_json_is_told(send: Send, body: bytes) -> None:
    """Broken JSON is a 400 of its own, which says where it breaks."""
    refused = send(body)
    assert (refused.status_code, error_of(refused)) == (400, "bad_json")
    assert refused.json()["error"]["detail"][0]["at"].startswith("body.")


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("body", [b'{"client_id": "\xff\xfe"}', b"[" * 100_000, b'{"client_id": ' + b"1" * 5000 + b"}"])
def test_json_that_no_reader_takes_is_told(send: Send, body: bytes) -> None:
    """Bytes that are no UTF-8, a hundred thousand brackets, and a number of 5,000 digits are bad input, not a fault."""
    refused = send(body)
    assert (refused.status_code, error_of(refused)) == (400, "bad_input")


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"client_id": "1", "text": "hi", "txet": "hi"}, "body.txet"),
        ({"client_id": "1", "text": "hi", "answer": {"order": "1"}}, "body.answer.order"),
        ({"text": "hi"}, "body.client_id"),
        ({"client_id": "", "text": "hi"}, "body.client_id"),
        ({"client_id": "a" * 81, "text": "hi"}, "body.client_id"),
        ({"client_id": "a\u0000b", "text": "hi"}, "body.client_id"),
        ({"client_id": "1", "text": 7}, "body.text"),
        ({"client_id": "1", "text": "a\ud800b"}, "body.text"),
        ({"client_id": "1", "attachments": ["a"] * 7}, "body.attachments"),
        ({"client_id": "1", "answer": {}}, "body.answer"),
        ({"client_id": "1", "answer": {"proposal_id": "p"}}, "body.answer"),
        ({"client_id": "1", "answer": {"proposal_id": "p", "decision": "maybe"}}, "body.answer.decision"),
        ({"client_id": "1", "answer": {"fact": "claim.reason", "value": "x" * 501}}, "body.answer.value"),
        ({"client_id": "1", "answer": {"fact": "claim.reason", "value": "\ud800"}}, "body.answer.value"),
        ({"client_id": "1", "answer": {"fact": "claim.amount", "value": float("inf")}}, "body.answer.value"),
        ({"client_id": "1", "answer": {"fact": "claim.amount", "value": float("nan")}}, "body.answer.value"),
        ({"client_id": "1", "answer": {"fact": "claim.amount", "value": 10**400}}, "body.answer.value"),
        (["client_id"], "body"),
    ],
)
def test_a_wrong_shape_is_named(send: Send, body: Any, named: str) -> None:
    """The place that is wrong, an unknown key too, is named in the answer."""
    refused = send(body)
    assert (refused.status_code, error_of(refused)) == (422, "invalid")
    assert any(one["at"].startswith(named) for one in refused.json()["error"]["detail"]), refused.text


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("text", ["", "   \n\t ", "\u0000\u0007\u009f", "\r\r"])
def test_an_empty_message_is_told(send: Send, text: str) -> None:
    """A message without a visible character, a picture or an answer is a 400 that says what to send."""
    refused = send({"client_id": "1", "text": text})
    assert (refused.status_code, error_of(refused)) == (400, "bad_input")
    assert "empty" in refused.json()["error"]["message"]


@pytest.mark.usefixtures("nothing_stored")
def test_fifty_thousand_characters_are_refused(send: Send) -> None:
    """A message longer than the limit is refused with the limit in the answer."""
    refused = send({"client_id": "1", "text": "退" * 50_000})
    assert (refused.status_code, error_of(refused)) == (422, "invalid")
    assert "8000" in refused.text


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("stated", [True, False])
def test_a_huge_body_is_refused(buyer: Caller, conversation: str, stated: bool) -> None:
    """20 MB are a 413, whether the request states its length or sends it in pieces without saying how many."""
    pieces = [b'{"client_id": "', *[b"x" * 2**20] * 20, b'"}']
    content: Any = b"".join(pieces) if stated else iter(pieces)
    headers = {"Content-Type": "application/json"}
    refused = buyer.ask("POST", f"/v1/conversations/{conversation}/messages", content=content, headers=headers)
    assert (refused.status_code, error_of(refused)) == (413, "too_large")


def test_control_characters_are_taken_out(buyer: Caller, conversation: str) -> None:
    """Control characters vanish from a message; line breaks, emoji and Chinese stay."""
    sent = buyer.say(conversation, "退\u0000货\u0007\u001b[31m\n第二行\t👍\u0085")
    assert sent.status_code == 202
    assert sent.json()["event"]["data"]["text"] == "退货[31m\n第二行\t👍"


@pytest.mark.parametrize("after", ["-1", "x", str(2**31), "1.5"])
def test_a_place_in_the_log_is_a_number(buyer: Caller, conversation: str, after: str) -> None:
    """`after` that is no sequence number is refused, on the log and on the stream."""
    for part in ("events", "stream"):
        refused = buyer.get(f"/v1/conversations/{conversation}/{part}?after={after}")
        assert (refused.status_code, error_of(refused)) == (422, "invalid")


@pytest.mark.parametrize("bad", ["a" * 65, "a b", "a'--", "%00", "é!", "*"])
def test_an_impossible_id_is_told(buyer: Caller, bad: str) -> None:
    """An id that no thing can have is refused before anything is looked up."""
    refused = buyer.get(f"/v1/conversations/{bad}")
    assert (refused.status_code, error_of(refused)) == (422, "invalid")


@pytest.mark.parametrize("stars", [0, 6, "five", None, 4.5])
def test_stars_run_from_one_to_five(buyer: Caller, conversation: str, stars: Any) -> None:
    """Any other rating is refused."""
    assert buyer.post(f"/v1/conversations/{conversation}/rating", {"stars": stars}).status_code == 422


def test_an_unknown_path_and_a_wrong_method_have_the_same_shape(server: Server, conversation: str) -> None:
    """404 and 405 look like every other error; a 405 says which methods there are."""
    missing = server.nobody().get("/v1/nothing")
    assert (missing.status_code, error_of(missing)) == (404, "not_found")
    wrong = server.nobody().ask("DELETE", f"/v1/conversations/{conversation}/messages")
    assert (wrong.status_code, error_of(wrong), wrong.headers["allow"]) == (405, "method_not_allowed", "POST")


def test_an_unknown_language_is_told(server: Server) -> None:
    """Texts are there in Chinese and English; anything else is named as wrong."""
    refused = server.buyer("xiaolin").get("/v1/orders?lang=fr")
    assert (refused.status_code, refused.json()["error"]["detail"][0]["at"]) == (422, "query.lang")


def test_what_was_refused_poisons_nothing(buyer: Caller, conversation: str, send: Send) -> None:
    """After any bad input the conversation still opens and still takes a message."""
    for body in ({"client_id": "1", "answer": {"fact": "x", "value": "\ud800"}}, b"{", {"client_id": "1", "text": ""}):
        assert send(body).status_code in (400, 422)
    assert buyer.answered(conversation, "你好", client_id="1")["text"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_orders_are_told_in_both_languages(server: Server, language: str) -> None:
    """The same orders, with states in the language that was asked for."""
    orders = server.buyer("xiaolin").get(f"/v1/orders?lang={language}").json()["orders"]
    assert orders
    assert all(order["state_label"].isascii() == (language == "en") for order in orders)
