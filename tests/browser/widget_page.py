"""Chromium and the widget as a test handles them: open the page, say something, look at what stands in the log."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.fake_api import Running, running  # noqa: E402

CHROMIUM = Path(os.environ.get("FAIRDESK_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(os.environ.get("FAIRDESK_AXE", "node_modules/axe-core/axe.min.js"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}

# What a page must never be asked for unless the buyer asks first; each call is counted.
WATCH_PERMISSIONS = """
window.asked = 0;
const count = () => { window.asked++; return Promise.reject(new Error("refused")); };
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = count;
if (navigator.geolocation) navigator.geolocation.getCurrentPosition = count;
window.Notification = class { static requestPermission = count; };
"""


@dataclass
class WidgetPage:
    """The demo page with the widget on it."""

    page: Page
    served: Running

    def load(self, lang: str = "zh", theme: str = "light", buyer: str = "b1") -> "WidgetPage":
        """Opens the demo page and waits for the launcher."""
        self.page.goto(f"{self.served.url}/demo/?lang={lang}&theme={theme}&buyer={buyer}")
        self.page.wait_for_selector(".launcher")
        return self

    def open(self) -> "WidgetPage":
        """Opens the panel and waits until the conversation is there."""
        self.page.click(".launcher")
        self.page.wait_for_selector(".log .hello, .log .said", state="attached")
        self.page.wait_for_function("!!document.querySelector('fairdesk-widget').session.state.conversation")
        return self

    def say(self, text: str) -> None:
        """Writes a message and sends it with Enter."""
        self.page.fill("textarea", text)
        self.page.press("textarea", "Enter")

    def see(self, selector: str) -> Any:
        """Waits for something visible and returns its locator."""
        found = self.page.locator(selector).first
        found.wait_for(state="visible")
        return found

    def bubbles(self) -> list[str]:
        """The words in every bubble, in order."""
        return self.page.locator(".log .bubble .prose").all_inner_texts()

    def wait_for_bubbles(self, count: int) -> list[str]:
        """Waits for that many whole bubbles: none on its way, none being written."""
        still = ".log .draft, .log .typing"
        self.page.wait_for_function(
            "([count, still]) => { const root = document.querySelector('fairdesk-widget').shadowRoot;"
            " return root.querySelectorAll('.log .bubble .prose').length >= count && !root.querySelector(still); }",
            arg=[count, still],
        )
        return self.bubbles()

    def violations(self) -> list[str]:
        """What axe finds serious or critical on the page, as it is now."""
        if not AXE.exists():
            pytest.skip(f"axe-core is not at {AXE}; run npm install or set FAIRDESK_AXE")
        self.page.add_script_tag(path=str(AXE))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{one['id']}: {node['target']}"
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]


@pytest.fixture(name="chromium", scope="module")
def one_chromium() -> Iterator[Browser]:
    """One Chromium for the tests of a module; longer, and its event loop would stand in the way of async tests."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; install it or set FAIRDESK_CHROMIUM")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(name="served")
def served_fake() -> Iterator[Running]:
    """A fresh fake API with the real pages."""
    with running() as fake:
        yield fake


def page_of(chromium: Browser, served: Running, **options: Any) -> Iterator[WidgetPage]:
    """A page of its own; an error thrown in it fails the test."""
    context = chromium.new_context(**{"viewport": DESKTOP, "timezone_id": "Asia/Shanghai", **options})
    context.set_default_timeout(8000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH_PERMISSIONS)
    yield WidgetPage(page, served)
    context.close()
    assert errors == []


@pytest.fixture(name="widget")
def widget_on_a_desk(chromium: Browser, served: Running) -> Iterator[WidgetPage]:
    """The widget at desk width."""
    yield from page_of(chromium, served)


@pytest.fixture(name="phone")
def widget_on_a_phone(chromium: Browser, served: Running) -> Iterator[WidgetPage]:
    """The widget at phone width."""
    yield from page_of(chromium, served, viewport=PHONE, has_touch=True, is_mobile=True)
