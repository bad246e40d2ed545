"""The web rooms as files over HTTP."""

import gzip
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.web.pages import ENTRY, WEB, joined, mount_pages, slim


@pytest.fixture
def client() -> TestClient:
    """The rooms without any API."""
    app = Starlette()
    mount_pages(app)
    return TestClient(app, follow_redirects=False)


def test_slim_takes_comments_and_leaves_code() -> None:
    """Comments, indentation and empty lines go; strings and addresses with slashes stay."""
    source = (
        '/** What\n * it is. */\nconst a = "// no /* comment */"; // stays\n\n  // goes\n  /** @type {A} */ b = "x";\n'
    )
    assert slim(source) == 'const a = "// no /* comment */"; // stays\nb = "x";\n'


def test_slim_takes_the_comments_of_a_style_sheet() -> None:
    """A comment ends at its first end mark, also when the next one follows at once."""
    assert slim("/* one */\na { b: c; } /* two */\n/* three\n */\n/* four */\nd { e: f; }\n") == (
        "a { b: c; } /* two */\nd { e: f; }\n"
    )


def test_the_joined_widget_holds_every_module_once() -> None:
    """One file without imports or exports, in which each declaration of the sources stands once."""
    whole = joined(ENTRY)
    assert not re.findall(r"^(?:import|export)\b", whole, re.MULTILINE)
    declared = re.findall(r"^(?:async )?(?:function|const|class|let) (\w+)", whole, re.MULTILINE)
    assert len(declared) == len(set(declared))
    for module in (WEB / "widget").glob("*.js"):
        for name in re.findall(
            r"^export (?:async )?(?:function|const|class) (\w+)", module.read_text("utf-8"), re.MULTILINE
        ):
            assert name in declared


def test_visitors_come_to_the_demo(client: TestClient) -> None:
    """The bare address leads to the demo page."""
    assert client.get("/").headers["location"] == "/demo/"
    assert "<title>" in client.get("/demo/").text


def test_files_are_sent_small_and_once(client: TestClient) -> None:
    """Compressed for who can read it, and not again while nothing changed."""
    packed = client.get("/widget/fairdesk.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/widget/fairdesk.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))
    again = client.get("/widget/fairdesk.js", headers={"If-None-Match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_shops_on_other_addresses_may_load_the_widget(client: TestClient) -> None:
    """A module script from another origin needs the header, and so do its pictures."""
    for path in ("/widget/fairdesk.js", "/shared/tokens.css", "/demo/icon.svg"):
        assert client.get(path).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/widget/../pages.py", "/widget/%2e%2e/pages.py", "/widget/..%2fpages.py", "/shared/none.css"]
)
def test_nothing_outside_the_rooms_is_served(client: TestClient, path: str) -> None:
    """Paths that lead out of a room, or to nothing, are 404."""
    assert client.get(path).status_code == 404
