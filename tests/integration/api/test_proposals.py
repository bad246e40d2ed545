"""Yes and no over HTTP: done once, told the same way every time, and never after the time is up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.fakes.platform import FakePlatform
from tests.integration.api.laying import ORDER, lay_proposal
from tests.integration.api.serving import Caller, Server, error_of


@pytest.fixture
def proposal(server: Server, buyer: Caller, conversation: str) -> str:
    """A fresh proposal to refund an order."""
    return lay_proposal(server, buyer, conversation)


def test_confirmed_twice_is_done_once(buyer: Caller, proposal: str, shop: FakePlatform) -> None:
    """The second yes gives the very same receipt, and the platform was asked to do it once."""
    first, again = (buyer.post(f"/v1/proposals/{proposal}/confirm") for _ in range(2))
    assert first.status_code == 200
    assert again.content == first.content
    assert shop.done[proposal] == 1
    assert first.json()["receipt"]["amount"]["fen"] == 12900


def test_confirmed_at_once_is_done_once(buyer: Caller, conversation: str, proposal: str, shop: FakePlatform) -> None:
    """Twelve concurrent confirmations get the same bytes; one receipt is in the log, one case is open."""
    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(lambda _: buyer.post(f"/v1/proposals/{proposal}/confirm"), range(12)))
    assert {one.status_code for one in told} == {200}
    assert len({one.content for one in told}) == 1
    assert shop.done[proposal] == 1
    receipt = told[0].json()["receipt"]
    issued = [e for e in buyer.events(conversation) if e["kind"] == "receipt_issued"]
    assert [e["data"]["receipt"]["case_id"] for e in issued].count(receipt["case_id"]) == 1
    shown = buyer.get(f"/v1/cases/{receipt['case_number']}").json()
    assert (shown["id"], shown["order_id"]) == (receipt["case_id"], ORDER)


def test_yes_and_no_at_once_end_in_one_of_them(
    server: Server, buyer: Caller, conversation: str, shop: FakePlatform
) -> None:
    """Whoever comes first wins: either a receipt and 409 for every no, or refused and 409 for every yes."""
    for _ in range(10):
        proposal = lay_proposal(server, buyer, conversation)
        words = ["confirm", "refuse"] * 3
        with ThreadPoolExecutor(6) as pool:
            told = list(pool.map(lambda word, it=proposal: buyer.post(f"/v1/proposals/{it}/{word}"), words))
        got = {word: {one.status_code for one, w in zip(told, words, strict=True) if w == word} for word in set(words)}
        done = shop.done[proposal]
        assert got == ({"confirm": {200}, "refuse": {409}} if done else {"confirm": {409}, "refuse": {204}})
        assert done in (0, 1)


def test_no_after_yes_is_too_late(buyer: Caller, proposal: str) -> None:
    """What was confirmed cannot be refused any more."""
    assert buyer.post(f"/v1/proposals/{proposal}/confirm").status_code == 200
    late = buyer.post(f"/v1/proposals/{proposal}/refuse")
    assert (late.status_code, error_of(late)) == (409, "conflict")


def test_yes_after_no_is_too_late(buyer: Caller, conversation: str, proposal: str, shop: FakePlatform) -> None:
    """What was refused is off the table; refusing again changes nothing; the log says so once."""
    for _ in range(2):
        assert buyer.post(f"/v1/proposals/{proposal}/refuse").status_code == 204
    late = buyer.post(f"/v1/proposals/{proposal}/confirm")
    assert (late.status_code, error_of(late)) == (409, "conflict")
    assert "refused" in late.json()["error"]["message"]
    assert shop.done[proposal] == 0
    closed = [e["data"] for e in buyer.events(conversation) if e["kind"] == "proposal_closed"]
    assert closed.count({"proposal_id": proposal, "state": "refused"}) == 1


def test_yes_after_the_time_is_up_does_nothing(
    server: Server, buyer: Caller, conversation: str, shop: FakePlatform
) -> None:
    """An expired proposal is a 409 that says so, the first time and every time."""
    proposal = lay_proposal(server, buyer, conversation, timedelta(seconds=-1))
    for _ in range(2):
        late = buyer.post(f"/v1/proposals/{proposal}/confirm")
        assert (late.status_code, error_of(late)) == (409, "conflict")
        assert "expired" in late.json()["error"]["message"]
    assert shop.done[proposal] == 0


def test_staff_cannot_say_yes(server: Server, lin: Caller, proposal: str, shop: FakePlatform) -> None:
    """Nobody but the buyer confirms: a staff session is no key to that door."""
    refused = lin.post(f"/v1/proposals/{proposal}/confirm")
    assert (refused.status_code, error_of(refused)) == (401, "unauthorised")
    assert shop.done[proposal] == 0


def test_yes_in_the_chat_is_the_same_yes(buyer: Caller, conversation: str, proposal: str, shop: FakePlatform) -> None:
    """A tapped confirmation sent as a message, and then again by its own route, is one effect and one receipt."""
    reply = buyer.answered(conversation, "确认", answer={"proposal_id": proposal, "decision": "confirm"})
    assert [card["type"] for card in reply["cards"]] == ["receipt"]
    again = buyer.post(f"/v1/proposals/{proposal}/confirm")
    assert again.json()["receipt"]["case_number"] == reply["cards"][0]["case_number"]
    assert shop.done[proposal] == 1


def test_what_is_not_there_cannot_be_confirmed(buyer: Caller) -> None:
    """An unknown proposal is a 404."""
    missing = buyer.post(f"/v1/proposals/{'a' * 32}/confirm")
    assert (missing.status_code, error_of(missing)) == (404, "not_found")
