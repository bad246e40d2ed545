"""The widget when things go wrong: streams cut, answers lost, the server away, hostile words, expired tokens."""

import re
from typing import Any

import httpx
import pytest

from api.web.pages import WEB
from tests.browser.fake_api import in_minutes
from tests.browser.widget_page import (  # noqa: F401  (fixtures are found by being here)
    AXE,
    WidgetPage,
    one_chromium,
    served_fake,
    widget_on_a_desk,
    widget_on_a_phone,
)

pytestmark = pytest.mark.browser

BUDGET_BYTES = 25 * 1024
CUTS = 40
HOSTILE = [
    "<img src=x onerror='window.pwned=1'>",
    "<script>window.pwned=1</script>",
    "javascript:window.pwned=1",
    "[1](javascript:window.pwned=1) https://evil.example/login",
    '"><svg/onload=window.pwned=1>',
    "\u202e\u0000 ' ; -- {{7*7}} ${7*7}",
]


def agent_says(widget: WidgetPage, text: str) -> None:
    """One message of a person into the buyer's log."""
    widget.served.fake.latest.append("staff_message", "agent", {"text": text, "name": "林", "client_id": text})


def test_streams_are_cut_and_nothing_is_lost_or_repeated(widget: WidgetPage) -> None:
    """However often the stream breaks, in the middle of a frame too, every event is shown once and in order."""
    widget.load().open()
    widget.served.fake.cut_every = 3
    for index in range(CUTS):
        agent_says(widget, f"第 {index} 条")
        if index % 4 == 0:
            widget.served.fake.cut()
            widget.page.evaluate("document.querySelector('fairdesk-widget').session.retryNow()")
    widget.page.set_default_timeout(60_000)
    assert widget.wait_for_bubbles(CUTS) == [f"第 {index} 条" for index in range(CUTS)]
    assert widget.served.fake.streams > CUTS / 3


def test_a_lost_answer_does_not_send_twice(widget: WidgetPage) -> None:
    """When the server took the message and its answer got lost, the repeat changes nothing."""
    widget.load().open()
    widget.served.fake.lose_answers = 2
    widget.say("echo 只说一次")
    widget.page.wait_for_function("!document.querySelector('fairdesk-widget').session.state.pending.length")
    widget.wait_for_bubbles(2)
    sent = [event for event in widget.served.fake.latest.events if event["kind"] == "buyer_message"]
    assert len(sent) == 1
    assert widget.bubbles() == ["echo 只说一次", "只说一次"]


def test_a_refused_message_says_why_and_can_be_deleted(widget: WidgetPage) -> None:
    """A message that the server won't take stays in sight with the reason, and goes when the buyer says so."""
    widget.load().open()
    widget.say("字" * 10_001)
    assert "This message is too long." in widget.see(".undelivered").inner_text()
    widget.page.click(".undelivered >> text=删除")
    widget.see(".hello")
    assert widget.served.fake.latest.events == []


def test_the_server_goes_away_and_comes_back(widget: WidgetPage) -> None:
    """Meanwhile the panel says so and keeps what is written; afterwards everything is delivered in order."""
    widget.load().open()
    widget.served.stop()
    widget.see(".offline")
    widget.say("echo 一")
    widget.say("echo 二")
    assert widget.see(".launcher .away")
    widget.served.start()
    widget.page.click(".offline .link")
    widget.page.set_default_timeout(40_000)
    widget.page.locator(".undelivered, .offline").first.wait_for(state="hidden")
    assert sorted(widget.wait_for_bubbles(4)) == sorted(["echo 一", "echo 二", "一", "二"])
    sent = [event["data"]["text"] for event in widget.served.fake.latest.events if event["kind"] == "buyer_message"]
    assert sent == ["echo 一", "echo 二"]


def test_an_absent_server_leaves_the_page_alone(widget: WidgetPage) -> None:
    """Without its styles or its script the widget covers nothing, and the shop's page works."""
    for part in ("**/widget/widget.css", "**/widget/fairdesk.js"):
        widget.page.route(part, lambda route: route.abort())
        widget.page.goto(f"{widget.served.url}/demo/?buyer=b1&lang=zh")
        widget.see("article.order")
        widget.page.wait_for_timeout(200)
        hit = widget.page.evaluate("document.elementFromPoint(innerWidth - 40, innerHeight - 40).tagName")
        assert hit != "FAIRDESK-WIDGET"
        widget.page.unroute(part)


def test_a_closed_widget_covers_only_its_button(widget: WidgetPage) -> None:
    """Clicks beside the launcher reach the page."""
    widget.load()
    box = widget.page.evaluate(
        "(({width, height}) => [width, height])(document.querySelector('fairdesk-widget').getBoundingClientRect())"
    )
    assert box == [56, 56]


def test_hostile_words_stay_words(widget: WidgetPage) -> None:
    """Markup, scripts and links from any side are shown as text; nothing runs, nothing can be followed."""
    widget.load().open()
    elements = (
        "document.querySelector('fairdesk-widget').shadowRoot.querySelectorAll('.log img, .log script, a').length"
    )
    for text in HOSTILE:
        agent_says(widget, text)
    widget.served.fake.latest.append("assistant_reply", "assistant", {"turn": "t", "reply": hostile_reply()})
    widget.see(".card.receipt")
    shown = widget.bubbles()
    for text in HOSTILE[:5]:
        assert text in shown
    assert widget.page.evaluate("window.pwned") is None
    assert widget.page.evaluate(elements) == 0


def hostile_reply() -> dict[str, Any]:
    """A reply with markup in every place that holds words."""
    bad = HOSTILE[0]
    order = {
        "order_id": bad,
        "item_id": bad,
        "title": bad,
        "shop": bad,
        "state_label": bad,
        "paid_fen": 1,
        "currency": bad,
        "created_at": bad,
        "image": "javascript:window.pwned=1",
    }
    decision = {
        "type": "decision",
        "outcome": "refuse",
        "title": bad,
        "reasons": [bad],
        "citations": [bad],
        "facts": [{"label": bad, "value": bad, "source": bad}],
        "alternatives": [{"claim": bad, "title": bad}],
        "rules": [{"id": bad, "title": bad, "rank": bad, "truth": "open", "conditions": []}],
    }
    parcel = {
        "type": "parcel",
        "carrier": bad,
        "tracking_number": bad,
        "state_label": bad,
        "events": [{"at": bad, "text": bad}],
    }
    receipt = {"type": "receipt", "case_id": bad, "case_number": bad, "title": bad, "at": bad, "deadlines": []}
    proposal = {"type": "proposal", "proposal_id": bad, "title": bad, "summary": [bad], "expires_at": in_minutes(5)}
    cards = [{"type": "order_picker", "orders": [order]}, decision, parcel, proposal, {"type": "of_tomorrow"}, receipt]
    citation = {"n": 1, "clause": "javascript:window.pwned=1", "title": bad}
    return {"text": f"{bad}[1]", "language": "zh", "citations": [citation], "cards": cards, "buttons": [{"label": bad}]}


def test_an_expired_token_is_renewed_without_a_trace(widget: WidgetPage) -> None:
    """The page mints a new token when the widget asks for one, and the conversation goes on."""
    widget.load().open()
    widget.served.fake.tokens_valid = False
    widget.served.fake.cut()
    widget.say("echo 还在")
    assert widget.wait_for_bubbles(2)[-1] == "还在"


def test_a_garbled_frame_is_skipped(widget: WidgetPage) -> None:
    """A frame that is no JSON does not stop the ones after it."""
    widget.load().open()
    widget.page.evaluate(
        """() => { const original = JSON.parse; let spoilt = false;
        JSON.parse = (text) => {
            if (spoilt || !text.includes('staff_message')) return original(text);
            spoilt = true;
            throw new SyntaxError('garbled');
        }; }"""
    )
    agent_says(widget, "甲")
    agent_says(widget, "乙")
    assert widget.wait_for_bubbles(1) == ["乙"]


def test_everything_can_be_done_with_the_keyboard(widget: WidgetPage) -> None:
    """Open, write, choose, answer, confirm and close without a pointer; the focus is never lost."""
    widget.load()
    keys, focused = widget.page.keyboard, "document.querySelector('fairdesk-widget').shadowRoot.activeElement"

    def tab_to(selector: str, *, back: bool = False) -> None:
        for _ in range(60):
            if widget.page.evaluate(f"{focused}?.matches({selector!r}) ?? false"):
                return
            keys.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab never reached {selector}")

    tab_to(".launcher")
    keys.press("Enter")
    widget.see(".hello")
    assert widget.page.evaluate(f"{focused}.tagName") == "TEXTAREA"
    keys.type("return 退货")
    keys.press("Enter")
    widget.see(".card.orders .order")
    tab_to(".order", back=True)
    keys.press("Enter")
    widget.see(".log > .chips .chip")
    tab_to(".log > .chips .chip", back=True)
    keys.press("Enter")
    widget.see(".card.proposal .primary")
    tab_to(".proposal .primary", back=True)
    keys.press("Enter")
    widget.see(".card.receipt")
    assert widget.page.evaluate(f"{focused} !== null")
    tab_to(".receipt .link", back=True)
    keys.press("Enter")
    widget.see(".sheet .track")
    for _ in range(6):
        keys.press("Tab")
        assert widget.page.evaluate(f"!!{focused}.closest('.sheet')")
    keys.press("Escape")
    assert widget.page.evaluate(f"{focused}.matches('.receipt .link')")
    keys.press("Escape")
    assert not widget.page.locator(".panel").is_visible()
    assert widget.page.evaluate(f"{focused}.matches('.launcher')")


def test_enter_that_picks_a_word_sends_nothing(widget: WidgetPage) -> None:
    """While a Chinese input method composes, Enter belongs to it; Shift+Enter breaks the line."""
    widget.load().open()
    widget.page.fill("textarea", "tuihuo")
    widget.page.dispatch_event("textarea", "keydown", {"key": "Enter", "isComposing": True})
    widget.page.press("textarea", "Shift+Enter")
    assert widget.page.input_value("textarea") == "tuihuo\n"
    assert widget.served.fake.sends == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_serious(widget: WidgetPage, lang: str, theme: str) -> None:
    """Closed, in talk with every card, with a clause open, queued and closed: no serious or critical finding."""
    widget.load(lang=lang, theme=theme)
    assert widget.violations() == []
    widget.open()
    for words in ("return 退货", "parcel 快递", "policy 规则", "photo 图", "long 长", "progress 进度"):
        count = len(widget.bubbles())
        widget.say(words)
        widget.wait_for_bubbles(count + 2)
    widget.page.locator(".card.orders .order").first.click()
    widget.see(".log > .chips .chip").click()
    widget.see(".card.proposal .primary")
    widget.see(".proof summary").click()
    assert widget.violations() == []
    widget.page.locator(".prose .mark").first.click()
    widget.see(".clause-text")
    widget.page.wait_for_timeout(300)  # the sheet rises; half transparent text has no contrast yet
    assert widget.violations() == []
    widget.page.keyboard.press("Escape")
    widget.page.click(".head .person")
    widget.see(".queue")
    assert widget.violations() == []
    widget.served.fake.latest.pass_to("closed", {"zh": "已结束", "en": "Closed"})
    widget.see(".rating")
    assert widget.violations() == []


def test_axe_finds_nothing_serious_on_a_phone(phone: WidgetPage) -> None:
    """The sheet that fills the screen is as accessible as the panel."""
    phone.load()
    assert phone.violations() == []
    phone.open()
    phone.say("return 退货")
    phone.see(".card.orders")
    assert phone.violations() == []


def test_the_widget_weighs_little(widget: WidgetPage) -> None:
    """All that a page loads for the widget, compressed as sent, stays within 25 KB."""
    loaded: set[str] = set()
    widget.page.on("request", lambda request: loaded.add(request.url))
    widget.load().open()
    demo = re.compile(r"/(demo|v1|static)/|/widget/(dom|format)\.js$")
    files = [url for url in loaded if url.startswith(widget.served.url) and not demo.search(url)]
    assert any(url.endswith("/widget/fairdesk.js") for url in files)
    sizes = {}
    for url in files:
        with httpx.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as response:
            sizes[url.rsplit("/", 1)[1]] = len(b"".join(response.iter_raw()))
    print(sizes, sum(sizes.values()))
    assert sum(sizes.values()) <= BUDGET_BYTES, sizes


def test_the_modules_run_as_they_stand(widget: WidgetPage) -> None:
    """From a host that knows nothing of joining and slimming the source files work as well."""

    def source(route: Any) -> None:
        path = WEB / route.request.url.split("/", 3)[3].split("?")[0]
        route.fulfill(body=path.read_text(encoding="utf-8"), content_type="text/javascript")

    widget.page.route("**/widget/**/*.js", source)
    widget.page.route("**/widget/*.js", source)
    widget.load().open()
    widget.say("echo 你好")
    assert widget.wait_for_bubbles(2) == ["echo 你好", "你好"]


def test_axe_is_there() -> None:
    """Says in the report, as a skip, that accessibility was not checked."""
    if not AXE.exists():
        pytest.skip(f"axe-core is not at {AXE}")
    assert "axe" in AXE.read_text(encoding="utf-8")[:200]
