"""A desk's server in memory: the staff half of the HTTP contract, for tests in a real browser.

Tests reach into `FakeDesk` to make things happen (a buyer writes, a colleague is faster, the line is cut) and
to see what the desk asked for. Streams look for news every few milliseconds: no locks are needed.
"""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

WEB = Path(__file__).parents[2] / "api" / "web"
STAFF = {"id": "s-lin", "name": "林小满", "role": "agent", "skills": ["general"]}
LOOK_EVERY_S = 0.02
Json = dict[str, Any]


def ago(**kwargs: float) -> str:
    """A moment in the past, as the contract writes times."""
    return (datetime.now(UTC) - timedelta(**kwargs)).isoformat()


class RefusedError(Exception):
    """Becomes an error answer of the contract."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass
class Talk:
    """One conversation: its row, its log, and what the briefing and the copilot say of it."""

    row: Json
    events: list[Json] = field(default_factory=list)
    briefing: Json | None = None
    advice: Json | None = None
    whispers: list[tuple[str, Json]] = field(default_factory=list)
    """Frames without an id (typing, delta, state), in order."""

    def log(self, kind: str, actor: str, data: Json, visibility: str = "public", at: str = "") -> Json:
        """Appends an event."""
        event = {"seq": len(self.events) + 1, "at": at or ago(), "kind": kind, "actor": actor, "data": data}
        event["visibility"] = visibility
        self.events.append(event)
        return event

    def conversation(self) -> Json:
        """The contract's Conversation."""
        queue = {"position": 1, "wait_seconds": 90, "promised_at": None, "open": True}
        shown = {key: self.row[key] for key in ("id", "owner", "language")}
        waiting = queue if self.row["owner"] == "queued" else None
        return {**shown, "last_seq": len(self.events), "agent": self.row["agent"], "queue": waiting}


@dataclass
class FakeDesk:
    """The server's state, and the handles that tests pull."""

    talks: dict[str, Talk] = field(default_factory=dict)
    clauses: dict[str, Json] = field(default_factory=dict)
    orders: list[Json] = field(default_factory=list)
    facts: Json = field(default_factory=dict)
    """What facts are called."""
    row_news: list[Json] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Method and path of each request, in order."""
    generation: int = 0
    half_frame: bool = False
    overlap: int = 0
    """A stream that is taken up again repeats so many events, as after a crash between sending and noting."""
    lose_answers: int = 0
    """So many messages are taken in, and the answer lost on the way."""
    away: bool = False
    """Everything answers 503."""

    def add(self, row: Json, **parts: Any) -> Talk:
        """Adds a conversation."""
        talk = self.talks[row["id"]] = Talk(row, **parts)
        return talk

    def changed(self, talk: Talk) -> None:
        """Tells the queue's and the conversation's streams about a new owner, agent or last text."""
        self.row_news.append(dict(talk.row))
        talk.whispers.append(("state", talk.conversation()))

    def buyer_says(self, name: str, text: str) -> Json:
        """The buyer writes."""
        talk = self.talks[name]
        data = {"client_id": f"b{len(talk.events)}", "text": text, "attachments": []}
        event = talk.log("buyer_message", "buyer", data)
        talk.row |= {"last_text": text, "last_at": event["at"]}
        self.row_news.append(dict(talk.row))
        return event

    def move(self, name: str, owner: str, agent: Json | None = None) -> Talk:
        """The state machine in short: a new owner, logged and told."""
        talk = self.talks[name]
        data = {"from": talk.row["owner"], "to": owner, "reason": {"zh": "", "en": ""}, "agent": agent}
        talk.row |= {"owner": owner, "agent": agent}
        talk.log("owner_changed", "system", data)
        self.changed(talk)
        return talk

    def cut(self, half_frame: bool = False) -> None:
        """Ends all streams; the next thing on the wire may be half a frame."""
        self.half_frame = half_frame
        self.generation += 1

    def texts(self, name: str, kind: str) -> list[str]:
        """The texts of all events of a kind."""
        return [event["data"]["text"] for event in self.talks[name].events if event["kind"] == kind]

    def mine(self, name: str) -> Talk:
        """The conversation, if the signed-in person answers it."""
        talk = self.talks[name]
        if talk.row["owner"] != "human" or talk.row["agent"]["id"] != STAFF["id"]:
            raise RefusedError(409, "not_yours", "not taken by you")
        return talk


def frame(event: str, data: Json, seq: int | None = None) -> str:
    """One server-sent frame."""
    head = f"id: {seq}\n" if seq else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def conversation_frames(desk: FakeDesk, talk: Talk, after: int) -> AsyncIterator[str]:
    """Events after a seq, and whatever is whispered from now on, until the line is cut."""
    born, heard = desk.generation, len(talk.whispers)
    yield ": ping\n\n"
    while desk.generation == born:
        for event in talk.events[after:]:
            yield frame("event", event, event["seq"])
        after = len(talk.events)
        for name, data in talk.whispers[heard:]:
            yield frame(name, data)
        heard = len(talk.whispers)
        await asyncio.sleep(LOOK_EVERY_S)
    if desk.half_frame:
        yield f'id: {after + 1}\nevent: event\ndata: {{"seq": {after + 1}, "kind'


async def row_frames(desk: FakeDesk) -> AsyncIterator[str]:
    """Changed rows from now on, until the line is cut."""
    born, told = desk.generation, len(desk.row_news)
    yield ": ping\n\n"
    while desk.generation == born:
        for row in desk.row_news[told:]:
            yield frame("row", row)
        told = len(desk.row_news)
        await asyncio.sleep(LOOK_EVERY_S)


def create_app(desk: FakeDesk) -> FastAPI:
    """The fake server over a FakeDesk."""
    app = FastAPI()
    add_guards(app, desk)
    add_queue(app, desk)
    add_actions(app, desk)
    for name in ("desk", "shared", "static"):
        if (WEB / name).is_dir():
            app.mount(f"/{name}", StaticFiles(directory=WEB / name, html=True))
    return app


def add_guards(app: FastAPI, desk: FakeDesk) -> None:
    """Sign-in, error answers, and the server being away."""

    @app.exception_handler(RefusedError)
    async def refused(_: Request, error: RefusedError) -> JSONResponse:
        return JSONResponse({"error": {"code": error.code, "message": error.message}}, error.status)

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        path = request.url.path
        if path.startswith("/v1"):
            desk.asked.append(f"{request.method} {path}")
            if desk.away:
                return JSONResponse({"error": {"code": "unavailable", "message": "away"}}, 503)
            open_to_all = path in ("/v1/staff/login", "/v1/demo/buyers")
            if not open_to_all and request.headers.get("authorization") != "Bearer staff-token":
                return JSONResponse({"error": {"code": "unauthenticated", "message": "sign in"}}, 401)
        response: Response = await call_next(request)
        return response

    @app.get("/v1/demo/buyers")
    async def buyers() -> Json:
        return {"buyers": []}

    @app.post("/v1/staff/login")
    async def login(body: Json) -> Json:
        if (body["name"], body["password"]) != ("lin", "demo"):
            raise RefusedError(401, "unauthenticated", "wrong name or password")
        return {"token": "staff-token", "expires_at": ago(hours=-8), "staff": STAFF}


def add_queue(app: FastAPI, desk: FakeDesk) -> None:
    """What is read: rows, one conversation, streams, the copilot, orders, clauses."""

    @app.get("/v1/desk/conversations")
    async def rows(owner: str) -> Json:
        return {"conversations": [talk.row for talk in desk.talks.values() if talk.row["owner"] == owner]}

    @app.get("/v1/desk/stream")
    async def queue_stream() -> StreamingResponse:
        return StreamingResponse(row_frames(desk), media_type="text/event-stream")

    @app.get("/v1/desk/conversations/{name}")
    async def conversation(name: str) -> Json:
        talk = desk.talks[name]
        parts = {"row": talk.row, "briefing": talk.briefing, "events": talk.events}
        return {"conversation": talk.conversation(), **parts}

    @app.get("/v1/desk/conversations/{name}/stream")
    async def stream(name: str, request: Request, after: int = 0) -> StreamingResponse:
        start = max(0, int(request.headers.get("last-event-id", after)) - desk.overlap)
        frames = conversation_frames(desk, desk.talks[name], start)
        return StreamingResponse(frames, media_type="text/event-stream")

    @app.get("/v1/desk/conversations/{name}/copilot")
    async def copilot(name: str) -> Json:
        lists: Json = {"intents": [], "clauses": [], "open_questions": []}
        nothing: Json = {"entitlement": None, "suggestion": None, "next_step": None}
        return desk.talks[name].advice or lists | nothing

    @app.get("/v1/desk/facts")
    async def facts() -> Json:
        return {"facts": desk.facts}

    @app.get("/v1/desk/orders")
    async def orders(buyer: str) -> Json:
        return {"orders": desk.orders if buyer == "b-zhou" else []}

    @app.get("/v1/clauses/{name:path}")
    async def clause(name: str) -> Json:
        if name not in desk.clauses:
            raise RefusedError(404, "not_found", "no such clause")
        return desk.clauses[name]


def add_actions(app: FastAPI, desk: FakeDesk) -> None:
    """What is done: take, hand back, close, reply, note, typing."""

    @app.post("/v1/desk/conversations/{name}/take")
    async def take(name: str) -> Json:
        if desk.talks[name].row["owner"] not in ("queued", "assistant"):
            raise RefusedError(409, "conflict", "already taken")
        return desk.move(name, "human", {"id": STAFF["id"], "name": STAFF["name"]}).conversation()

    @app.post("/v1/desk/conversations/{name}/hand-back")
    async def hand_back(name: str) -> Json:
        desk.mine(name)
        return desk.move(name, "assistant").conversation()

    @app.post("/v1/desk/conversations/{name}/close")
    async def close(name: str) -> Json:
        desk.mine(name)
        return desk.move(name, "closed").conversation()

    @app.post("/v1/desk/conversations/{name}/messages", status_code=202)
    async def send(name: str, body: Json) -> Any:
        talk = desk.mine(name)
        known = [event for event in talk.events if event["data"].get("client_id") == body["client_id"]]
        event = known[0] if known else talk.log("staff_message", "agent", {**body, "name": STAFF["name"]})
        if desk.lose_answers:
            desk.lose_answers -= 1
            raise RefusedError(503, "unavailable", "lost on the way")
        return {"event": event}

    @app.post("/v1/desk/conversations/{name}/notes", status_code=201)
    async def note(name: str, body: Json) -> Json:
        data = {"text": body["text"], "name": STAFF["name"]}
        return {"event": desk.talks[name].log("note_added", "agent", data, "internal")}

    @app.post("/v1/desk/conversations/{name}/typing", status_code=204)
    async def typing(name: str) -> Response:
        return Response(status_code=204)


@contextmanager
def serving(desk: FakeDesk) -> Iterator[str]:
    """Serves the fake on a free port of this machine; yields its address."""
    config = uvicorn.Config(create_app(desk), host="127.0.0.1", port=0, log_level="error", ws="none")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        desk.cut()
        server.should_exit = True
        thread.join(5)
