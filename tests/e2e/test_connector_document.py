"""The examples in `docs/connector.md` run, and say the same as the program."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.commerce.http.platform import SIGNED_HEADERS
from assistant.commerce.overlay import COMMANDS
from assistant.commerce.placing import PLACE_ORDER
from assistant.settings import Settings
from assistant.signing import is_genuine, request_signature, signed
from assistant.webhooks import kinds

PAGE = (Path(__file__).parents[2] / "docs" / "connector.md").read_text("utf-8")
SECRET = "s" * 40


def blocks(language: str) -> list[str]:
    """The page's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the page's Python defines."""
    made: dict[str, Any] = {}
    exec("\n".join(blocks("python")), made)
    return made


def test_every_block_is_tested() -> None:
    """There are no code blocks but those that the tests below run."""
    assert PAGE.count("```") == 2 * (len(blocks("python")) + len(blocks("env")))


def test_a_platform_that_checks_as_documented_accepts_our_requests(names: dict[str, Any]) -> None:
    """The documented signature of a request is the one that the connector sends."""
    headers = dict(zip(SIGNED_HEADERS, ("demo", "buyer:xiaolin", "1700000000", ""), strict=True))
    ours = request_signature(SECRET, ["GET", "/f/orders/1?a=b", *headers.values()], b"")
    assert names["signature"](SECRET, "GET", "/f/orders/1?a=b", headers, b"") == ours
    assert names["SIGNED"] == SIGNED_HEADERS


def test_a_webhook_that_is_sent_as_documented_is_taken(names: dict[str, Any]) -> None:
    """The documented headers pass the check, and the documented body can be used."""
    headers = names["webhook_headers"](SECRET, "m1", names["BODY"])
    assert is_genuine(SECRET, signed(headers), names["BODY"], datetime.now(UTC))
    assert isinstance(kinds.read(names["BODY"]), kinds.ParcelBack)


def test_the_documented_settings_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the lines of the page in the environment, nothing is missing."""
    for line in blocks("env")[0].splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value)
    settings = Settings()
    settings.check()
    settings.check_platform()
    settings.check_webhooks()
    assert settings.platform_url == "https://platform.example/fairdesk"


def test_all_commands_are_listed() -> None:
    """The page's table has every command that the demo shop knows: a platform may be asked for any of them."""
    assert [name for name in (*COMMANDS, PLACE_ORDER) if f"`{name}`" not in PAGE] == []


def test_all_kinds_of_webhooks_are_listed() -> None:
    """The page's table has every kind that is known."""
    assert [kind for kind in kinds.KINDS if f"| `{kind}` |" not in PAGE] == []
