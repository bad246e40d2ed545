"""Cases over HTTP: both sides see the same, each does what is theirs, a jury decides in secret, and nothing twice."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from assistant.clock import utc_now
from assistant.scope import Scope
from assistant.store import jurors
from tests.integration.api.laying import lay_case
from tests.integration.api.serving import Caller, Json, Server, error_of, picture


@pytest.fixture
def owner(server: Server) -> Caller:
    """A buyer with a case."""
    return server.buyer()


@pytest.fixture
def conversation(owner: Caller) -> str:
    """Where the case was opened."""
    return owner.opened()


@pytest.fixture
def case(server: Server, owner: Caller, conversation: str) -> str:
    """A return that waits for the merchant's answer."""
    return lay_case(server, owner, conversation)


def act(caller: Caller, case: str, action: str, of: str = "/v1/cases", **said: object) -> Json:
    """Do something, which must work."""
    done = caller.post(f"{of}/{case}/actions", {"client_id": uuid4().hex, "action": action, **said})
    assert done.status_code == 201, done.text
    return dict(done.json())


def shop_acts(server: Server, case: str, action: str, **said: object) -> Json:
    """The merchant does something."""
    return act(server.merchant(), case, action, "/v1/merchant/cases", **said)


def staff_acts(server: Server, case: str, action: str, who: str = "lin", **said: object) -> Json:
    """Somebody at the desk does something."""
    return act(server.staff(who), case, action, "/v1/desk/cases", **said)


def progress(caller: Caller, case: str, of: str = "/v1/cases", lang: str = "zh") -> Json:
    """How far the case has come."""
    found = caller.get(f"{of}/{case}/progress?lang={lang}")
    assert found.status_code == 200, found.text
    return dict(found.json())


def test_all_see_the_same_and_do_their_own(server: Server, owner: Caller, case: str) -> None:
    """Buyer, merchant and staff see one progress; only the actions differ."""
    seen = [progress(owner, case), progress(server.merchant(), case, "/v1/merchant/cases"),
            progress(server.staff(), case, "/v1/desk/cases")]
    actions = [one.pop("actions") for one in seen]
    assert seen[0] == seen[1] == seen[2]
    assert (seen[0]["state"], seen[0]["waits_for"]) == ("requested", "merchant")
    assert actions == [["withdraw"], ["accept", "refuse"], ["accept"]]
    assert [step["done"] for step in seen[0]["steps"]] == [True, False]
    assert progress(owner, case, lang="en")["state_label"] == "Waiting for the merchant"


def test_a_return_over_http(server: Server, owner: Caller, case: str, conversation: str) -> None:
    """Agreed, sent, received, accepted: the money is back, and the chat has heard of every step."""
    shop_acts(server, case, "accept", address="杭州市余杭区仓库2号")
    act(owner, case, "ship", tracking_number=f"SF{uuid4().hex[:10]}", carrier="顺丰")
    shop_acts(server, case, "received")
    done = shop_acts(server, case, "pass_inspection")
    assert (done["state"], done["action"]) == ("refunding", "pass_inspection")
    assert progress(owner, case)["state"] == "done"
    changed = [e["data"]["case"]["state"] for e in owner.events(conversation) if e["kind"] == "case_changed"]
    assert changed[-4:] == ["in_transit", "inspecting", "refunding", "done"]


def test_the_same_client_id_gives_the_same_bytes(server: Server, owner: Caller, case: str) -> None:
    """Sent again, also later, the answer is the first one byte for byte; for something else it is refused."""
    shop_acts(server, case, "accept")
    body = {"client_id": "once", "action": "ship", "tracking_number": f"SF{uuid4().hex[:10]}"}
    first = owner.post(f"/v1/cases/{case}/actions", body)
    shop_acts(server, case, "received")
    again = owner.post(f"/v1/cases/{case}/actions", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    changed = owner.post(f"/v1/cases/{case}/actions", body | {"tracking_number": "SF00000000"})
    assert (changed.status_code, error_of(changed)) == (422, "changed_body")


@pytest.mark.parametrize(("body", "status"), [
    ({"client_id": "a", "action": "confirm_received"}, 409), ({"client_id": "a", "action": "ship"}, 422),
    ({"client_id": "a", "action": "received"}, 422), ({"action": "withdraw", "reason": "x"}, 422),
    ({"client_id": "a", "action": "ship", "tracking_number": "<script>"}, 422), ({"client_id": "a"}, 422),
    ({"client_id": "a", "action": "rate", "stars": 6}, 422), ({"client_id": "a", "action": "rest", "more": 1}, 422),
    ({"client_id": "a", "action": "dispute", "reason": "x", "attachments": ["b" * 32]}, 404),
])
def test_what_cannot_be_done_is_told_in_the_one_shape(owner: Caller, case: str, body: Json, status: int) -> None:
    """The wrong moment is a 409, the wrong shape a 422, somebody else's picture a 404; nothing changes."""
    before = progress(owner, case)
    refused = owner.post(f"/v1/cases/{case}/actions", body)
    assert refused.status_code == status, refused.text
    assert error_of(refused)
    assert progress(owner, case) == before


def test_evidence_is_seen_by_both_sides(server: Server, owner: Caller, case: str, conversation: str) -> None:
    """A picture that the buyer put forward opens for the shop, with its words; one that was not does not."""
    ids = [
        owner.post(f"/v1/conversations/{conversation}/attachments", files={"file": ("a.png", picture(), "image/png")})
        .json()["id"] for _ in range(2)
    ]
    shop_acts(server, case, "refuse", reason="worn")
    act(owner, case, "dispute", reason="not worn", attachments=ids[:1])
    shop = server.merchant()
    found = shop.get(f"/v1/merchant/cases/{case}/evidence").json()["evidence"]
    assert [(one["side"], one["kind"], one["text"]) for one in found] == [
        ("merchant", "refuse", "worn"), ("buyer", "dispute", "not worn"),
    ]
    shown = shop.get(f"/v1/merchant/cases/{case}/evidence/{ids[0]}")
    assert shown.content == owner.get(f"/v1/attachments/{ids[0]}").content
    assert shop.get(f"/v1/merchant/cases/{case}/evidence/{ids[1]}").status_code == 404
    assert server.merchant("banxia").get(f"/v1/merchant/cases/{case}/evidence/{ids[0]}").status_code == 404


def enrolled(server: Server, *people: str) -> None:
    """These buyers sit on juries, and nobody else does."""
    async def enrol() -> None:
        async with server.services.database.write() as tx:
            for one in await jurors.enrolled(tx, "demo"):
                await jurors.leave(tx, Scope("demo", "buyer", one))
            for person in people:
                await jurors.enrol(tx, Scope("demo", "buyer", person), utc_now())

    server.run(enrol())


@pytest.fixture
def small_jury(server: Server) -> Any:
    """Panels of three with a quorum of two, while the test runs."""
    gateway = server.services.gateway
    before = gateway.terms
    object.__setattr__(gateway, "terms", replace(before, panel=3, quorum=2))
    yield
    object.__setattr__(gateway, "terms", before)


def in_mediation(server: Server, owner: Caller, case: str) -> None:
    """Take a case to mediation."""
    shop_acts(server, case, "refuse", reason="worn")
    act(owner, case, "dispute", reason="not worn")
    act(owner, case, "rest")
    shop_acts(server, case, "rest")


@pytest.mark.usefixtures("small_jury")
def test_a_jury_sees_no_names_and_votes_once(server: Server, owner: Caller, case: str) -> None:
    """Drawn jurors see what was put forward and nothing of who; the party and customers of the shop do not sit."""
    people = [f"juror-{uuid4().hex[:8]}" for _ in range(3)]
    enrolled(server, *people, owner.name, "xiaolin")         # Xiaolin has bought from this shop
    in_mediation(server, owner, case)
    assert staff_acts(server, case, "to_jury")["state"] == "jury"
    panel = [server.buyer(name) for name in people]
    listed = panel[0].get("/v1/jury/cases")
    assert [one["case_id"] for one in listed.json()["cases"]] == [case]
    assert not any(word in listed.text for word in (owner.name, "hearth", "260360824866437017"))
    for stranger in (owner, server.buyer("xiaolin")):
        assert stranger.get(f"/v1/jury/cases/{case}").status_code == 404
        vote = stranger.post(f"/v1/jury/cases/{case}/votes", {"client_id": "v", "side": "buyer"})
        assert vote.status_code == 404
    first = panel[0].post(f"/v1/jury/cases/{case}/votes", {"client_id": "v", "side": "buyer"})
    assert panel[0].post(f"/v1/jury/cases/{case}/votes", {"client_id": "v", "side": "buyer"}).content == first.content
    twice = panel[0].post(f"/v1/jury/cases/{case}/votes", {"client_id": "w", "side": "merchant"})
    assert (twice.status_code, error_of(twice)) == (409, "conflict")
    assert progress(owner, case)["votes"] is None
    panel[1].post(f"/v1/jury/cases/{case}/votes", {"client_id": "v", "side": "merchant"})
    last = panel[2].post(f"/v1/jury/cases/{case}/votes", {"client_id": "v", "side": "buyer"})
    assert last.json()["state"] == "ruled"
    seen = progress(owner, case)
    assert (seen["ruled_for"], seen["votes"]) == ("buyer", {"buyer": 2, "merchant": 1})
    assert shop_acts(server, case, "accept_ruling")["state"] == "refunding"


@pytest.mark.usefixtures("small_jury")
def test_without_enough_jurors_a_person_decides(server: Server, owner: Caller, case: str) -> None:
    """A panel that could not reach its quorum is not asked; staff rule, and somebody else hears the appeal."""
    enrolled(server, "xiaolin", owner.name)
    in_mediation(server, owner, case)
    assert staff_acts(server, case, "to_jury")["state"] == "with_staff"
    staff_acts(server, case, "rule", side="merchant", reason="worn")
    act(owner, case, "appeal", reason="look at the label")
    again = server.staff().post(f"/v1/desk/cases/{case}/actions",
                                {"client_id": "x", "action": "rule", "side": "buyer", "reason": "so it is"})
    assert again.status_code == 409
    assert staff_acts(server, case, "rule", "wang", side="buyer", reason="so it is")["state"] == "refunding"


def test_only_experienced_buyers_enrol(server: Server) -> None:
    """A new buyer can't sit on juries; one of tier 3 or more can, and can leave again."""
    assert error_of(server.buyer().ask("PUT", "/v1/jury/enrolment")) == "not_allowed"
    for method in ("PUT", "PUT", "DELETE", "DELETE"):
        assert server.buyer("xiaolin").ask(method, "/v1/jury/enrolment").status_code == 204


def test_lists_are_by_clock_and_of_ones_own(server: Server, owner: Caller, case: str) -> None:
    """A shop lists its cases and not another's; `waiting` leaves those that wait for it."""
    listed = server.merchant().get("/v1/merchant/cases?waiting=true").json()["cases"]
    assert case in [one["case_id"] for one in listed]
    assert {one["waits_for"] for one in listed} <= {"merchant", "both"}
    dues = [one["due"] for one in listed]
    assert dues == sorted(dues)
    assert server.merchant("banxia").get("/v1/merchant/cases").json() == {"cases": []}
    assert case in [one["case_id"] for one in server.staff().get("/v1/desk/cases").json()["cases"]]
