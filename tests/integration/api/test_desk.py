"""The desk over HTTP: log in, see who waits, take over, answer, hand back, close; the copilot only looks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from assistant.building import services_for
from assistant.demo_staff import PASSWORD
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.integration.api.serving import Caller, Json, Server, error_of, serving

AT_NIGHT = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
"""Half past three in the morning in Shanghai: nobody is on duty."""


def _desk(conversation: str, part: str = "") -> str:
    return f"/v1/desk/conversations/{conversation}{part}"


def _login(caller: Caller, name: str, password: str) -> tuple[int, Json]:
    answer = caller.post("/v1/staff/login", {"name": name, "password": password})
    return answer.status_code, answer.json()


def _waiting(lin: Caller) -> list[str]:
    shown = lin.get("/v1/desk/conversations?owner=queued")
    assert shown.status_code == 200
    return [row["id"] for row in shown.json()["conversations"]]


def test_a_login_opens_the_desk(server: Server) -> None:
    """Name and password give a session that opens the desk, and tells who it is for."""
    status, session = _login(server.nobody(), "lin", PASSWORD)
    assert (status, session["staff"]["name"], session["staff"]["role"]) == (200, "lin", "agent")
    assert Caller(server.http, session["token"]).get("/v1/desk/conversations").status_code == 200
    assert "password" not in str(session)


def test_five_wrong_passwords_make_the_name_wait(server: Server) -> None:
    """The sixth try within a minute is a 429, the right password too; other names go on, unknown ones wait alike."""
    for name in ("zhou", "nobody-of-this-name"):
        tries = [_login(server.nobody(), name, f"wrong-{n}") for n in range(5)]
        assert {status for status, _ in tries} == {401}
        assert len({str(body) for _, body in tries}) == 1
        late = server.nobody().post("/v1/staff/login", {"name": name, "password": PASSWORD})
        assert (late.status_code, error_of(late)) == (429, "too_many")
        assert int(late.headers["retry-after"]) > 0
    assert _login(server.nobody(), "lin", PASSWORD)[0] == 200


def test_wrong_passwords_at_once_are_counted(server: Server) -> None:
    """Twenty wrong passwords sent at the same moment get five tries, not twenty."""
    with ThreadPoolExecutor(20) as pool:
        tried = list(pool.map(lambda n: _login(server.nobody(), "stormed", f"wrong-{n}")[0], range(20)))
    assert sorted(tried) == [401] * 5 + [429] * 15


def test_those_who_wait_come_by_urgency_and_then_by_time(server: Server, lin: Caller) -> None:
    """Three who asked for a person stand in the order in which they asked; positions agree with the list."""
    buyers = [server.buyer() for _ in range(3)]
    conversations = [one.opened() for one in buyers]
    for one, conversation in zip(buyers, conversations, strict=True):
        assert one.post(f"/v1/conversations/{conversation}/person").status_code == 200
    waiting = _waiting(lin)
    assert [one for one in waiting if one in conversations] == conversations
    for one, conversation in zip(buyers, conversations, strict=True):
        place = one.get(f"/v1/conversations/{conversation}").json()["queue"]
        assert place["position"] == waiting.index(conversation) + 1
        assert place["open"] or place["promised_at"]


def test_a_row_tells_what_waits(buyer: Caller, lin: Caller, conversation: str) -> None:
    """The desk's list shows who it is, why they wait, and their last words."""
    buyer.answered(conversation, "你好")
    buyer.post(f"/v1/conversations/{conversation}/person")
    shown = lin.get(_desk(conversation)).json()
    row = shown["row"]
    assert (row["buyer"]["id"], row["owner"], row["last_text"]) == (buyer.name, "queued", "你好")
    assert set(row["reason"]) == {"zh", "en"}
    assert row["waiting_since"]
    assert shown["briefing"]["rule"] == row["reason"]["zh"]


def test_one_of_two_takes_it(server: Server, buyer: Caller, conversation: str) -> None:
    """Two people who take the same conversation at once: one has it, the other hears who."""
    buyer.post(f"/v1/conversations/{conversation}/person")
    people = [server.staff("lin"), server.staff("zhou")]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda one: one.post(_desk(conversation, "/take")), people))
    assert sorted(one.status_code for one in told) == [200, 409]
    lost = next(one for one in told if one.status_code == 409)
    winner = next(one.json()["agent"]["name"] for one in told if one.status_code == 200)
    assert error_of(lost) == "conflict"
    assert winner in lost.json()["error"]["message"]
    taken = [e for e in buyer.events(conversation) if e["kind"] == "owner_changed" and e["data"]["to"] == "human"]
    assert len(taken) == 1


def test_who_has_not_taken_it_cannot_speak(server: Server, buyer: Caller, conversation: str) -> None:
    """Words, handing back and closing are for the person who holds the conversation."""
    words = {"client_id": "1", "text": "您好"}
    before = server.staff("lin").post(_desk(conversation, "/messages"), words)
    assert (before.status_code, error_of(before)) == (409, "conflict")
    server.staff("lin").post(_desk(conversation, "/take"))
    for part, body in (("/messages", words), ("/hand-back", None), ("/close", None)):
        refused = server.staff("zhou").post(_desk(conversation, part), body)
        assert (refused.status_code, error_of(refused)) == (409, "conflict")
    assert [e["kind"] for e in buyer.events(conversation)] == ["owner_changed"]


def test_a_persons_words_reach_the_buyer_with_their_name(buyer: Caller, lin: Caller, conversation: str) -> None:
    """What Lin writes comes down the buyer's stream under Lin's name, once for each client id."""
    lin.post(_desk(conversation, "/take"))
    words = {"client_id": "w1", "text": "您好，我是小林\u0000"}
    first, again = (lin.post(_desk(conversation, "/messages"), words) for _ in range(2))
    assert (first.status_code, again.content) == (202, first.content)
    with buyer.frames(f"/v1/conversations/{conversation}/stream") as frames:
        said = next(frame.data for frame in frames if frame.data.get("kind") == "staff_message")
    assert said["data"] == {"client_id": "w1", "text": "您好，我是小林", "name": "lin"}
    assert said["actor"] == "agent"


def test_handed_back_the_assistant_answers(buyer: Caller, lin: Caller, conversation: str) -> None:
    """After handing back the buyer's next message gets the assistant's reply."""
    lin.post(_desk(conversation, "/take"))
    assert lin.post(_desk(conversation, "/hand-back")).json()["owner"] == "assistant"
    assert buyer.answered(conversation, "你好")["text"]
    again = lin.post(_desk(conversation, "/hand-back"))
    assert (again.status_code, error_of(again)) == (409, "conflict")


def test_closed_the_next_message_opens_again(buyer: Caller, lin: Caller, conversation: str) -> None:
    """A closed conversation opens with the buyer's next message; opening the widget begins a new one."""
    buyer.answered(conversation, "你好")
    lin.post(_desk(conversation, "/take"))
    assert lin.post(_desk(conversation, "/close")).json()["owner"] == "closed"
    assert lin.post(_desk(conversation, "/take")).status_code == 409
    assert buyer.answered(conversation, "还有个问题")["text"]
    changes = [e["data"]["to"] for e in buyer.events(conversation) if e["kind"] == "owner_changed"]
    assert changes == ["human", "closed", "assistant"]


def test_what_is_internal_stays_inside(buyer: Caller, lin: Caller, conversation: str) -> None:
    """Notes, readings, decisions and briefings are in the desk's log and never in the buyer's, listed or streamed."""
    buyer.answered(conversation, "我要退货")
    noted = lin.post(_desk(conversation, "/notes"), {"text": "老客户，小心处理"})
    assert (noted.status_code, noted.json()["event"]["visibility"]) == (201, "internal")
    lin.post(_desk(conversation, "/take"))
    inside, outside = lin.get(_desk(conversation)).json()["events"], buyer.events(conversation)
    assert [e for e in inside if e["visibility"] == "public"] == outside
    assert {"note_added", "reading_made", "turn_taken"} <= {e["kind"] for e in inside}
    with buyer.frames(f"/v1/conversations/{conversation}/stream") as frames:
        seen = [next(f.data for f in frames if f.event == "event") for _ in outside]
    assert seen == outside
    with lin.frames(_desk(conversation, "/stream")) as frames:
        shown = [next(f.data for f in frames if f.event == "event") for _ in inside]
    assert shown == inside


def test_an_empty_word_is_not_sent(lin: Caller, conversation: str) -> None:
    """A person's message or note without a visible character is refused."""
    lin.post(_desk(conversation, "/take"))
    for part, body in (("/messages", {"client_id": "e", "text": " \u0000 "}), ("/notes", {"text": "\n"})):
        refused = lin.post(_desk(conversation, part), body)
        assert (refused.status_code, error_of(refused)) == (400, "bad_input")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_copilot_looks_and_touches_nothing(server: Server, lin: Caller, lang: str) -> None:
    """Intents, clauses, the entitlement and a draft are there; conversation and log stay as they were."""
    buyer = server.buyer("hehe" if lang == "zh" else "oliver")
    conversation = buyer.opened()
    buyer.answered(conversation, "七天无理由退货的运费谁承担？" if lang == "zh" else "Who pays return freight?")
    lin.post(_desk(conversation, "/take"))
    before = lin.get(_desk(conversation)).json()
    seen = lin.get(_desk(conversation, f"/copilot?lang={lang}"))
    assert seen.status_code == 200, seen.text
    advice = seen.json()
    assert all(0 <= intent["probability"] <= 1 for intent in advice["intents"])
    assert all(clause["clause"] and clause["title"] for clause in advice["clauses"])
    assert advice["next_step"]
    after = lin.get(_desk(conversation)).json()
    assert (after["conversation"], after["events"]) == (before["conversation"], before["events"])


def test_the_desk_sees_a_buyers_orders(server: Server, lin: Caller) -> None:
    """The same orders that the buyer sees; an unknown buyer has none."""
    assert lin.get("/v1/desk/orders?buyer=laowang").json() == server.buyer("laowang").get("/v1/orders").json()
    assert lin.get("/v1/desk/orders?buyer=nobody").json() == {"orders": []}


@pytest.fixture
def night(tmp_path: Path, shop: FakePlatform) -> Iterator[Server]:
    """The service in the small hours."""
    clock = FixedClock(AT_NIGHT)
    make = partial(services_for, clock=clock, platform=lambda _database, _clock: shop)
    with serving(tmp_path, make) as running:
        yield running


def test_at_night_a_time_is_promised(night: Server) -> None:
    """Out of hours the buyer is told when a person will answer, on the same morning."""
    buyer = night.buyer()
    queue = buyer.post(f"/v1/conversations/{buyer.opened()}/person").json()["queue"]
    promised = datetime.fromisoformat(queue["promised_at"])
    assert queue["open"] is False
    assert AT_NIGHT < promised < AT_NIGHT + timedelta(hours=6)
    assert queue["wait_seconds"] == (promised - AT_NIGHT).total_seconds()
