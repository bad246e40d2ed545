"""Makes docs/widget.png from the real page: a running demo shop, a real Chromium, a conversation up to the proposal.

Needs the extra `browser` and Debian's Chromium. Run by `make screenshots`.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

PORT = 8766
URL = f"http://127.0.0.1:{PORT}"
HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--font-render-hinting=none"]


def main() -> None:
    """Serve, talk, take the picture."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"FAIRDESK_HOME": home}
        command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(PORT)]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_until_ready()
            take_picture()
        finally:
            server.terminate()
            server.wait(10)


def wait_until_ready() -> None:
    """Until the server answers, a minute at most."""
    for _ in range(600):
        try:
            if httpx.get(f"{URL}/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def take_picture() -> None:
    """The demo page with the widget open on a proposal."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1180, "height": 820}, device_scale_factor=2, locale="zh-CN")
        page.goto(f"{URL}/demo/?buyer=xiaolin&lang=zh&theme=light")
        page.wait_for_timeout(1500)
        page.locator("fairdesk-widget").first.click()
        for line in ("上周买的那条裙子不想要了，能退吗", "还没拆"):
            say(page, line)
        page.screenshot(path=HERE / "widget.png")
        browser.close()


def say(page: Page, text: str) -> None:
    """Type a line and give the reply time to come."""
    page.wait_for_timeout(800)
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_timeout(2500)


if __name__ == "__main__":
    main()
