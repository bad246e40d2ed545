"""The second person over HTTP: held with 202, listed for the desk, approved once, declined with a reason."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fakes.platform import FakePlatform
from tests.integration.api.laying import lay_proposal
from tests.integration.api.serving import Caller, Server, error_of


@pytest.fixture
def held(server: Server, buyer: Caller, conversation: str) -> Iterator[str]:
    """A proposal that the buyer has confirmed, at a platform where every amount is high."""
    services = server.app.state.services
    server.app.state.services = replace(services, gateway=replace(services.gateway, wants_approval=lambda _: True))
    proposal = lay_proposal(server, buyer, conversation)
    told = buyer.post(f"/v1/proposals/{proposal}/confirm")
    assert (told.status_code, told.json()) == (202, {"receipt": None})
    yield proposal
    server.app.state.services = services


def test_what_is_held_is_listed_for_the_desk(server: Server, held: str, shop: FakePlatform) -> None:
    """People at the desk see what waits, how much it is and what the buyer saw; nothing was done yet."""
    waiting = server.staff("lin").get("/v1/desk/approvals").json()["approvals"]
    mine = next(one for one in waiting if one["proposal_id"] == held)
    assert mine["amount_fen"] == 12900
    assert shop.done[held] == 0


def test_approved_it_is_done_and_told(server: Server, buyer: Caller, conversation: str, held: str, shop: FakePlatform
                                      ) -> None:
    """The approval carries it out once; the buyer's own confirmation then gives the receipt."""
    first, again = (server.staff("lin").post(f"/v1/desk/approvals/{held}/approve") for _ in range(2))
    assert first.status_code == 200
    assert again.content == first.content
    assert shop.done[held] == 1
    assert buyer.post(f"/v1/proposals/{held}/confirm").json() == first.json()
    assert "receipt_issued" in [event["kind"] for event in buyer.events(conversation)]


def test_declined_the_buyer_reads_why(server: Server, buyer: Caller, conversation: str, held: str, shop: FakePlatform
                                      ) -> None:
    """A no with its reason does nothing, and can't be turned into a yes any more."""
    assert server.staff("lin").post(f"/v1/desk/approvals/{held}/decline", {"reason": "凭证不符"}).status_code == 204
    assert any("凭证不符" in str(event) for event in buyer.events(conversation))
    late = server.staff("lin").post(f"/v1/desk/approvals/{held}/approve")
    assert (late.status_code, error_of(late)) == (409, "conflict")
    assert shop.done[held] == 0


def test_buyers_approve_nothing(buyer: Caller, held: str) -> None:
    """The desk's routes are closed to buyers, their own proposals included."""
    assert buyer.post(f"/v1/desk/approvals/{held}/approve").status_code in (401, 403)
