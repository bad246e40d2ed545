"""The desk in a real browser, over a fake server: what stands beside the conversation, and that it is for everybody."""

# ruff: noqa: F811  (a parameter named after a fixture is that fixture)

from typing import Any

import pytest

from tests.browser.desk_page import (  # noqa: F401  (fixtures are found by name)
    AXE,
    address,
    browser,
    desk,
    expect,
    opened,
    page,
    press,
    serious,
    taken,
)
from tests.browser.fake_desk_api import STAFF, WEB, FakeDesk

EVIL = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'

pytestmark = pytest.mark.browser


# Beside the conversation


def test_suggestion_is_inserted_edited_and_sent_by_hand(page: Any, desk: FakeDesk) -> None:
    """Tab puts the suggestion into the empty box, without citation marks; only the person sends it."""
    box = taken(page)
    box.focus()
    expect(page.locator(".suggestion")).to_be_visible()
    page.keyboard.press("Tab")
    expect(box).to_have_value("让您反复说明，抱歉。您的手机符合退货条件，可退 459.00 元，我现在为您办理。")
    assert desk.texts("c-zhou", "staff_message") == []
    page.keyboard.type("请稍等。")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.agent .bubble")).to_contain_text("我现在为您办理。请稍等。")
    expect(page.locator(".suggestion")).to_be_hidden()


def test_stale_suggestion_is_not_offered(page: Any, desk: FakeDesk) -> None:
    """Once the buyer has written again, the old suggestion is not offered until the copilot has read that."""
    box = taken(page)
    box.focus()
    expect(page.locator(".suggestion")).to_be_visible()
    desk.talks["c-zhou"].advice = None
    desk.buyer_says("c-zhou", "不用退了，换一台吧")
    expect(page.locator(".suggestion")).to_be_hidden()


def test_open_question_goes_into_the_box(page: Any) -> None:
    """A click on an open question writes it into the box, for the person to send."""
    box = taken(page)
    page.get_by_role("button", name="手机有没有摔过或进过水？").click()
    expect(box).to_have_value("手机有没有摔过或进过水？")
    expect(box).to_be_focused()


def test_hidden_copilot_is_not_asked(page: Any, desk: FakeDesk) -> None:
    """A hidden copilot stays hidden, and the server is not asked for it."""
    opened(page, "c-zhou")
    expect(page.locator(".offer")).to_be_visible()
    page.get_by_role("button", name="收起助手建议").click()
    desk.asked.clear()
    page.reload()
    page.click("[data-row=c-emma]")
    expect(page.get_by_role("button", name="显示助手建议")).to_be_visible()
    desk.buyer_says("c-emma", "hello?")
    expect(page.locator(".msg.buyer")).to_have_count(2)
    assert not any("copilot" in asked for asked in desk.asked)


def test_briefing_shows_facts_with_sources(page: Any) -> None:
    """The briefing says what is asked, the facts and their sources, the decision, what was done, and why."""
    opened(page, "c-zhou")
    briefing = page.locator(".briefing")
    asked, done, rule = "要求退货退款", "核对了订单与签收时间", "情绪：生气且要求人工"
    for words in (asked, "签收时间", "物流", "¥459.00", done, rule):
        expect(briefing).to_contain_text(words)


def test_proof_says_what_is_open(page: Any) -> None:
    """The proof of a decision tells true, false and open conditions apart, for the ear too."""
    opened(page, "c-zhou")
    page.locator(".briefing .decision summary").click()
    rule = page.locator(".briefing .rule")
    expect(rule.locator("li", has_text="签收不超过 7 天")).to_contain_text("成立")
    expect(rule.locator("li", has_text="不是人为损坏")).to_contain_text("未知")
    expect(rule.locator("li", has_text="已超过保修期")).to_contain_text("不成立")


def test_log_keeps_the_engine_s_proof(page: Any) -> None:
    """A decision in the log opens to its proof in words: rules, facts, who told them, what would change it."""
    opened(page, "c-zhou")
    line = page.locator("[data-kind=decision_made]")
    line.locator("summary").first.click()
    line.locator(".decision summary").click()
    expect(line.locator(".rule b")).to_have_text(["三包：七日内可退", "七日无理由"])
    expect(line).to_contain_text("原因 质量问题 (买家说的)")
    expect(line).to_contain_text("11月24日前可以申请")
    expect(page.locator(".log")).not_to_contain_text("turn_taken")


def test_citation_opens_the_clause(page: Any) -> None:
    """A citation opens the clause with its version and date; Esc closes it and gives the focus back."""
    opened(page, "c-zhou")
    mark = page.locator(".msg.assistant .bubble .cite")
    mark.click()
    clause = page.locator("dialog")
    for words in ("网购七日无理由退货", "收货后七日内可以退货", "版本 2014-03-15", "2014年3月15日"):
        expect(clause).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(clause).to_have_count(0)
    expect(mark).to_be_focused()


def test_orders_of_the_buyer(page: Any) -> None:
    """The buyer's orders are there with state, amounts, options and the parcel's last news."""
    opened(page, "c-zhou")
    orders = page.locator(".orders")
    for words in ("已签收", "¥499.00", "已退 ¥40.00", "雾蓝 / 256 GB", "顺达快递", "202611120000000123"):
        expect(orders).to_contain_text(words)


def test_unknown_kinds_are_named(page: Any, desk: FakeDesk) -> None:
    """An event or a card of a kind that this desk does not know yet is named, not dropped."""
    talk = desk.talks["c-emma"]
    talk.log("sky_fell", "system", {})
    reply = {"text": "", "cards": [{"type": "hologram"}]}
    talk.log("assistant_reply", "assistant", {"turn": "u", "reply": reply})
    opened(page, "c-emma")
    expect(page.locator(".log")).to_contain_text("sky_fell")
    expect(page.locator(".card")).to_contain_text("hologram")


# For everybody


def test_whole_work_by_keyboard(page: Any, desk: FakeDesk) -> None:
    """Without a mouse one can open, take, reply, note, hand back and leave."""
    page.keyboard.type("lin")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(3)
    press(page, "j", "j", "k", "Enter")
    expect(page.locator(".thread-head h2")).to_have_text("周晓雨")
    press(page, "t")
    expect(page.locator(".owner")).to_have_attribute("data-owner", "mine")
    press(page, "r")
    box = page.locator(".composer textarea")
    expect(box).to_be_focused()
    page.keyboard.type("tjk")
    press(page, "Enter", "Escape", "n")
    expect(page.locator(".composer")).to_have_attribute("data-mode", "note")
    expect(box).to_be_focused()
    page.keyboard.type("ok")
    press(page, "Enter")
    expect(page.locator(".note")).to_contain_text("ok")
    press(page, "Escape", "h")
    expect(page.locator(".owner")).to_have_attribute("data-owner", "assistant")
    press(page, "Escape")
    expect(page.locator(".thread .empty")).to_contain_text("选择一个会话")
    assert desk.texts("c-zhou", "staff_message") == ["tjk"]


def test_help_lists_keys_and_switches_them_off(page: Any) -> None:
    """`?` lists the shortcuts, and there they can be switched off, for people who speak to their computer."""
    opened(page, "c-zhou")
    page.keyboard.press("?")
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text("接手")
    dialog.get_by_label("启用单键快捷键").uncheck()
    press(page, "Escape", "t")
    expect(dialog).to_have_count(0)
    expect(page.locator(".owner")).to_have_attribute("data-owner", "queued")


def test_input_method_enter_does_not_send(page: Any, desk: FakeDesk) -> None:
    """Enter that chooses a word in a Chinese input method sends nothing."""
    box = taken(page)
    box.fill("ni hao")
    box.evaluate("""box => box.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))""")
    expect(box).to_have_value("ni hao")
    box.press("Shift+Enter")
    expect(box).to_have_value("ni hao\n")
    assert desk.texts("c-zhou", "staff_message") == []


def test_draft_belongs_to_its_conversation(page: Any) -> None:
    """A draft waits in its own conversation while one looks at another."""
    taken(page).fill("给周的话")
    page.click("#tab-waiting")
    page.click("[data-row=c-emma]")
    expect(page.locator(".composer textarea")).to_have_value("")
    page.click("#tab-mine")
    page.click("[data-row=c-zhou]")
    expect(page.locator(".composer textarea")).to_have_value("给周的话")


def test_english_and_back(page: Any) -> None:
    """The desk switches to English as a whole, keeps the conversation open, and remembers it."""
    opened(page, "c-zhou")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".owner button")).to_contain_text("Take over")
    expect(page.locator("[data-row=c-zhou]")).to_contain_text("The buyer is angry and asks for a person")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(page.url.replace("?lang=zh", ""))
    expect(page.locator("#tab-waiting")).to_contain_text("Waiting")


def test_phone_shows_one_pane(page: Any) -> None:
    """On a phone queue, conversation and details come one at a time, and nothing scrolls sideways."""
    page.set_viewport_size({"width": 390, "height": 780})
    opened(page, "c-zhou")
    expect(page.locator(".queue")).to_be_hidden()
    expect(page.locator(".side")).to_be_hidden()
    page.get_by_role("button", name="详情栏").click()
    expect(page.locator(".briefing")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.keyboard.press("Escape")
    expect(page.locator(".side")).to_be_hidden()
    page.get_by_role("button", name="返回队列").click()
    expect(page.locator("[data-row=c-emma]")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (npm install, or FAIRDESK_AXE)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Any, scheme: str) -> None:
    """Sign-in, queue, conversation, proof, note, help and phone width have no serious finding."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert serious(page) == []
    taken(page)
    expect(page.locator(".offer")).to_be_visible()
    for summary in page.locator("aside .decision summary, .quiet-line summary").all():
        summary.click()
    assert serious(page) == []
    page.keyboard.press("n")
    page.locator(".composer textarea").fill("note")
    page.keyboard.press("Enter")
    page.locator(".log").focus()
    page.keyboard.press("?")
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.click("#tab-waiting")
    page.click("[data-row=c-emma]")
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 780})
    assert serious(page) == []


def poison(value: Any, key: str = "") -> Any:
    """The value with markup in every text that somebody may see; names that the program reads stay."""
    machine = {"id", "kind", "type", "owner", "actor", "visibility"} | {
        "outcome",
        "truth",
        "clause",
        "at",
        "currency",
    }
    if isinstance(value, dict):
        return {name: poison(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poison(inner, key) for inner in value]
    kept = not isinstance(value, str) or key in machine or key.endswith(("_at", "_since")) or key == "until"
    return value if kept else EVIL + value


def test_markup_in_data_stays_text(page: Any, desk: FakeDesk) -> None:
    """Markup in any name, message, card, fact, clause or order is shown as text and never runs."""
    for talk in desk.talks.values():
        talk.row, talk.events = poison(talk.row), poison(talk.events)
        talk.briefing, talk.advice = poison(talk.briefing), poison(talk.advice)
    desk.orders, desk.clauses = poison(desk.orders), poison(desk.clauses)
    opened(page, "c-zhou")
    expect(page.locator(".orders")).to_contain_text(EVIL)
    seen = ("[data-row=c-zhou]", ".thread-head", ".owner", ".msg.buyer", ".card", ".briefing", ".copilot")
    for part in seen:
        expect(page.locator(part).first).to_contain_text(EVIL)
    page.locator(".clause-items .cite").last.click()
    expect(page.locator("dialog")).to_contain_text(EVIL)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x], #desk script").count() == 0


def test_scripts_never_write_markup() -> None:
    """No module of the desk turns text into markup or code, so data cannot become either."""
    sources = list((WEB / "desk").glob("*.js"))
    assert len(sources) > 20
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
    assert [(file.name, word) for file in sources for word in forbidden if word in file.read_text()] == []


def test_everything_comes_from_the_own_server(page: Any, address: str) -> None:
    """The desk asks no other host for anything."""
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/v1")[0].split("/desk")[0]))
    page.reload()
    opened(page, "c-zhou")
    expect(page.locator(".offer")).to_be_visible()
    assert {host for host in hosts if not host.startswith((address, "blob:", "data:"))} == set()
    assert STAFF["name"] in page.locator(".top").inner_text()
