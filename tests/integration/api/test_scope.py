"""Whose is it: nobody sees or touches what is another buyer's or another tenant's, and cannot tell that it exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from assistant.building import services_for
from assistant.scope import Scope
from assistant.store import conversations
from tests.fakes.platform import FakePlatform
from tests.integration.api.laying import ORDER, lay_case, lay_proposal, lay_webhook
from tests.integration.api.routes import GUARDED, Route
from tests.integration.api.serving import Caller, Json, Server, error_of, picture, serving

BODIES: dict[str, dict[str, object]] = {
    "messages": {"json": {"client_id": "x", "text": "退款"}},
    "rating": {"json": {"stars": 1}},
    "notes": {"json": {"text": "a note"}},
    "attachments": {"files": {"file": ("a.png", picture(), "image/png")}},
    "actions": {"json": {"client_id": "x", "action": "rest"}},
    "/v1/desk/cases/{case_id}/actions": {"json": {"client_id": "x", "action": "to_jury"}},
    "votes": {"json": {"client_id": "x", "side": "buyer"}},
    "reports": {"json": {"kind": "edited_photo", "words": "x", "serial": "SN1"}},
    "decline": {"json": {"reason": "x"}},
    "answer": {"json": {"words": "x"}},
    "appeal": {"json": {"words": "x"}},
    "decide": {"json": {"result": "dismissed", "words": "x"}},
}
"""What would be accepted, were it one's own, by the path or its last part."""


@dataclass(frozen=True)
class Belongings:
    """All that is Xiaolin's: the ids that others try."""

    owner: Caller
    ids: dict[str, str]
    before: list[Json]


@pytest.fixture(scope="module")
def belongings(server: Server) -> Belongings:
    """A conversation of Xiaolin's with a message, a picture, an open proposal, and a case that is in dispute."""
    owner = server.buyer("xiaolin")
    conversation = owner.opened()
    owner.answered(conversation, "你好")
    uploaded = owner.post(f"/v1/conversations/{conversation}/attachments", **BODIES["attachments"])
    case, picture_id = lay_case(server, owner, conversation), uploaded.json()["id"]
    refused = {"client_id": "r", "action": "refuse", "reason": "worn"}
    assert server.merchant().post(f"/v1/merchant/cases/{case}/actions", refused).status_code == 201
    disputed = {"client_id": "d", "action": "dispute", "reason": "not worn", "attachments": [picture_id]}
    assert owner.post(f"/v1/cases/{case}/actions", disputed).status_code == 201
    report = server.merchant().post(f"/v1/merchant/cases/{case}/reports", BODIES["reports"]["json"])
    assert report.status_code == 201, report.text
    asked = {"goods": [{"order_id": ORDER, "item_id": "x"}], "noticed_at": "2026-11-20T08:00:00Z", "words": "x"}
    release = server.merchant().post("/v1/merchant/releases", asked)
    assert release.status_code == 201, release.text
    ids = {
        "conversation_id": conversation, "attachment_id": picture_id, "case_id": case,
        "report_id": report.json()["report"]["id"], "release_id": release.json()["id"],
        "proposal_id": lay_proposal(server, owner, conversation), "webhook_id": lay_webhook(server, "w-scope"),
    }
    return Belongings(owner, ids, owner.events(conversation))


@pytest.fixture(scope="module")
def elsewhere(server: Server, shop: FakePlatform) -> Iterator[Server]:
    """Another tenant's service over the same database, with the same keys."""
    make = partial(services_for, platform=lambda _database, _clock: shop)
    keys: dict[str, Any] = {"shop_secret": server.keys.shop, "staff_secret": server.keys.staff}
    with serving(server.settings.home, make, tenant="elsewhere", demo=False, **keys) as running:
        yield running


OWNED = [route for route in GUARDED if "{" in route.path]
OF_BUYERS = [route for route in OWNED if route.for_buyers and not route.path.startswith("/v1/jury")]
"""A case is its parties'; on its jury sit others."""


def _try(caller: Caller, route: Route, ids: dict[str, str]) -> httpx.Response:
    body = BODIES.get(route.path) or BODIES.get(route.path.rsplit("/", 1)[-1], {})
    return caller.ask(route.method, route.at(**ids), **body)


def _callers(server: Server, elsewhere: Server, route: Route) -> list[Caller]:
    """Everyone whose token opens the route, and to whom Xiaolin's things are not there."""
    of_buyers = [server.buyer("dawei"), elsewhere.buyer("xiaolin")] if route.for_buyers else []
    of_shops = [server.merchant("banxia"), elsewhere.merchant()] if route.for_merchants else []
    return of_buyers + of_shops + ([elsewhere.staff("lin")] if route.for_staff else [])


@pytest.mark.parametrize("route", OWNED, ids=str)
def test_not_yours_is_not_there(server: Server, elsewhere: Server, belongings: Belongings, route: Route) -> None:
    """To a stranger somebody's thing answers byte for byte as one that does not exist."""
    missing = {name: uuid4().hex for name in belongings.ids}
    for caller in _callers(server, elsewhere, route):
        theirs, nobodys = _try(caller, route, belongings.ids), _try(caller, route, missing)
        assert (theirs.status_code, error_of(theirs)) == (404, "not_found")
        assert theirs.content == nobodys.content
        assert _told(theirs) == _told(nobodys)


def _told(response: httpx.Response) -> dict[str, str]:
    """The headers, but for the time of day."""
    return {name: value for name, value in response.headers.items() if name != "date"}


def test_what_strangers_tried_changed_nothing(belongings: Belongings) -> None:
    """After all those tries the log, the case and the open proposal are what they were."""
    owner, ids = belongings.owner, belongings.ids
    assert owner.events(ids["conversation_id"]) == belongings.before
    assert [case["id"] for case in owner.get("/v1/cases").json()["cases"]] == [ids["case_id"]]
    assert owner.get(f"/v1/attachments/{ids['attachment_id']}").status_code == 200


@pytest.mark.parametrize("route", OF_BUYERS, ids=str)
def test_the_owner_gets_in(belongings: Belongings, route: Route) -> None:
    """The same requests succeed for the owner, so it is the identity that they fail on."""
    if route.path.endswith("/stream"):
        with belongings.owner.frames(route.at(**belongings.ids)) as frames:
            assert next(frames).event == "state"
        return
    assert _try(belongings.owner, route, belongings.ids).status_code in (200, 201, 202, 204, 409)


def test_lists_hold_what_is_ones_own(server: Server, elsewhere: Server, belongings: Belongings) -> None:
    """Orders, cases and the desk's list of somebody else show nothing of Xiaolin's."""
    assert belongings.owner.get("/v1/cases").json()["cases"]
    for stranger in (server.buyer("dawei"), server.buyer(), elsewhere.buyer("xiaolin")):
        assert stranger.get("/v1/cases").json() == {"cases": []}
    shown = server.buyer("laowang").get("/v1/orders").json()["orders"]
    assert shown
    assert ORDER not in {order["id"] for order in shown}
    assert elsewhere.staff("lin").get("/v1/desk/conversations").json() == {"conversations": []}


def _chat(server: Server, caller: Caller, answer: Json) -> tuple[str, list[Json]]:
    """A buyer asks for a refund and answers "which order?" with `answer`; the conversation and its events."""
    conversation = caller.opened()
    caller.answered(conversation, "我要退款")
    caller.answered(conversation, "这个", answer=answer)
    return conversation, server.staff().get(f"/v1/desk/conversations/{conversation}").json()["events"]


@pytest.mark.parametrize("order", [ORDER, "no-such-order", "' OR 1=1 --"])
def test_somebody_elses_order_is_never_acted_on(server: Server, order: str) -> None:
    """Naming another buyer's order, or none that there is, leads to no decision and no proposal about it."""
    _, events = _chat(server, server.buyer("laowang" if order == ORDER else None), {"order_id": order})
    made = [event for event in events if event["kind"] in ("proposal_made", "decision_made", "receipt_issued")]
    assert order not in str(made)
    assert not any(event["kind"] == "proposal_made" for event in made)
    replies = [event["data"]["reply"] for event in events if event["kind"] == "assistant_reply"]
    assert order not in str(replies)


def test_somebody_elses_proposal_is_never_confirmed(
    server: Server, belongings: Belongings, shop: FakePlatform
) -> None:
    """A yes to another buyer's proposal, as an answer in the chat, does nothing."""
    theirs, asked = belongings.ids["proposal_id"], len(shop.asked)
    _, events = _chat(server, server.buyer("meimei"), {"proposal_id": theirs, "decision": "confirm"})
    assert not [event for event in events if event["kind"] in ("receipt_issued", "proposal_closed")]
    assert len(shop.asked) == asked


@pytest.mark.parametrize("order", [ORDER, "no-such-order"])
def test_somebody_elses_order_on_the_page_is_ignored(server: Server, order: str) -> None:
    """A page that names another buyer's order opens a conversation that knows nothing of it."""
    caller = server.buyer()
    conversation = caller.opened(page={"order_id": order, "url": "https://shop.example/orders"})

    async def page_order() -> str | None:
        async with server.services.database.read() as tx:
            found = await conversations.find(tx, Scope("demo", "system", "test"), conversation)
        return found.state.page_order_id

    assert server.run(page_order()) is None


def test_somebody_elses_picture_cannot_be_sent(server: Server, belongings: Belongings) -> None:
    """A message that attaches another buyer's picture is refused, and not stored."""
    caller = server.buyer()
    conversation = caller.opened()
    refused = caller.say(conversation, "看图", attachments=[belongings.ids["attachment_id"]])
    assert (refused.status_code, error_of(refused)) == (404, "not_found")
    assert caller.events(conversation) == []
