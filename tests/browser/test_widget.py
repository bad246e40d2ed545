"""The widget in a real browser, from the first word to the receipt."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.fake_api import in_minutes
from tests.browser.widget_page import (  # noqa: F401  (fixtures are found by being here)
    WidgetPage,
    one_chromium,
    served_fake,
    widget_on_a_desk,
    widget_on_a_phone,
)

pytestmark = pytest.mark.browser


def reach_proposal(widget: WidgetPage, word: str = "退货") -> None:
    """Goes on until the offer stands."""
    widget.say(f"我想{word} return")
    widget.see(".card.orders .order").click()
    widget.see(".log > .chips .chip").click()
    widget.see(".card.proposal .primary")


def test_a_claim_goes_from_words_to_a_receipt(widget: WidgetPage) -> None:
    """A buyer picks the order, answers one question, confirms once and holds a receipt with number and dates."""
    widget.load().open()
    reach_proposal(widget)
    assert widget.see(".card.decision .sum").inner_text().endswith("¥889.00")
    widget.see(".card.proposal .primary").click()
    receipt = widget.see(".card.receipt").inner_text()
    assert "AS20251121-0007" in receipt
    assert "退款到账" in receipt
    assert widget.see(".card.proposal .outcome").inner_text() == "已确认办理"
    assert len(widget.served.fake.confirmed) == 1
    assert widget.page.locator(".card.receipt").count() == 1


def test_the_same_in_english(widget: WidgetPage) -> None:
    """Every word of the widget is English when the page asks for it."""
    widget.load(lang="en").open()
    reach_proposal(widget)
    widget.see(".card.proposal .primary").click()
    widget.see(".card.receipt")
    shown = widget.page.locator(".panel").inner_text().replace("中文", "").replace("我想退货", "")
    assert re.findall(r"[\u4e00-\u9fff]+", shown) == []


def test_the_reasons_open_on_tap(widget: WidgetPage) -> None:
    """The proof is folded, and shows each rule with conditions that are met, not met and not known."""
    widget.load().open()
    reach_proposal(widget)
    assert not widget.page.locator(".rule").first.is_visible()
    widget.see(".proof summary").click()
    widget.see(".rule")
    signs = [widget.page.locator(f".rule li.{truth}").count() for truth in ("true", "false", "open")]
    assert signs == [2, 1, 1]


def test_an_opened_proof_stays_open_while_the_talk_goes_on(widget: WidgetPage) -> None:
    """New messages redraw nothing that stands already."""
    widget.load().open()
    reach_proposal(widget)
    widget.see(".proof summary").click()
    count = len(widget.bubbles())
    widget.say("policy 规则")
    widget.wait_for_bubbles(count + 2)
    assert widget.page.locator(".proof[open]").count() == 1


def test_a_tracking_number_is_given_in_the_case(widget: WidgetPage) -> None:
    """The case asks for the return's number; a refusal is told and can be tried again, a yes is said once."""
    widget.load().open()
    reach_proposal(widget)
    widget.see(".card.proposal .primary").click()
    widget.see(".card.receipt .link:last-child").click()
    assert "等待买家寄回" in widget.see(".sheet .card.case").inner_text()
    fake = widget.served.fake
    fake.refuse_step = True
    widget.see(".sheet .own-step input").fill("SF1234567890")
    widget.see(".sheet .own-step .primary").click()
    assert "没有成功" in widget.see(".sheet .own-step [role=status]:not(:empty)").inner_text()
    fake.refuse_step = False
    widget.see(".sheet .own-step .primary").click()
    widget.see(".sheet .own-step:not(:has(input))")
    (step,) = fake.case_steps
    assert (step["action"], step["tracking_number"]) == ("ship", "SF1234567890")
    assert step["client_id"]


def test_a_citation_opens_its_clause(widget: WidgetPage) -> None:
    """The mark in the text opens the clause with version and date, Esc closes it, the focus returns to the mark."""
    widget.load().open()
    widget.say("规则 policy")
    widget.see(".prose .mark").click()
    clause = widget.see(".clause-text").inner_text()
    assert "2014-03" in clause
    assert "2014年3月15日" in clause
    widget.page.keyboard.press("Escape")
    assert widget.page.locator(".sheet").count() == 0
    assert (
        widget.page.evaluate("document.querySelector('fairdesk-widget').shadowRoot.activeElement.className") == "mark"
    )


def test_a_refused_offer_is_closed(widget: WidgetPage) -> None:
    """After "not now" the card has no buttons and nothing was done."""
    widget.load().open()
    reach_proposal(widget)
    widget.see(".card.proposal .secondary").click()
    assert widget.see(".card.proposal .outcome").inner_text() == "已放弃"
    assert widget.page.locator(".card.proposal button").count() == 0
    assert widget.served.fake.confirmed == []


def test_an_offer_that_runs_out_loses_its_buttons(widget: WidgetPage) -> None:
    """The countdown runs, and at its end the offer can't be confirmed any more."""
    widget.served.fake.script.expires_days = 2 / 86400
    widget.load().open()
    reach_proposal(widget)
    assert widget.see(".card.proposal .outcome.expired")
    assert widget.page.locator(".card.proposal .primary").count() == 0


def test_the_servers_refusal_is_shown(widget: WidgetPage) -> None:
    """When the server says that the offer is over, its words stand on the card and the buttons go."""
    widget.served.fake.refuse_confirm = True
    widget.load().open()
    reach_proposal(widget)
    widget.see(".card.proposal .primary").click()
    assert widget.see(".card.proposal .problem").inner_text() == "This offer has expired."
    assert widget.page.locator(".card.proposal .primary").count() == 0


def test_many_orders_can_be_searched(widget: WidgetPage) -> None:
    """The picker narrows to what is typed, and says so when nothing is left."""
    widget.load().open()
    widget.say("退货 return")
    widget.see(".card.orders")
    widget.page.fill("input[type=search]", "苹果")
    assert widget.page.locator(".card.orders .order:visible").count() == 1
    widget.page.fill("input[type=search]", "没有这个")
    assert widget.see(".card.orders .scroll [role=status]").inner_text() == "没有匹配的订单"


def test_the_page_tells_which_order_it_is_about(widget: WidgetPage) -> None:
    """Asking about an order opens the widget, and the server knows the order."""
    widget.load()
    widget.page.locator("article.order .ask").nth(2).click()
    widget.see(".panel .hello")
    assert widget.served.fake.latest.order == "2025110002"


def test_a_person_takes_over(widget: WidgetPage) -> None:
    """One tap queues the buyer, who sees place and wait; then the agent's name, typing and words; then the rating."""
    widget.load().open()
    widget.page.click(".head .person")
    assert widget.see(".queue").inner_text() == "排队第 2 位 · 预计等待 3 分钟"
    talk = widget.served.fake.latest
    talk.pass_to("human", {"zh": "林小雨为您服务", "en": "Lin is with you"}, agent="林小雨")
    talk.frame("typing", {"by": "agent", "name": "林小雨"})
    widget.see(".typing.staff")
    talk.append("staff_message", "agent", {"text": "您好", "name": "林小雨", "client_id": "s1"})
    widget.see(".staff .bubble .prose")
    assert widget.see(".who strong").inner_text() == "林小雨"
    widget.page.locator(".typing").wait_for(state="detached")
    widget.page.locator("textarea").press_sequentially("好的谢谢你的帮助", delay=20)
    assert widget.served.fake.typed == 1
    talk.pass_to("closed", {"zh": "会话已结束", "en": "Closed"})
    widget.see(".star >> nth=3").click()
    widget.page.fill(".rating .field", "很快")
    widget.page.click(".rating button")
    widget.see(".closing [role=status]:has-text('感谢')")
    assert talk.events[-1]["data"] == {"stars": 4, "comment": "很快"}
    widget.page.click(".closing .primary")
    widget.see(".hello")


def test_outside_working_hours_a_time_is_promised(widget: WidgetPage) -> None:
    """The buyer reads when a person will answer instead of a place in a queue."""
    widget.load().open()
    promised = {"position": 1, "wait_seconds": None, "promised_at": in_minutes(600), "open": False}
    widget.served.fake.latest.pass_to("queued", {"zh": "已留言", "en": "Noted"}, queue=promised)
    assert "当前为非工作时间，承诺回复时间" in widget.see(".queue").inner_text()


def test_a_picture_is_checked_shown_and_sent(widget: WidgetPage, tmp_path: Path) -> None:
    """A wrong type is refused before any upload; a picture is previewed, sent and shown in the log."""
    picture = tmp_path / "crack.png"
    Image.new("RGB", (64, 48), "brown").save(picture)
    widget.load().open()
    widget.say("图 photo")
    widget.see(".card.photo .secondary")
    inputs = widget.page.locator("input[type=file]")
    assert inputs.nth(1).get_attribute("capture") == "environment"
    inputs.first.set_input_files({"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"})
    assert widget.see(".composer .problem").inner_text() == "仅支持 JPG、PNG、WebP 图片"
    assert widget.served.fake.uploads == {}
    inputs.first.set_input_files(picture)
    widget.see(".preview:not(.busy)")
    widget.page.click(".send")
    widget.page.wait_for_function(
        "(document.querySelector('fairdesk-widget').shadowRoot.querySelector('.picture') || {}).naturalWidth === 64"
    )
    assert widget.page.locator(".preview").count() == 0


def test_a_photo_that_is_too_heavy_is_made_lighter(widget: WidgetPage, tmp_path: Path) -> None:
    """A camera's photo above 5 MB arrives as a JPEG below it."""
    photo = tmp_path / "camera.png"
    Image.effect_noise((3000, 2400), 120).save(photo)
    assert photo.stat().st_size > 5 * 1024 * 1024
    widget.load().open()
    widget.page.locator("input[type=file]").first.set_input_files(photo)
    widget.see(".preview:not(.busy)")
    ((media_type, content),) = widget.served.fake.uploads.values()
    assert media_type == "image/jpeg"
    assert len(content) < 5 * 1024 * 1024


def test_news_is_counted_while_the_panel_is_closed(widget: WidgetPage) -> None:
    """The launcher counts what was said meanwhile, across a reload too, and forgets it once seen."""
    widget.load().open()
    widget.page.keyboard.press("Escape")
    talk = widget.served.fake.latest
    for index in range(2):
        talk.append("staff_message", "agent", {"text": f"消息 {index}", "name": "林", "client_id": str(index)})
    assert widget.see(".launcher .count").inner_text() == "2"
    widget.load()
    assert widget.see(".launcher .count").inner_text() == "2"
    widget.open()
    widget.page.keyboard.press("Escape")
    assert not widget.page.locator(".launcher .count").is_visible()


def test_a_long_text_is_folded(widget: WidgetPage) -> None:
    """Forty lines show as a few with a way to the rest."""
    widget.load().open()
    widget.say("长 long")
    text = widget.see(".prose.folded")
    folded = text.bounding_box()["height"]
    widget.page.click("text=展开全文")
    assert widget.see(".theirs .prose").bounding_box()["height"] > 2 * folded


def test_a_reply_is_shown_while_it_is_written(widget: WidgetPage) -> None:
    """Pieces appear as they come, hidden from screen readers, and give way to the whole reply."""
    widget.served.fake.script.typing_s = 0.2
    widget.load().open()
    widget.say("echo 一二三四五六七八九十一二三四五六七八九十")
    draft = widget.see(".draft")
    assert draft.get_attribute("aria-hidden") == "true"
    said = widget.wait_for_bubbles(2)
    assert said[-1] == "一二三四五六七八九十一二三四五六七八九十"
    assert widget.page.locator(".draft").count() == 0


def test_the_language_can_be_switched_in_the_middle(widget: WidgetPage) -> None:
    """Widget and page change together; what was typed stays."""
    widget.load().open()
    widget.page.fill("textarea", "half a sentence")
    widget.page.click(".language")
    widget.see(".who strong:has-text('Order support')")
    widget.see("h1:has-text('My orders')")
    assert widget.page.input_value("textarea") == "half a sentence"
    assert widget.served.fake.latest.language == "en"


def test_another_buyer_sees_nothing_of_the_first(widget: WidgetPage) -> None:
    """Switching the buyer starts a conversation of their own."""
    widget.load().open()
    widget.say("echo 我的秘密")
    widget.wait_for_bubbles(2)
    widget.page.select_option("#buyer", "b2")
    widget.see(".hello")
    assert widget.bubbles() == []


def test_on_a_phone_it_is_a_full_sheet(phone: WidgetPage) -> None:
    """The panel fills the screen, nothing sticks out sideways, and closing gives the page back."""
    phone.load().open()
    reach_proposal(phone)
    box = phone.see(".panel").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390
    log = "document.querySelector('fairdesk-widget').shadowRoot.querySelector('.log')"
    assert phone.page.evaluate(f"{log}.scrollWidth - {log}.clientWidth") == 0
    phone.page.click(".head button[aria-label=收起]")
    assert not phone.page.locator(".panel").is_visible()


def test_what_can_be_tapped_is_large_enough(phone: WidgetPage) -> None:
    """Every control of an open conversation is at least 40 px high, citation marks inside text aside."""
    phone.load().open()
    reach_proposal(phone)
    small = phone.page.evaluate(
        """() => [...document.querySelector('fairdesk-widget').shadowRoot.querySelectorAll(
            '.panel button:not(.mark), summary')]
        .filter((node) => node.offsetParent && node.offsetHeight < 40).map((node) => node.outerHTML)"""
    )
    assert small == []


def test_no_permission_is_asked_for(widget: WidgetPage) -> None:
    """A whole claim asks the browser for no camera, microphone, place or notifications."""
    widget.load().open()
    reach_proposal(widget)
    assert widget.page.evaluate("window.asked") == 0
