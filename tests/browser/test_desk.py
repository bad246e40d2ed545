"""The desk in a real browser, over a fake server: signing in, the queue, taking over, and staying live."""

# ruff: noqa: F811  (a parameter named after a fixture is that fixture)

from typing import Any

import pytest

from tests.browser.desk_page import (  # noqa: F401  (fixtures are found by name)
    address,
    browser,
    desk,
    expect,
    opened,
    page,
    sign_in,
    taken,
)
from tests.browser.desk_world import row
from tests.browser.fake_desk_api import FakeDesk

pytestmark = pytest.mark.browser


# Signing in


def test_wrong_password_is_said_plainly(page: Any) -> None:
    """A wrong password leaves one on the form with a clear line, and a right one goes on from there."""
    sign_in(page, "wrong")
    expect(page.locator(".login-error")).to_have_text("账号或密码不对")
    sign_in(page)
    expect(page.locator("[data-row]").first).to_be_visible()


def test_reload_keeps_session_and_place(page: Any) -> None:
    """Reloading the page keeps one signed in, on the same conversation."""
    opened(page, "c-zhou")
    page.reload()
    expect(page.locator(".thread-head h2")).to_have_text("周晓雨")


def test_ended_session_asks_again_and_keeps_the_draft(page: Any, desk: FakeDesk) -> None:
    """When the server no longer knows the token, one signs in again and finds the draft where it was."""
    taken(page).fill("写到一半")
    page.evaluate("""() => {
        const kept = JSON.parse(sessionStorage.getItem('fairdesk.desk.session'));
        sessionStorage.setItem('fairdesk.desk.session', JSON.stringify({...kept, token: 'forgotten'}));
    }""")
    page.reload()
    expect(page.locator(".login-error")).to_contain_text("登录已过期")
    sign_in(page)
    page.keyboard.press("2")
    page.click("[role=tab][id=tab-mine]")
    page.click("[data-row=c-zhou]")
    expect(page.locator(".composer textarea")).to_have_value("写到一半")


# The queue


def test_queue_puts_the_most_urgent_first(page: Any) -> None:
    """Waiting conversations stand in order of urgency, each with wait, mood, reason and language."""
    sign_in(page)
    expect(page.locator("[data-row] b")).to_have_text(["周晓雨", "Emma Clark", "陈阿姨"])
    first = page.locator("[data-row=c-zhou]")
    for words in ("P1", "生气", "买家很生气，要求人工", "中", "12:"):
        expect(first).to_contain_text(words)
    expect(page).to_have_title("(3) 公道台 · 客服工作台")


def test_waiting_time_ticks(page: Any) -> None:
    """The waiting time goes on by itself."""
    sign_in(page)
    wait = page.locator("[data-row=c-chen] .wait")
    before = wait.inner_text()
    expect(wait).not_to_have_text(before)


def test_new_conversation_appears_by_itself(page: Any, desk: FakeDesk) -> None:
    """Somebody who starts to wait appears in the queue, marked unread, without a reload."""
    sign_in(page)
    expect(page.locator("[data-row]")).to_have_count(3)
    desk.row_news.append(desk.add(row("c-new", "新买家", "queued", priority=1)).row)
    expect(page.locator("[data-row=c-new] .dot")).to_be_visible()
    expect(page.locator("#tab-waiting .count")).to_have_text("4")


def test_unread_goes_when_read(page: Any, desk: FakeDesk) -> None:
    """The unread mark goes when the conversation is opened, and comes with the next message elsewhere."""
    opened(page, "c-zhou")
    expect(page.locator("[data-row=c-zhou] .dot")).to_have_count(0)
    page.click("[data-row=c-emma]")
    desk.buyer_says("c-zhou", "还在吗")
    expect(page.locator("[data-row=c-zhou] .dot")).to_be_visible()


def test_tabs_part_the_conversations(page: Any) -> None:
    """Each conversation is under the tab of its owner; colleagues' are marked as theirs."""
    sign_in(page)
    for tab, name in (("mine", "c-han"), ("assistant", "c-li"), ("closed", "c-old")):
        page.click(f"#tab-{tab}")
        expect(page.locator(f"[data-row={name}]")).to_be_visible()
        expect(page.locator("[data-row]")).to_have_count(1)
    page.click("#tab-mine")
    expect(page.locator(".rows-head")).to_have_text("同事接待中")
    expect(page.locator("#tab-mine .count")).to_have_text("0")


# Taking over, replying, handing back


def test_take_reply_hand_back(page: Any, desk: FakeDesk) -> None:
    """One takes over, the reply is in the log once, and handing back returns it to the assistant."""
    box = taken(page)
    box.fill("您好，我来处理。")
    box.press("Enter")
    expect(page.locator(".msg.agent .bubble")).to_have_text("您好，我来处理。")
    expect(page.locator(".pending")).to_have_count(0)
    assert desk.texts("c-zhou", "staff_message") == ["您好，我来处理。"]
    page.get_by_role("button", name="交还 AI").click()
    expect(page.locator(".owner")).to_have_attribute("data-owner", "assistant")
    assert desk.talks["c-zhou"].row["owner"] == "assistant"


def test_close_asks_first(page: Any, desk: FakeDesk) -> None:
    """Closing asks once more, and cancelling changes nothing."""
    taken(page)
    page.locator(".owner").get_by_role("button", name="结束").click()
    page.get_by_role("button", name="取消").click()
    assert desk.talks["c-zhou"].row["owner"] == "human"
    page.locator(".owner").get_by_role("button", name="结束").click()
    page.get_by_role("button", name="结束会话").click()
    expect(page.locator(".owner")).to_have_attribute("data-owner", "closed")


def test_reply_needs_taking_over(page: Any, desk: FakeDesk) -> None:
    """Nothing is sent while somebody else owns the conversation; the text stays for later."""
    opened(page, "c-emma")
    box = page.locator(".composer textarea")
    box.fill("Hello")
    box.press("Enter")
    expect(page.locator(".notice")).to_contain_text("接手后才能回复")
    expect(box).to_have_value("Hello")
    assert not any("messages" in asked for asked in desk.asked)


def test_note_is_internal(page: Any, desk: FakeDesk) -> None:
    """A note is kept as internal, and never sent to the buyer."""
    opened(page, "c-emma")
    page.get_by_role("button", name="备注").first.click()
    page.locator(".composer textarea").fill("call her at noon")
    page.keyboard.press("Enter")
    expect(page.locator(".note")).to_contain_text("call her at noon")
    event = desk.talks["c-emma"].events[-1]
    assert (event["kind"], event["visibility"]) == ("note_added", "internal")
    assert desk.texts("c-emma", "staff_message") == []


def test_failed_note_stays_in_the_box(page: Any, desk: FakeDesk) -> None:
    """A note that could not be saved stays in the box with the reason beside it."""
    opened(page, "c-emma")
    page.keyboard.press("n")
    page.locator(".composer textarea").fill("keep me")
    desk.away = True
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("备注没有记下")
    expect(page.locator(".composer textarea")).to_have_value("keep me")


def test_faster_colleague_is_named(page: Any, desk: FakeDesk) -> None:
    """When a colleague took the conversation a moment before, the desk says who, and shows their banner."""
    opened(page, "c-zhou")
    desk.talks["c-zhou"].row |= {"owner": "human", "agent": {"id": "s-wang", "name": "王工"}}
    page.click(".owner button")
    expect(page.locator(".notice")).to_have_text("没有成功：王工 已经接手了这个会话。")
    expect(page.locator(".owner")).to_contain_text("王工 正在接待")


def test_conversation_taken_away_blocks_sending(page: Any, desk: FakeDesk) -> None:
    """When the conversation goes to a colleague while one writes, the banner says so and nothing is sent."""
    box = taken(page)
    box.fill("马上")
    desk.move("c-zhou", "queued")
    desk.move("c-zhou", "human", {"id": "s-wang", "name": "王工"})
    expect(page.locator(".owner")).to_contain_text("王工 正在接待")
    expect(page.locator(".composer button[type=submit]")).to_be_disabled()
    expect(box).to_have_value("马上")


def test_refused_reply_can_be_edited(page: Any, desk: FakeDesk) -> None:
    """A reply that the server refuses is marked as not sent, with its text one click from the box."""
    box = taken(page)
    desk.talks["c-zhou"].row["agent"] = {"id": "s-wang", "name": "王工"}
    box.fill("收到")
    box.press("Enter")
    expect(page.locator(".pending")).to_contain_text("没有发出去")
    expect(page.locator(".notice")).to_contain_text("现在不由你接待")
    page.get_by_role("button", name="改一改").click()
    expect(box).to_have_value("收到")
    assert desk.texts("c-zhou", "staff_message") == []


# Live


def test_buyer_and_assistant_are_seen_live(page: Any, desk: FakeDesk) -> None:
    """What the buyer writes and what the assistant is writing appear as they come."""
    opened(page, "c-zhou")
    talk = desk.talks["c-zhou"]
    talk.whispers += [("typing", {"by": "buyer", "name": "周晓雨"})]
    expect(page.locator(".typing")).to_have_text("周晓雨 正在输入…")
    desk.buyer_says("c-zhou", "人呢")
    expect(page.locator(".msg.buyer .bubble").last).to_have_text("人呢")
    expect(page.locator(".typing")).to_be_hidden()
    talk.whispers += [("delta", {"turn": "t9", "text": text}) for text in ("正在", "为您转接")]
    expect(page.locator(".writing")).to_have_text("正在为您转接")
    talk.log("assistant_reply", "assistant", {"turn": "t9", "reply": {"text": "已为您转接。"}})
    expect(page.locator(".msg.assistant .bubble").last).to_have_text("已为您转接。")
    expect(page.locator(".writing")).to_have_count(0)


@pytest.mark.parametrize("half_frame", [False, True])
def test_cut_stream_loses_and_repeats_nothing(page: Any, desk: FakeDesk, half_frame: bool) -> None:
    """After the line is cut, even in the middle of a frame, every message is there once and in order."""
    desk.overlap = 2
    opened(page, "c-emma")
    own = page.locator(".msg.buyer .bubble")
    for number in range(12):
        desk.buyer_says("c-emma", f"message {number}")
        if number % 4 == 1:
            expect(own).to_have_count(number + 2)
            desk.cut(half_frame)
    expect(own).to_have_count(13)
    assert own.all_inner_texts()[1:] == [f"message {number}" for number in range(12)]


def test_queue_catches_up_after_a_cut(page: Any, desk: FakeDesk) -> None:
    """Rows that changed while the queue's stream was away are right when it is back."""
    sign_in(page)
    expect(page.locator("[data-row]")).to_have_count(3)
    desk.talks["c-chen"].row["owner"] = "assistant"
    desk.cut()
    expect(page.locator("[data-row]")).to_have_count(2)


def test_lost_answer_makes_no_second_message(page: Any, desk: FakeDesk) -> None:
    """When the answer to a send is lost, trying again with the same client id leaves one message."""
    box = taken(page)
    desk.lose_answers = 2
    box.fill("只有一条")
    box.press("Enter")
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".msg.agent .bubble")).to_have_text(["只有一条"])
    assert desk.texts("c-zhou", "staff_message") == ["只有一条"]


def test_offline_is_said_and_the_message_goes_later(page: Any, desk: FakeDesk) -> None:
    """Without a network the desk says so, and what was written goes out when it is back."""
    box = taken(page)
    page.context.set_offline(True)
    expect(page.locator(".connection")).to_contain_text("网络断开")
    box.fill("断网时写的")
    box.press("Enter")
    expect(page.locator(".pending")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".connection")).to_be_hidden()
    expect(page.locator(".pending")).to_have_count(0)
    assert desk.texts("c-zhou", "staff_message") == ["断网时写的"]


def test_order_of_messages_holds(page: Any, desk: FakeDesk) -> None:
    """Messages sent one after the other arrive in that order, even when the first has to be tried again."""
    box = taken(page)
    desk.lose_answers = 1
    for text in ("一", "二", "三"):
        box.fill(text)
        box.press("Enter")
    expect(page.locator(".pending")).to_have_count(0)
    assert desk.texts("c-zhou", "staff_message") == ["一", "二", "三"]
