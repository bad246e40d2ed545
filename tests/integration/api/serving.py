"""The real application behind a real socket, and callers that talk to it as browsers do."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import uvicorn
from PIL import Image

from api.app import MakeServices, create_app
from api.auth import Keys
from assistant.building import services_for
from assistant.clock import Clock, utc_now
from assistant.desk import Staff
from assistant.services import Services
from assistant.settings import Settings

Json = dict[str, Any]
T = TypeVar("T")
PATIENCE = 15.0
"""Seconds after which something that should have happened counts as lost."""


@dataclass(frozen=True)
class Frame:
    """One server-sent event: its name, its id (None for passing things) and its data."""

    event: str
    id: int | None
    data: Json


@dataclass(frozen=True)
class Caller:
    """Somebody with a token."""

    http: httpx.Client
    token: str | None = None
    name: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say who this is."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Send a request; `given` goes to httpx."""
        headers = self.headers | given.pop("headers", {})
        return self.http.request(method, path, headers=headers, **given)

    def get(self, path: str, **given: Any) -> httpx.Response:
        """GET."""
        return self.ask("GET", path, **given)

    def post(self, path: str, body: Any = None, **given: Any) -> httpx.Response:
        """POST with a JSON body, when there is one."""
        return self.ask("POST", path, **({} if body is None else {"json": body}), **given)

    @contextmanager
    def frames(self, path: str, **headers: str) -> Iterator[Iterator[Frame]]:
        """The frames of a stream, as they come, until the block ends."""
        with self.http.stream("GET", path, headers=self.headers | headers) as response:
            assert response.status_code == 200, response.read()
            yield frames_of(response.iter_lines())

    def opened(self, **body: Any) -> str:
        """The id of the caller's conversation."""
        found = self.post("/v1/conversations", body)
        assert found.status_code == 200, found.text
        return str(found.json()["id"])

    def say(self, conversation: str, text: str = "", client_id: str | None = None, **more: Any) -> httpx.Response:
        """Send a message."""
        body = {"client_id": client_id or uuid4().hex, "text": text, **more}
        return self.post(f"/v1/conversations/{conversation}/messages", body)

    def events(self, conversation: str, after: int = 0) -> list[Json]:
        """The public log."""
        found = self.get(f"/v1/conversations/{conversation}/events?after={after}")
        assert found.status_code == 200, found.text
        return list(found.json()["events"])

    def wait_for(self, conversation: str, kind: str, after: int = 0) -> Json:
        """The next event of this kind after `after`, in the public log."""
        return until(lambda: next((e for e in self.events(conversation, after) if e["kind"] == kind), None), kind)

    def answered(self, conversation: str, text: str = "", **more: Any) -> Json:
        """Send a message and wait for the reply."""
        sent = self.say(conversation, text, **more)
        assert sent.status_code == 202, sent.text
        event = self.wait_for(conversation, "assistant_reply", sent.json()["event"]["seq"])
        return dict(event["data"]["reply"])


class Server:
    """The application on a port of its own, in a thread; `services` and `run` reach behind the doors."""

    def __init__(self, settings: Settings, make_services: MakeServices) -> None:
        self.app = create_app(settings, make_services)
        self.settings = settings
        config = uvicorn.Config(
            self.app, port=0, log_level="critical", access_log=False, timeout_graceful_shutdown=1, lifespan="on"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Serve; returns when the server is ready."""
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive(), "the server's start")
        assert self._server.started, "the application did not start"
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, timeout=PATIENCE, limits=httpx.Limits(max_connections=64))

    def stop(self) -> None:
        """End it, streams too."""
        self.http.close()
        self._server.should_exit = True
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self._server.serve()

        asyncio.run(serve())

    @property
    def services(self) -> Services:
        """The assistant's parts behind this server."""
        found: Services = self.app.state.services
        return found

    @property
    def keys(self) -> Keys:
        """The secrets that sign this server's tokens."""
        found: Keys = self.app.state.keys
        return found

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's own event loop."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def nobody(self) -> Caller:
        """A caller without a token."""
        return Caller(self.http)

    def buyer(self, name: str | None = None) -> Caller:
        """A buyer with a token from the shop; a new one with no orders when no name is given."""
        chosen = name or f"b-{uuid4().hex[:12]}"
        return Caller(self.http, self.keys.mint_buyer(chosen, utc_now())[0], chosen)

    def merchant(self, shop: str = "hearth", name: str = "hearth-1") -> Caller:
        """A person of a shop with a token from the platform."""
        return Caller(self.http, self.keys.mint_merchant(shop, name, utc_now())[0], name)

    def opening(self, buyers: bool, merchants: bool) -> Caller:
        """Somebody whose token opens routes for these, or for staff."""
        return self.buyer("xiaolin") if buyers else self.merchant() if merchants else self.staff()

    def staff(self, name: str = "lin", role: str = "agent") -> Caller:
        """A person at the desk with a session."""
        return Caller(self.http, self.keys.mint_staff(Staff(f"staff-{name}", name, role), utc_now())[0], name)


@contextmanager
def serving(
    home: Path, make_services: MakeServices | None = None, clock: Clock = utc_now, **settings: Any
) -> Iterator[Server]:
    """A server over a fresh home folder."""
    chosen = Settings(home=home, **({"burst_ms": 20} | settings))
    server = Server(chosen, make_services or partial(services_for, clock=clock))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def frames_of(lines: Iterator[str]) -> Iterator[Frame]:
    """Server-sent events out of the lines of a stream; comments are skipped."""
    told: dict[str, str] = {}
    for line in lines:
        if not line and "data" in told:
            number = told.get("id")
            yield Frame(told.get("event", "message"), int(number) if number else None, json.loads(told["data"]))
        if not line:
            told = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            told[name] = value


def until(look: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited {patience:.0f} s in vain for {what}")


def error_of(response: httpx.Response) -> str:
    """The code of an error; fails when the body has not the one documented shape."""
    body = response.json()
    assert set(body) == {"error"}, body
    assert {"code", "message"} <= set(body["error"]) <= {"code", "message", "detail"}, body
    assert isinstance(body["error"]["message"], str)
    assert body["error"]["message"]
    return str(body["error"]["code"])


def picture(kind: str = "PNG", size: tuple[int, int] = (16, 12), **saved: Any) -> bytes:
    """A small picture in a format of Pillow's."""
    out = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **saved)
    return out.getvalue()
