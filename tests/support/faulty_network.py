"""A bad network in front of an HTTP application: it drops, delays, doubles, cuts and garbles, by a plan.

It stands inside the server (an ASGI layer that can cut its connection), so everything before it is real: sockets,
time-outs, half bodies.
"""

import asyncio
import random
from collections import Counter
from typing import Literal, get_args

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

Fault = Literal[
    "drop_before", "drop_after", "late", "slow", "double", "echo", "error_before", "error_after", "half", "nonsense",
    "wrong_type", "busy",
]
"""What happens to one request.

drop_before, drop_after    the connection ends without an answer, before or after the request was worked on
late                       the connection ends, and the request arrives a while later: after others
slow                       worked on, answered when nobody waits any more
double, echo               arrives twice at the same time, or once more a while later
error_before, error_after  500, before or after it was worked on
half                       worked on, and the answer breaks off in the middle
nonsense, wrong_type       worked on, and the answer is HTML, or not called JSON
busy                       429, not worked on
"""
FAULTS: tuple[Fault, ...] = get_args(Fault)


class CuttableProtocol(H11Protocol):
    """Uvicorn's own, which also tells the application its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection was opened."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class FaultyNetwork:
    """An ASGI layer. Each request uses up one entry of `plan`; None, and an empty plan, let it through."""

    def __init__(self, app: ASGIApp, *, late_seconds: float = 0.02, slow_seconds: float = 0.15) -> None:
        self._app, self._late, self._slow = app, late_seconds, slow_seconds
        self.plan: list[Fault | None] = []
        self.happened: Counter[str] = Counter()
        self._later: set[asyncio.Task[object]] = set()

    def expect(self, dice: random.Random, requests: int, share: float) -> None:
        """Plan faults for so many requests, of which a share goes wrong."""
        self.plan = [dice.choice(FAULTS) if dice.random() < share else None for _ in range(requests)]

    async def settle(self) -> None:
        """Wait until everything that is late has arrived."""
        while self._later:
            await asyncio.gather(*self._later, return_exceptions=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, with what the plan has for it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault = self.plan.pop(0) if self.plan else None
        self.happened[fault or "none"] += 1
        request = _Request(self._app, scope, await _whole(receive))
        await self._answer(fault, request, scope["state"]["transport"], send)

    async def _answer(self, fault: Fault | None, request: "_Request", wire: asyncio.Transport, send: Send) -> None:
        if fault in ("drop_before", "late"):
            self._repeat(request, times=fault == "late")
            wire.abort()
            return
        if fault in ("error_before", "busy"):
            await _send(send, 500 if fault == "error_before" else 429, b"no", "text/plain")
            return
        copies = await asyncio.gather(*(request.work() for _ in range(2 if fault == "double" else 1)))
        status, body = copies[0]
        self._repeat(request, times=fault == "echo")
        if fault == "drop_after":
            wire.abort()
        elif fault == "half":
            await _send(send, status, body[: len(body) // 2], "application/json", length=len(body))
            wire.close()
        elif fault == "error_after":
            await _send(send, 500, b"no", "text/plain")
        else:
            await asyncio.sleep(self._slow if fault == "slow" else 0)
            garbled = {"nonsense": (b"<html>ok</html>", "text/html"), "wrong_type": (body, "text/plain")}
            await _send(send, status, *garbled.get(fault or "", (body, "application/json")))

    def _repeat(self, request: "_Request", *, times: int) -> None:
        async def arrive() -> None:
            await asyncio.sleep(self._late * random.random())
            await request.work()

        for _ in range(times):
            task = asyncio.create_task(arrive())
            self._later.add(task)
            task.add_done_callback(self._later.discard)


class _Request:
    """A request that was read whole and can be worked on any number of times."""

    def __init__(self, app: ASGIApp, scope: Scope, body: bytes) -> None:
        self._app, self._scope, self._body = app, scope, body

    async def work(self) -> tuple[int, bytes]:
        """Let the application work on it; its status and body."""
        told: list[Message] = []
        given: list[Message] = [{"type": "http.request", "body": self._body, "more_body": False}]

        async def receive() -> Message:
            return given.pop() if given else await asyncio.Future()

        async def send(message: Message) -> None:
            told.append(message)

        await self._app(dict(self._scope), receive, send)
        return told[0]["status"], b"".join(message.get("body", b"") for message in told[1:])


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def _send(send: Send, status: int, body: bytes, media_type: str, length: int | None = None) -> None:
    stated = str(len(body) if length is None else length)
    headers = [(b"content-type", media_type.encode()), (b"content-length", stated.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": length is not None})
