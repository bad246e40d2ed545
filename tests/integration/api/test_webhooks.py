"""The door for the platform's webhooks: who gets in, and what they hear."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import httpx
import pytest

from assistant.building import services_for
from assistant.clock import utc_now
from assistant.signing import webhook_headers
from tests.fakes.platform import FakePlatform
from tests.fakes.scenes import column
from tests.integration.api.laying import lay_webhook
from tests.integration.api.serving import Server, error_of, serving, until

PATH = "/v1/webhooks/platform"
SECRET = "p" * 40
BODY = json.dumps({"kind": "drone.landed", "at": "2026-11-21T09:30:00+08:00"}).encode()


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that shares a secret with its platform."""
    shop = FakePlatform()
    make = partial(services_for, platform=lambda _database, _clock: shop)
    with serving(tmp_path_factory.mktemp("hooked"), make, platform_secret=SECRET) as running:
        yield running


def send(server: Server, webhook_id: str, body: bytes = BODY, *, secret: str = SECRET, age: int = 0,
         **changed: str) -> httpx.Response:
    """Send a webhook, signed `age` seconds ago."""
    headers = webhook_headers(secret, webhook_id, body, utc_now() - timedelta(seconds=age)) | changed
    return server.http.post(PATH, content=body, headers=headers | {"content-type": "application/json"})


def test_a_signed_webhook_is_taken_and_worked_off(hooked: Server) -> None:
    """The answer is 202 with the id, the same again for a double; the work is done soon after."""
    answers = [send(hooked, "m1"), send(hooked, "m1"), send(hooked, "m1", age=200)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"id":"m1"}')}
    until(lambda: hooked.run(column(hooked.services.database, "platform_news", "state", "id", "m1")) == ["noted"],
          "the webhook to be worked off")


@pytest.mark.parametrize("forged", [
    {"secret": "q" * 40}, {"secret": ""}, {"age": 301}, {"age": -301}, {"webhook-signature": "v1,"},
    {"webhook-id": "m3"}, {"webhook-signature": ""}, {"webhook-timestamp": "1"}, {"webhook-timestamp": "soon"},
    {"webhook-timestamp": "9" * 400}, {"webhook-timestamp": "-5"},
    {"webhook-signature": "v2," + "A" * 44}, {"webhook-signature": "x" * 5000},
], ids=str)
def test_a_forged_or_stale_one_is_not(hooked: Server, forged: dict[str, str | int]) -> None:
    """Another secret, a time more than five minutes off, no signature: 401, and nothing is kept."""
    answer = send(hooked, "m2", **forged)  # type: ignore[arg-type]
    assert (answer.status_code, error_of(answer)) == (401, "unauthorised")


def test_nobody_gets_in_with_a_token(hooked: Server) -> None:
    """A buyer's and a staff member's token are no signature."""
    for caller in (hooked.buyer(), hooked.staff(), hooked.nobody()):
        assert caller.post(PATH, {"kind": "x", "at": "2026-11-21T09:30:00Z"}).status_code == 401


def test_an_id_is_for_one_body(hooked: Server) -> None:
    """The same id with another body is 409."""
    send(hooked, "m4")
    assert send(hooked, "m4", BODY.replace(b"drone", b"crane")).status_code == 409


@pytest.mark.parametrize(("body", "status"), [
    (b"", 400), (b"{}", 400), (b"{", 400), (b"\xff\xfe", 400), (b"[" * 60_000, 400), (b" " * 65_537, 413),
    (b'{"kind": "parcel.back", "at": "2026-11-21T09:30:00Z"}', 400),
], ids=lambda value: str(value)[:30])
def test_what_cannot_be_used_is_told(hooked: Server, body: bytes, status: int) -> None:
    """A signed body that is no webhook is 400, one of more than 64 KB 413, in the one shape of errors."""
    answer = send(hooked, "m5", body)
    assert answer.status_code == status
    assert error_of(answer)


@pytest.mark.parametrize("odd", ["", "a" * 65, "a b", "a/b", "a'--"])
def test_ids_are_plain(hooked: Server, odd: str) -> None:
    """An id that could not stand in a path is refused."""
    assert send(hooked, odd).status_code == 400


def test_without_a_secret_there_is_no_door(server: Server) -> None:
    """Where no secret is shared with a platform, the path is 404, however a request is signed."""
    assert send(server, "m1", secret="").status_code == 404


def test_the_desk_sees_what_got_stuck(hooked: Server) -> None:
    """Staff see webhooks that failed, with the reason, and can try them afresh; buyers see nothing."""
    lin = hooked.staff()
    assert lin.get("/v1/desk/webhooks").json() == {"outgoing": [], "incoming": []}
    lay_webhook(hooked, "m6")
    found = lin.get("/v1/desk/webhooks").json()["incoming"]
    assert [(one["id"], one["kind"], one["error"]) for one in found] == [("m6", "drone.landed", "in vain")]
    assert lin.post("/v1/desk/webhooks/m6/retry").status_code == 204
    assert lin.post("/v1/desk/webhooks/m6/retry").status_code == 404
    assert hooked.buyer().get("/v1/desk/webhooks").status_code == 401
