"""A small server that speaks the buyer's part of the HTTP contract from memory, with a script in place of the engine.

It shares the protocol with the real API and adds what a test needs: cut every stream, go away and come back, act as
the agent, count what arrived. State is touched by the server's thread and by the test; each access is one step under
the interpreter's lock, and streams look for news every few milliseconds.
"""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, HTTPException, Request, UploadFile
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.web.pages import mount_pages
from tests.browser.fake_script import CASE, CLAUSES, ORDERS, RECEIPT, Script

Json = dict[str, Any]
LOOK_S = 0.01
BUYERS = [
    {"id": "b1", "name": "陈晓", "credit_tier": 5, "language": "zh", "orders": 8},
    {"id": "b2", "name": "Emma", "credit_tier": 2, "language": "en", "orders": 8},
]


def now() -> str:
    """The present as the contract writes it."""
    return datetime.now(UTC).isoformat()


@dataclass
class FakeConversation:
    """One conversation: its log, its owner, and the transient frames sent so far."""

    id: str
    buyer: str
    language: str = "zh"
    owner: str = "assistant"
    agent: str | None = None
    queue: Json | None = None
    events: list[Json] = field(default_factory=list)
    frames: list[tuple[str, Json]] = field(default_factory=list)
    order: str | None = None

    def as_json(self) -> Json:
        """The conversation as the buyer sees it."""
        agent = {"name": self.agent} if self.agent else None
        return {
            "id": self.id,
            "owner": self.owner,
            "language": self.language,
            "agent": agent,
            "queue": self.queue,
            "last_seq": self.events[-1]["seq"] if self.events else 0,
        }

    def append(self, kind: str, actor: str, data: Json) -> Json:
        """One more event. Every other seq is skipped, as if an internal event had taken it."""
        event = {"seq": 2 * len(self.events) + 1, "at": now(), "kind": kind, "actor": actor, "data": data}
        self.events.append({**event, "visibility": "public"})
        return self.events[-1]

    def frame(self, name: str, data: Json) -> None:
        """A transient frame for whoever listens now."""
        self.frames.append((name, data))

    def pass_to(self, owner: str, reason: Json, *, agent: str | None = None, queue: Json | None = None) -> None:
        """A change of owner, told as an event and as a state frame."""
        before, self.owner, self.agent, self.queue = self.owner, owner, agent, queue
        data = {"from": before, "to": owner, "reason": reason, "queue": queue}
        self.append("owner_changed", "system", data | ({"agent": {"name": agent}} if agent else {}))
        self.frame("state", self.as_json())


class FakeFairdesk:
    """The whole server's memory, and the hands by which a test moves it."""

    def __init__(self) -> None:
        self.conversations: list[FakeConversation] = []
        self.sent: dict[str, Json] = {}
        self.sends = 0
        self.confirmed: list[str] = []
        self.case_steps: list[Json] = []
        self.refuse_step = False
        self.typed = 0
        self.uploads: dict[str, tuple[str, bytes]] = {}
        self.cuts = 0
        self.cut_every = 0
        self.streams = 0
        self.refuse_confirm = False
        self.tokens_valid = True
        self.lose_answers = 0
        self.script = Script(typing_s=0.0)

    @property
    def latest(self) -> FakeConversation:
        """The conversation that was opened last."""
        return self.conversations[-1]

    def cut(self) -> None:
        """Ends every open stream in the middle of what it was saying."""
        self.cuts += 1

    def open(self, buyer: str) -> FakeConversation:
        """The buyer's open conversation, or a new one."""
        for conversation in self.conversations:
            if conversation.buyer == buyer and conversation.owner != "closed":
                return conversation
        self.conversations.append(FakeConversation(id=uuid4().hex, buyer=buyer))
        return self.latest

    def find(self, conversation_id: str) -> FakeConversation:
        """The conversation with this id, or a 404."""
        for conversation in self.conversations:
            if conversation.id == conversation_id:
                return conversation
        raise HTTPException(404, "no such conversation")


def create_app(fake: FakeFairdesk) -> FastAPI:
    """The fake's routes and the real web pages."""
    app = FastAPI()

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        body = {"error": {"code": "refused", "message": str(error.detail)}}
        return JSONResponse(body, status_code=error.status_code)

    _add_demo(app, fake)
    _add_conversations(app, fake)
    _add_talk(app, fake)
    _add_records(app, fake)
    mount_pages(app)
    return app


def _buyer(fake: FakeFairdesk, request: Request) -> str:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not fake.tokens_valid or not token.startswith("token-"):
        raise HTTPException(401, "the token is not valid")
    return token.split("-")[1]


def _add_demo(app: FastAPI, fake: FakeFairdesk) -> None:
    @app.get("/v1/demo/buyers")
    async def buyers() -> Json:
        return {"buyers": BUYERS}

    @app.post("/v1/demo/token")
    async def token(body: Json) -> Json:
        fake.tokens_valid = True
        buyer = next(one for one in BUYERS if one["id"] == body["buyer"])
        return {"token": f"token-{buyer['id']}-{uuid4().hex[:6]}", "expires_at": now(), "buyer": buyer}

    @app.get("/v1/orders")
    async def orders(request: Request, lang: str = "zh") -> Json:
        _buyer(fake, request)
        return {"orders": ORDERS[lang]}


def _add_conversations(app: FastAPI, fake: FakeFairdesk) -> None:
    @app.post("/v1/conversations")
    async def open_conversation(request: Request, body: Json) -> Json:
        conversation = fake.open(_buyer(fake, request))
        conversation.language = body.get("language", conversation.language)
        conversation.order = body.get("page", {}).get("order_id", conversation.order)
        return conversation.as_json()

    @app.get("/v1/conversations/{cid}/events")
    async def events(request: Request, cid: str, after: int = 0) -> Json:
        _buyer(fake, request)
        found = [event for event in fake.find(cid).events if event["seq"] > after]
        return {"events": found, "last_seq": fake.find(cid).as_json()["last_seq"]}

    @app.get("/v1/conversations/{cid}/stream")
    async def stream(request: Request, cid: str, after: int = 0) -> Response:
        _buyer(fake, request)
        last = int(request.headers.get("last-event-id", after))
        return StreamingResponse(_frames(fake, fake.find(cid), last), media_type="text/event-stream")


async def _frames(fake: FakeFairdesk, conversation: FakeConversation, after: int) -> AsyncIterator[bytes]:
    """The stream, until it is cut. With `cut_every` it cuts itself inside each n-th frame."""
    cuts, transient, written = fake.cuts, len(conversation.frames), 0
    fake.streams += 1
    yield b": ping\n\n"
    while fake.cuts == cuts:
        for event in [event for event in conversation.events if event["seq"] > after]:
            written += 1
            text = f"id: {event['seq']}\nevent: event\ndata: {json.dumps(event)}\n\n".encode()
            if fake.cut_every and written % fake.cut_every == 0:
                yield text[: len(text) // 2]
                return
            yield text
            after = event["seq"]
        for name, data in conversation.frames[transient:]:
            transient += 1
            yield f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
        await asyncio.sleep(LOOK_S)
    yield b"id: 9999\nevent: event\nda"


def _add_talk(app: FastAPI, fake: FakeFairdesk) -> None:
    @app.post("/v1/conversations/{cid}/messages", status_code=202)
    async def message(request: Request, cid: str, body: Json) -> Response:
        _buyer(fake, request)
        fake.sends += 1
        known = fake.sent.get(body["client_id"])
        if not known:
            if len(body["text"]) > 10_000:
                raise HTTPException(413, "This message is too long.")
            known = _accept(fake, fake.find(cid), body)
        if fake.lose_answers:
            fake.lose_answers -= 1
            raise HTTPException(503, "lost on the way back")
        return JSONResponse({"event": known}, status_code=202)

    @app.post("/v1/conversations/{cid}/typing", status_code=204)
    async def typing(cid: str) -> None:
        fake.typed += 1

    @app.post("/v1/conversations/{cid}/person")
    async def person(cid: str) -> Json:
        fake.script.person(fake.find(cid))
        return fake.find(cid).as_json()

    @app.post("/v1/conversations/{cid}/rating", status_code=204)
    async def rating(cid: str, body: Json) -> None:
        fake.find(cid).append("rated", "buyer", body)


def _accept(fake: FakeFairdesk, conversation: FakeConversation, body: Json) -> Json:
    pictures = [
        {"id": one, "url": f"/v1/attachments/{one}", "media_type": fake.uploads[one][0]}
        for one in body.get("attachments", [])
    ]
    data = {"client_id": body["client_id"], "text": body["text"], "attachments": pictures, "answer": body.get("answer")}
    event = fake.sent[body["client_id"]] = conversation.append("buyer_message", "buyer", data)
    if conversation.owner == "assistant":
        asyncio.get_running_loop().create_task(fake.script.answer(conversation, body))
    return event


def _add_records(app: FastAPI, fake: FakeFairdesk) -> None:
    @app.post("/v1/conversations/{cid}/attachments", status_code=201)
    async def upload(cid: str, file: UploadFile) -> Json:
        aid, media_type = uuid4().hex, file.content_type or ""
        fake.uploads[aid] = (media_type, await file.read())
        return {"id": aid, "url": f"/v1/attachments/{aid}", "media_type": media_type, "bytes": file.size}

    @app.get("/v1/attachments/{aid}")
    async def attachment(request: Request, aid: str) -> Response:
        _buyer(fake, request)
        return Response(fake.uploads[aid][1], media_type=fake.uploads[aid][0])

    @app.post("/v1/proposals/{pid}/confirm")
    async def confirm(pid: str) -> Json:
        if fake.refuse_confirm:
            raise HTTPException(409, "This offer has expired.")
        if pid not in fake.confirmed:
            fake.confirmed.append(pid)
            fake.script.confirmed(fake.latest, pid)
        return {"receipt": RECEIPT[fake.latest.language]}

    @app.post("/v1/proposals/{pid}/refuse", status_code=204)
    async def refuse(pid: str) -> None:
        fake.latest.append("proposal_closed", "system", {"proposal_id": pid, "state": "refused"})

    @app.get("/v1/cases/{case_id}")
    async def case(case_id: str) -> Json:
        return CASE[fake.latest.language]

    @app.post("/v1/cases/{case_id}/actions", status_code=201)
    async def step(case_id: str, body: Json) -> Json:
        if fake.refuse_step:
            raise HTTPException(409, "this tracking number belongs to another parcel")
        fake.case_steps.append(body)
        return {"case_id": case_id, "seq": 4, "at": now(), "action": body["action"], "state": "in_transit"}

    @app.get("/v1/clauses/{clause_id}")
    async def clause(clause_id: str, lang: str = "zh") -> Json:
        if clause_id not in CLAUSES[lang]:
            raise HTTPException(404, "no such clause")
        return CLAUSES[lang][clause_id]


class Running:
    """The fake on a port of this machine; it can go away and come back at the same address."""

    def __init__(self, fake: FakeFairdesk) -> None:
        self.fake = fake
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Serves in a thread; returns once it answers."""
        config = uvicorn.Config(create_app(self.fake), port=self.port, log_level="critical", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        """Goes away: open streams end, the port refuses."""
        self.fake.cut()
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(10)


@contextlib.contextmanager
def running() -> Iterator[Running]:
    """A fresh fake, served until the test is over."""
    served = Running(FakeFairdesk())
    try:
        yield served
    finally:
        served.stop()


def in_minutes(count: float) -> str:
    """A moment from now."""
    return (datetime.now(UTC) + timedelta(minutes=count)).isoformat()
