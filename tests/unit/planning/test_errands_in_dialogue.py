"""Errands around an order, in dialogue: filled from one message, asked only what is missing, shown in full."""

from dataclasses import replace

import pytest

from assistant.cases.opening import open_case
from assistant.commerce.platform import Line
from assistant.conversation import Asked
from assistant.planning.step import (
    AskFact,
    Confirm,
    Hesitation,
    Propose,
    Refuse,
    ShowCases,
    ShowPayments,
    ShowProducts,
    Situation,
)
from assistant.replies.details import details
from tests.fakes.clock import NOW
from tests.unit.planning.situations import MIND, WORLD, Talk, goods, situation_of

FRYER, PHONE, DRESS, BUDS, MASK = "炸锅", "5G手机", "连衣裙", "耳机", "面膜"
GOODS = {product.id: product for product in WORLD.products}


def card_of(step: Propose, situation: Situation) -> tuple[str, ...]:
    """The lines that the proposal's card adds for the command."""
    return details(step.command, situation, MIND.book.every_fact, "zh")


def proposed(step: object) -> Propose:
    """The step, which must be a proposal."""
    assert isinstance(step, Propose), step
    return step


def test_an_address_is_changed_in_one_message() -> None:
    """Street and phone come from one sentence; the card shows both as they will be sent."""
    talk = Talk()
    step = proposed(talk.say("炸锅地址改成杭州市余杭区文一西路969号3幢，电话13812345678", "order.address"))
    assert step.command.name == "change_address"
    assert step.command.order_id == goods(talk.situation, FRYER).order.id
    shown = "\n".join(card_of(step, talk.situation))
    assert "杭州市余杭区文一西路969号3幢" in shown
    assert "13812345678" in shown


def test_only_the_missing_address_is_asked() -> None:
    """Without a place it is asked once, and the answer is taken as it is written."""
    talk = Talk()
    asked = talk.say("炸锅那单改个地址", "order.address")
    assert isinstance(asked, AskFact)
    assert asked.fact == "claim.address"
    step = proposed(talk.say("文三路478号", facts={"claim.address": "文三路478号"}))
    assert step.command.arguments["address"] == "文三路478号"


def test_a_question_back_is_no_address() -> None:
    """"Why do you need it?" in answer to "where to?" changes nothing and is not sent to the shop as a street."""
    talk = Talk()
    talk.say("炸锅那单改个地址", "order.address")
    said = "运费要另外收吗？"
    step = talk.say(said, "ask.policy.freight", facts={"claim.address": said})
    assert not isinstance(step, Propose)
    assert talk.state.task is not None
    assert "claim.address" not in talk.state.task.facts


def test_what_was_sent_cannot_be_sent_elsewhere() -> None:
    """After dispatch the buyer is told why, and what remains."""
    step = Talk().say("连衣裙地址改成文三路478号", "order.address")
    assert isinstance(step, Refuse)
    assert "发货" in step.decision.because[0].zh


def test_an_unpaid_order_is_cancelled_without_money() -> None:
    """What nobody paid for is cancelled, and the offer speaks of no money."""
    step = proposed(Talk().say("面膜那单取消", "order.cancel"))
    assert (step.command.name, step.command.amount_fen) == ("cancel_order", 0)


def test_a_cancelled_order_brings_back_all_of_it() -> None:
    """The whole order is cancelled, and the amount is what was paid for the whole of it."""
    step = proposed(Talk().say("空气炸锅取消订单", "order.cancel"))
    assert (step.command.name, step.command.item_id, step.command.amount_fen) == ("cancel_order", None, 32900)


def test_cancelling_what_was_sent_becomes_a_refund_claim() -> None:
    """A buyer who cancels what is on its way is not turned away, but asked what a refund needs."""
    talk = Talk()
    step = talk.say("连衣裙取消订单", "order.cancel")
    assert isinstance(step, AskFact)
    assert step.order_differs
    assert talk.state.task is not None
    assert talk.state.task.claim == "refund"


@pytest.mark.parametrize(("said", "step"), [
    ("取消吧", Confirm), ("确认取消", Confirm), ("取消", Hesitation), ("cancel it", Confirm), ("cancel", Hesitation),
])
def test_yes_to_cancelling_may_say_cancel(said: str, step: type) -> None:
    """Before an offer to cancel an order "cancel it" is a yes; the bare word could be either and is asked again."""
    talk = Talk()
    proposed(talk.say("空气炸锅取消订单", "order.cancel"))
    assert isinstance(talk.say(said, "act.refuse"), step)


def test_urging_once_is_enough() -> None:
    """Urged within a day already, the buyer is told so, and what a late shop owes is left open."""
    situation = situation_of()
    order = goods(situation, FRYER).order
    urged = replace(order, facts={"urged_at": NOW.isoformat()})
    orders = tuple(urged if one.id == order.id else one for one in situation.orders)
    step = Talk(orders=orders).say("炸锅再催一下", "order.urge")
    assert isinstance(step, Refuse)
    assert {one.remedy for one in step.decision.alternatives} <= {"compensation", "complaint"}


def test_a_visit_is_booked_for_a_day_to_come() -> None:
    """"Wednesday" in a booking lies ahead, and tells nothing of when the goods were bought."""
    talk = Talk("laowang")
    step = proposed(talk.say("冰箱约周三下午上门安装", "order.book"))
    assert step.command.order_id == goods(talk.situation, "冰箱").order.id
    assert dict(step.command.arguments) | {"rule": "", "claim": ""} == {
        "rule": "", "claim": "", "service": "installation", "visit_day": "2026-11-25", "visit_time": "afternoon",
    }
    assert any("2026-11-25" in line for line in card_of(step, talk.situation))


def test_what_a_visit_needs_is_asked_one_by_one() -> None:
    """Which visit and which day are asked where the message leaves them out."""
    talk = Talk("laowang")
    asked = talk.say("冰箱帮我预约一下师傅", "order.book")
    assert isinstance(asked, AskFact)
    assert asked.fact == "claim.service"
    asked = talk.tap(fact="claim.service", value="repair")
    assert isinstance(asked, AskFact)
    assert asked.fact == "claim.visit_day"
    assert proposed(talk.say("后天吧")).command.arguments["visit_day"] == "2026-11-22"


def test_goods_are_ordered_with_their_number_and_payment() -> None:
    """Two of the product that is named, by gift card: the total is the platform's, and the card lists all of it."""
    talk = Talk(found=GOODS)
    step = proposed(talk.say("帮我下单买两台星野平板用银行卡付", "order.place"))
    assert step.command.lines == (Line("nova-pad", 2),)
    assert step.command.amount_fen == 2 * GOODS["nova-pad"].price_fen
    shown = card_of(step, talk.situation)
    assert any("×2" in line and "3,798.00" in line for line in shown)
    assert any("银行卡" in line for line in shown)


def test_how_to_pay_is_asked_before_anything_is_ordered() -> None:
    """Without a way to pay it is asked; a name that is none of the buyer's own is not made up."""
    talk = Talk(found=GOODS)
    asked = talk.say("帮我下单买一台星野平板", "order.place")
    assert isinstance(asked, AskFact)
    assert asked.fact == "claim.payment"
    assert isinstance(talk.say("刷我老板的卡", facts={"claim.payment": "刷我老板的卡"}), AskFact)
    assert proposed(talk.say("银行卡", facts={"claim.payment": "银行卡"})).command.arguments["payment"] == "bank_card"


def test_a_card_with_too_little_on_it_pays_nothing() -> None:
    """An order beyond the balance is refused with the reason, and not proposed."""
    step = Talk(found=GOODS).say("帮我下单买三台星野平板 用礼品卡付", "order.place")
    assert isinstance(step, Refuse)
    assert "余额" in step.decision.because[0].zh


def test_an_invoice_is_filled_from_one_message() -> None:
    """For whom, title and tax number in one line lead straight to the proposal."""
    talk = Talk("laowang")
    step = proposed(talk.say("冰箱开发票 抬头杭州云栖科技有限公司 税号91330100MA27XYZ123", "order.invoice"))
    shown = "\n".join(card_of(step, talk.situation))
    assert "杭州云栖科技有限公司" in shown
    assert "91330100MA27XYZ123" in shown


def withdrawable() -> Talk:
    """Xiaolin with a return that waits for the merchant."""
    situation = situation_of()
    target = goods(situation, DRESS)
    talk = Talk()
    facts = {"claim.reason": "changed_mind", "item.condition": "unopened"}
    step = proposed(talk.say("连衣裙退货，没拆", "claim.return", facts=facts))
    case = replace(open_case(step.decision, step.command, "k1", "AS-20261120-0001", NOW), buyer_id="xiaolin")
    assert case.order_id == target.order.id
    return Talk(cases=(case,))


def test_a_case_is_taken_back() -> None:
    """"Withdraw it" leads to a proposal that names the case and what becomes of it."""
    talk = withdrawable()
    step = proposed(talk.say("撤销售后吧", "case.withdraw"))
    assert (step.command.name, step.command.arguments["case_id"]) == ("withdraw", "k1")
    assert any("AS-20261120-0001" in line for line in card_of(step, talk.situation))


def test_there_is_nothing_to_take_back_without_a_case() -> None:
    """Who has no case is told so."""
    step = Talk().say("撤销售后吧", "case.withdraw")
    assert isinstance(step, ShowCases)
    assert step.cases == ()


def test_a_case_without_a_result_cannot_be_appealed() -> None:
    """Before there is a result an appeal is refused with the reason."""
    step = withdrawable().say("我不服要申诉", "case.appeal")
    assert isinstance(step, Refuse)


def test_a_refused_return_is_appealed_with_its_grounds() -> None:
    """After the merchant's no, the appeal asks the platform to step in, with the buyer's own words."""
    talk = withdrawable()
    refused = replace(talk.situation.cases[0], state="refused")
    talk = Talk(cases=(refused,))
    asked = talk.say("我不服要申诉", "case.appeal")
    assert isinstance(asked, AskFact)
    assert asked.fact == "claim.appeal_reason"
    words = "吊牌都在，视频里看得到"
    step = proposed(talk.say(words, facts={"claim.appeal_reason": words}))
    assert step.command.arguments["move"] == "dispute"
    assert step.command.arguments["appeal_reason"] == words


def test_two_errands_in_one_message_are_done_one_after_the_other() -> None:
    """The second waits with what was told for it, and is not forgotten."""
    talk = Talk()
    step = proposed(talk.say("炸锅催一下发货，另外耳机开个个人发票", "order.urge", "order.invoice"))
    assert step.command.name == "urge"
    assert [task.claim for task in talk.state.waiting] == ["invoice"]
    assert talk.state.waiting[0].facts["claim.invoice_for"] == "personal"


def test_products_are_told_from_their_sheets() -> None:
    """Details, differences, services and fault codes are answered at once and change nothing."""
    talk = Talk("laowang", found=GOODS)
    for words, intent, aspect in (
        ("洗衣机什么配置", "ask.product", "details"), ("洗衣机显示E04", "ask.fault", "fault"),
        ("冰箱安装收费吗", "ask.service", "services"),
    ):
        step = talk.say(words, intent)
        assert isinstance(step, ShowProducts)
        assert step.aspect == aspect
    assert isinstance(talk.say("我卡里还剩多少", "ask.payment"), ShowPayments)


def test_a_code_that_no_sheet_has_is_not_explained() -> None:
    """An unknown fault code is left to the knowledge and never made up."""
    assert not isinstance(Talk("laowang").say("洗衣机显示E99", "ask.fault"), ShowProducts)


def test_what_was_shown_can_be_bought_by_pointing_at_it() -> None:
    """"Order this one" after a product was shown means that product."""
    talk = Talk(found=GOODS)
    talk.say("星野平板什么配置", "ask.product")
    assert proposed(talk.say("就这款，帮我下单，银行卡付", "order.place")).command.lines == (Line("nova-pad", 1),)


def test_a_tapped_product_that_is_not_listed_is_never_exchanged_for() -> None:
    """A product that the shop does not offer in exchange gets into no command, whoever sent it."""
    talk = Talk()
    facts = {"claim.reason": "quality", "item.condition": "used", "claim.exchange_for": "nova-12"}
    talk.say("耳机坏了，换一个", "claim.exchange", facts=facts)
    state = replace(talk.state, asked=Asked("claim.exchange_for"))
    talk.situation = replace(talk.situation, state=state)
    step = talk.tap(fact="claim.exchange_for", value="nova-12")
    if isinstance(step, Propose):
        assert step.command.lines == ()
        assert "exchange_for" not in step.command.arguments
