"""Sending: once is once, a burst is one turn, and the assistant is silent while a person answers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from tests.integration.api.serving import Caller, Json, serving, until


def _handled(lin: Caller, conversation: str) -> int:
    """The last of the buyer's messages that a turn has answered, as the desk sees it."""
    shown = lin.get(f"/v1/desk/conversations/{conversation}").json()
    turns = [event["data"]["handled_seq"] for event in shown["events"] if event["kind"] == "turn_taken"]
    return int(turns[-1]) if turns else 0


def _kinds(events: list[Json]) -> list[str]:
    return [event["kind"] for event in events]


def test_the_same_message_twice_is_one(buyer: Caller, lin: Caller, conversation: str) -> None:
    """Sending again with the same client id gives the same event with 200, and one reply in all."""
    first = buyer.say(conversation, "你好", "c-1")
    assert first.status_code == 202
    for again in (buyer.say(conversation, "你好", "c-1"), buyer.say(conversation, "换了一句", "c-1")):
        assert (again.status_code, again.content) == (200, first.content)
    until(lambda: _handled(lin, conversation) == first.json()["event"]["seq"], "the turn")
    late = buyer.say(conversation, "你好", "c-1")
    assert (late.status_code, late.content) == (200, first.content)
    assert _kinds(buyer.events(conversation)) == ["buyer_message", "assistant_reply"]


def test_ten_at_once_with_one_client_id_are_one(buyer: Caller, lin: Caller, conversation: str) -> None:
    """Ten concurrent sends of one message make one event and one reply; one is told 202, nine 200."""
    with ThreadPoolExecutor(10) as pool:
        sent = list(pool.map(lambda _: buyer.say(conversation, "你好", "once"), range(10)))
    assert sorted(one.status_code for one in sent) == [200] * 9 + [202]
    assert len({one.content for one in sent}) == 1
    until(lambda: _handled(lin, conversation) == 1, "the turn")
    assert _kinds(buyer.events(conversation)) == ["buyer_message", "assistant_reply"]


def test_a_burst_is_one_turn(tmp_path: Path) -> None:
    """Five different messages at once get one reply, which has read them all."""
    texts = ["在吗", "我想问一下", "退货", "运费谁出", "急"]
    with serving(tmp_path, burst_ms=600) as server, ThreadPoolExecutor(5) as pool:
        buyer, lin = server.buyer(), server.staff()
        conversation = buyer.opened()
        sent = list(pool.map(lambda text: buyer.say(conversation, text), texts))
        assert [one.status_code for one in sent] == [202] * 5
        until(lambda: _handled(lin, conversation) == 5, "the turn")
        assert _kinds(buyer.events(conversation)).count("assistant_reply") == 1


def test_words_sent_at_once_keep_their_order_and_number(buyer: Caller, conversation: str) -> None:
    """Twenty concurrent messages are twenty events with gapless numbers, none lost."""
    ids = [uuid4().hex for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        sent = list(pool.map(lambda one: buyer.say(conversation, "你好", one), ids))
    mine = {one.json()["event"]["data"]["client_id"]: one.json()["event"]["seq"] for one in sent}
    logged = {e["data"]["client_id"]: e["seq"] for e in buyer.events(conversation) if e["kind"] == "buyer_message"}
    assert mine == logged
    assert set(mine) == set(ids)


def test_the_assistant_is_silent_while_a_person_answers(buyer: Caller, lin: Caller, conversation: str) -> None:
    """What the buyer writes to a person gets no reply from the assistant, then or later."""
    buyer.answered(conversation, "你好")
    assert lin.post(f"/v1/desk/conversations/{conversation}/take").status_code == 200
    to_lin = buyer.say(conversation, "你们是真人吗？退货运费谁出").json()["event"]["seq"]
    assert lin.post(f"/v1/desk/conversations/{conversation}/hand-back").status_code == 200
    to_assistant = buyer.say(conversation, "谢谢").json()["event"]["seq"]
    buyer.wait_for(conversation, "assistant_reply", to_assistant)
    between = [event for event in buyer.events(conversation, to_lin) if event["seq"] < to_assistant]
    assert _kinds(between) == ["owner_changed"]


def test_opening_again_resumes(buyer: Caller, conversation: str) -> None:
    """Opening twice, also ten times at once, gives the same conversation."""
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda _: buyer.opened(), range(10))) == {conversation}


def test_a_rating_is_kept(buyer: Caller, conversation: str) -> None:
    """Stars and a comment are in the log, where the buyer and the desk see them."""
    rated = buyer.post(f"/v1/conversations/{conversation}/rating", {"stars": 4, "comment": "快\u0000"})
    assert rated.status_code == 204
    assert buyer.events(conversation)[-1]["data"] == {"stars": 4, "comment": "快"}


def test_asking_for_a_person_twice_keeps_the_place(buyer: Caller, conversation: str) -> None:
    """The second time changes nothing, and the assistant no longer answers."""
    first = buyer.post(f"/v1/conversations/{conversation}/person").json()
    again = buyer.post(f"/v1/conversations/{conversation}/person").json()
    assert (first["owner"], first["last_seq"]) == (again["owner"], again["last_seq"])
    assert first["owner"] == "queued"
    assert first["queue"]["position"] >= 1
