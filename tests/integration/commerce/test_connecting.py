"""Connecting a platform by settings: what is missing is said in a line, and with everything there the service works."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.auth import Keys
from assistant.building import services_for
from assistant.clock import utc_now
from assistant.commerce.demo.world import demo_world
from assistant.commerce.http.platform import HttpPlatform
from assistant.scope import Scope
from assistant.settings import Settings
from knowledge.errors import BadInput
from tests.support.reference_platform import SECRET, TOKEN, listening, reference_platform

LONG = "x" * 40
COMPLETE = {
    "demo": False, "shop_secret": LONG, "staff_secret": LONG, "platform_url": "https://platform.example",
    "platform_token": TOKEN,
}


@pytest.mark.parametrize(("changed", "names"), [
    ({"platform_url": None}, "FAIRDESK_PLATFORM_URL"), ({"platform_token": None}, "FAIRDESK_PLATFORM_TOKEN"),
    ({"platform_secret": "short"}, "FAIRDESK_PLATFORM_SECRET"),
    ({"webhook_url": "https://platform.example/hooks"}, "FAIRDESK_WEBHOOK_SECRET"),
    ({"platform_url": "http://platform.example"}, "FAIRDESK_PLATFORM_URL must begin with https://"),
    ({"platform_url": "https://10.0.0.1"}, "FAIRDESK_PLATFORM_URL leads to 10.0.0.1"),
    ({"webhook_url": "https://169.254.169.254", "webhook_secret": LONG}, "FAIRDESK_WEBHOOK_URL leads to"),
])
async def test_what_is_missing_or_unsafe_is_named(tmp_path: Path, changed: dict[str, Any], names: str) -> None:
    """A service without a platform, a secret or a safe address does not come up, and names the variable."""
    with pytest.raises(BadInput, match=names):
        async with services_for(Settings(home=tmp_path, **(COMPLETE | changed))):
            pass


def test_serve_says_what_is_missing(tmp_path: Path) -> None:
    """`fairdesk serve` outside demo mode without a platform ends with one line that says what to set."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve"]
    told = {"FAIRDESK_DEMO": "0", "FAIRDESK_SHOP_SECRET": LONG, "FAIRDESK_STAFF_SECRET": LONG,
            "FAIRDESK_HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines() == [
        "fairdesk: no platform is connected: set FAIRDESK_PLATFORM_URL (see docs/connector.md), "
        "or FAIRDESK_DEMO=1 for the demo shop"
    ]


async def test_a_connected_platform_is_asked(tmp_path: Path) -> None:
    """With the settings of the documentation, orders come from the platform at the URL, and webhooks are written."""
    world = demo_world(utc_now())
    async with listening(reference_platform(world)[1]) as url:
        settings = Settings(home=tmp_path, **(COMPLETE | {
            "platform_url": url, "platform_secret": SECRET, "platform_private": True, "tenant": "demo",
            "webhook_url": f"{url}/hooks", "webhook_secret": LONG,
        }))
        async with services_for(settings) as services:
            assert isinstance(services.platform, HttpPlatform)
            scope = Keys("demo", LONG, LONG).buyer(Keys("demo", LONG, LONG).mint_buyer(
                "xiaolin", utc_now(), timedelta(hours=1))[0])
            assert await services.platform.orders(scope, "xiaolin")
            assert await services.platform.order(Scope("elsewhere", "buyer", "xiaolin"), world.orders[0].id) is None
            assert services.messenger
