"""Whole conversations, from the first word to the case, against the service as it is started by hand."""

import signal

import pytest

from tests.e2e.conftest import Service
from tests.integration.api.serving import Caller, Json

FRYER = "260360824866437017"


def _card(reply: Json, kind: str) -> Json:
    return next(card for card in reply["cards"] if card["type"] == kind)


def _order(caller: Caller, order_id: str) -> Json:
    orders = caller.get("/v1/orders").json()["orders"]
    return next(order for order in orders if order["id"] == order_id)


def test_a_claim_becomes_a_decided_confirmed_recorded_case(service: Service) -> None:
    """A buyer says what they want, sees the decision and why, confirms, and has a receipt, a case and the money."""
    buyer = service.buyer("xiaolin")
    conversation = buyer.opened()
    assert _order(buyer, FRYER)["refunded_fen"] == 0

    proposed = buyer.answered(conversation, "空气炸锅还没发货，我不想要了，退款")
    decision, proposal = _card(proposed, "decision"), _card(proposed, "proposal")
    assert decision["outcome"] == "grant"
    assert decision["amount"] == proposal["amount"]
    assert decision["rules"]
    for cited in proposed["citations"]:
        opened = buyer.get("/v1/clauses/" + cited["clause"].replace("#", "%23"))
        assert opened.json()["text"]

    yes = {"proposal_id": proposal["proposal_id"], "decision": "confirm"}
    receipt = _card(buyer.answered(conversation, "确认提交", answer=yes), "receipt")
    assert receipt["amount"]["fen"] == proposal["amount"]["fen"] == 32900
    assert buyer.post(f"/v1/proposals/{proposal['proposal_id']}/confirm").json()["receipt"] == receipt

    case = buyer.get(f"/v1/cases/{receipt['case_number']}").json()
    assert (case["order_id"], case["amount_fen"]) == (FRYER, 32900)
    assert _order(buyer, FRYER)["refunded_fen"] == 32900
    kinds = [event["kind"] for event in buyer.events(conversation)]
    assert kinds.count("receipt_issued") == 1


def test_a_question_beside_the_policies_is_not_answered(service: Service) -> None:
    """What no policy covers is not guessed at: no citation, and a person is offered."""
    buyer = service.buyer("emma")
    reply = buyer.answered(buyer.opened(language="en"), "What is the weather in Paris tomorrow?")
    assert reply["citations"] == []
    assert any((button["answer"] or {}).get("intent") == "act.person" for button in reply["buttons"])


def test_a_policy_is_told_with_its_clause(service: Service) -> None:
    """A question about the policies gets a short answer in its own language, with citations."""
    asked = {"zh": ("hehe", "七天无理由退货的期限怎么算？"), "en": ("oliver", "May I return it without a reason?")}
    for language, (name, question) in asked.items():
        buyer = service.buyer(name)
        reply = buyer.answered(buyer.opened(language=language), question)
        assert reply["citations"]
        assert any("一" <= character <= "鿿" for character in reply["text"]) == (language == "zh")


def test_a_person_takes_over_and_hands_back(service: Service) -> None:
    """The buyer asks for a person, one reads the briefing, answers under their name and hands back."""
    buyer, lin = service.buyer("laowang"), service.staff("lin", "demo")
    conversation = buyer.opened()
    queued = buyer.answered(conversation, "我要找人工客服")
    assert _card(queued, "handoff")["position"] == 1
    assert buyer.get(f"/v1/conversations/{conversation}").json()["owner"] == "queued"

    desk = f"/v1/desk/conversations/{conversation}"
    assert conversation in str(lin.get("/v1/desk/conversations?owner=queued").json())
    assert lin.get(desk).json()["briefing"]["asked"] == "我要找人工客服"
    assert lin.post(f"{desk}/take").json()["owner"] == "human"
    assert lin.get(f"{desk}/copilot").status_code == 200
    assert lin.post(f"{desk}/messages", {"client_id": "1", "text": "王先生您好，我来处理"}).status_code == 202
    assert buyer.wait_for(conversation, "staff_message")["data"]["name"] == "lin"
    assert lin.post(f"{desk}/hand-back").json()["owner"] == "assistant"
    assert buyer.answered(conversation, "谢谢")["text"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_after_a_restart_everything_is_there(service: Service, how: signal.Signals) -> None:
    """Stopped gently or killed while somebody listens, the service starts again with conversation, token and cases."""
    buyer = service.buyer("xiaolin")
    conversation = buyer.opened()
    said = buyer.say(conversation, "我的售后到哪一步了？").json()["event"]
    buyer.wait_for(conversation, "assistant_reply", said["seq"])
    events, cases = buyer.events(conversation), buyer.get("/v1/cases").json()
    with buyer.frames(f"/v1/conversations/{conversation}/stream") as frames:
        assert next(frames).event == "state"
        assert service.stop(how) == -how
    service.start()
    again = Caller(service.http, buyer.token, "xiaolin")
    assert again.opened() == conversation
    assert again.events(conversation) == events
    assert again.get("/v1/cases").json() == cases
