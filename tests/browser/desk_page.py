"""Chromium and the desk as a test handles them: sign in, open a conversation, take it, press keys."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")

from tests.browser.desk_world import world  # noqa: E402
from tests.browser.fake_desk_api import WEB, FakeDesk, serving  # noqa: E402

expect = playwright.expect
CHROMIUM = Path(os.environ.get("FAIRDESK_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(os.environ.get("FAIRDESK_AXE", WEB.parents[1] / "node_modules" / "axe-core" / "axe.min.js"))
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the module; not for the session, for while its driver runs no other loop can."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; install it or set FAIRDESK_CHROMIUM")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def desk() -> FakeDesk:
    """The server's state."""
    return world()


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    """Where the fake server listens."""
    with serving(desk) as where:
        yield where


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A fresh page on the sign-in form, in Chinese; fails the test on any script error."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.set_default_timeout(5000)
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(f"{address}/desk/?lang=zh")
    yield tab
    context.close()
    assert errors == []


def sign_in(page: Any, password: str = "demo") -> None:
    """Signs in as Lin."""
    page.fill("[name=name]", "lin")
    page.fill("[name=password]", password)
    page.click("button[type=submit]")


def opened(page: Any, name: str) -> None:
    """Signs in, opens a conversation and waits until it is there."""
    sign_in(page)
    page.click(f"[data-row={name}]")
    expect(page.locator(".thread-head")).to_be_visible()


def taken(page: Any, name: str = "c-zhou") -> Any:
    """Signs in, opens a conversation and takes it; returns the composer's box."""
    opened(page, name)
    page.click(".owner button")
    expect(page.locator(".owner")).to_have_attribute("data-owner", "mine")
    return page.locator(".composer textarea")


def serious(page: Any) -> list[str]:
    """The serious and critical findings of axe on the page as it is."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    grave = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['html'][:160]}" for one in grave for node in one["nodes"]]


def press(page: Any, *keys: str) -> None:
    """Presses keys one after the other."""
    for key in keys:
        page.keyboard.press(key)
