"""The real server in a real browser: a buyer's chat ends in a recorded case, and a person answers from the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")

from playwright.sync_api import Browser

from tests.browser.widget_page import DESKTOP, PHONE, WidgetPage, one_chromium
from tests.integration.api.serving import Server, serving

__all__ = ["one_chromium"]
pytestmark = pytest.mark.browser


@pytest.fixture(name="shop", scope="module")
def real_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo shop, served for real."""
    with serving(Path(tmp_path_factory.mktemp("shop"))) as server:
        yield server


def widget_of(chromium: Browser, shop: Server, **options: object) -> WidgetPage:
    """A page of the demo shop."""
    return WidgetPage(chromium.new_page(reduced_motion="reduce", **options), shop)  # type: ignore[arg-type]  # both have a url


def test_a_claim_ends_in_a_case(chromium: Browser, shop: Server) -> None:
    """A buyer names the goods, answers one question, confirms, and holds a receipt with a case number."""
    widget = widget_of(chromium, shop, viewport=DESKTOP, locale="zh-CN").load(buyer="xiaolin").open()
    widget.say("上周买的那条裙子不想要了，能退吗")
    widget.wait_for_bubbles(2)
    widget.say("还没拆")
    assert "269.00" in widget.see(".log .proposal").inner_text()
    widget.see(".log .proposal button").click()
    assert "AS-" in widget.see(".log .receipt").inner_text()
    assert widget.violations() == []
    widget.page.close()


def test_a_case_that_moves_on_is_told_in_words(chromium: Browser, shop: Server) -> None:
    """A refund that is done at once is told in the log, by the case's name and its last step."""
    widget = widget_of(chromium, shop, viewport=DESKTOP, locale="zh-CN").load(buyer="chenchen").open()
    widget.say("猫砂还没发货，帮我退款")
    widget.see(".log .proposal button").click()
    moved = widget.see(".log .note button").inner_text()
    assert "退款" in moved
    assert "object" not in moved
    widget.page.close()


def test_an_english_buyer_on_a_phone_gets_a_cited_answer(chromium: Browser, shop: Server) -> None:
    """A question in English at phone width is answered in English, with a citation that opens the clause."""
    widget = widget_of(chromium, shop, viewport=PHONE, locale="en-GB").load(lang="en", buyer="emma").open()
    widget.say("how long does a refund take to reach my card?")
    assert "working days" in " ".join(widget.wait_for_bubbles(2))
    widget.see(".log .sources button, .log .cite").click()
    assert widget.violations() == []
    widget.page.close()


def test_a_person_answers(chromium: Browser, shop: Server) -> None:
    """A buyer who asks for a person reads that person's words and name."""
    widget = widget_of(chromium, shop, viewport=DESKTOP, locale="zh-CN").load(buyer="dapeng").open()
    widget.say("转人工")
    widget.see(".log .handoff, .queue")
    agent = shop.staff("zhou")
    waiting = agent.get("/v1/desk/conversations?owner=queued").json()["conversations"]
    one = next(row["id"] for row in waiting if row["buyer"]["id"] == "dapeng")
    agent.post(f"/v1/desk/conversations/{one}/take")
    agent.post(f"/v1/desk/conversations/{one}/messages", json={"client_id": "hello-1", "text": "您好，我来帮您"})
    widget.page.get_by_text("您好，我来帮您").first.wait_for(state="visible")
    widget.page.close()
