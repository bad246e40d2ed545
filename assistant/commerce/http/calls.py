"""One exchange with a host over HTTP, within limits: time, size, calls side by side, and patience with failures.

Whatever goes wrong on the way is Unavailable. Redirects are not followed, proxies of the environment not used, and
compressed answers not asked for: each would get around a limit.
"""

import asyncio
import logging
import random
from asyncio import Semaphore, timeout
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import httpx

from assistant.commerce.http.addresses import GuardedTransport
from assistant.commerce.http.breaker import Breaker, Resting
from knowledge.errors import Unavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one host is allowed: seconds for a whole exchange, calls side by side, bytes of an answer, tries of a read.

    A read waits `first_wait` seconds before its second try, twice as long before each further one, by half less at
    random; `sleep` and `chance` (0 to 1) are handed in by tests.
    """

    seconds: float = 4.0
    connect_seconds: float = 2.0
    calls: int = 16
    answer_bytes: int = 4 * 1024 * 1024
    tries: int = 3
    first_wait: float = 0.1
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Answer:
    """A host's answer, read whole."""

    status: int
    body: bytes
    media_type: str = ""


def client(*, private: bool, limits: Limits, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """An HTTP client that asks public addresses only, or those inside too; `transport` lets tests answer."""
    pool = httpx.Limits(max_connections=limits.calls, max_keepalive_connections=limits.calls, keepalive_expiry=20)
    guarded = transport or GuardedTransport(httpx.AsyncHTTPTransport(limits=pool, trust_env=False), private=private)
    patience = httpx.Timeout(limits.seconds, connect=limits.connect_seconds)
    return httpx.AsyncClient(transport=guarded, timeout=patience, follow_redirects=False, trust_env=False)


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """Says in our words that the time is over."""
    try:
        yield
    except TimeoutError as error:
        raise Unavailable(f"the platform did not answer within {seconds:g} seconds") from error


@dataclass(slots=True)
class Calls:
    """Calls to one host."""

    http: httpx.AsyncClient
    limits: Limits = field(default_factory=Limits)
    breaker: Breaker = field(default_factory=Breaker)
    _room: Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._room = Semaphore(self.limits.calls)

    async def once(self, make: Callable[[], httpx.Request]) -> Answer:
        """Send a request, once. `make` makes it at the last moment, since its signature has the time in it.

        Raises:
            Unavailable: no answer, a server's error (5xx), or one that can't be used. What was sent may have been done.
        """
        with self.breaker.call():
            async with self._place():
                answer = await self._exchange(make())
            if answer.status >= 500 or answer.status in (408, 425):
                raise Unavailable(f"the platform answers {answer.status}")
            return answer

    async def again_and_again(self, make: Callable[[], httpx.Request]) -> Answer:
        """Send a request that changes nothing, up to `tries` times while there is no answer, for twice `seconds`.

        Raises:
            Unavailable: as `once`, after the last try; a host that is being left alone is not asked again.
        """
        with _in_time(2 * self.limits.seconds):
            async with timeout(2 * self.limits.seconds):
                return await self._patiently(make)

    async def _patiently(self, make: Callable[[], httpx.Request]) -> Answer:
        for tried in range(1, self.limits.tries):
            try:
                return await self.once(make)
            except Resting:
                raise
            except Unavailable as error:
                log.info("asking the platform again: %s", error)
            await self.limits.sleep(self.limits.first_wait * 2 ** (tried - 1) * (1 - self.limits.chance() / 2))
        return await self.once(make)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """A place among the calls side by side, and the time that one of them may take, waiting included."""
        with _in_time(self.limits.seconds):
            async with timeout(self.limits.seconds), self._room:
                yield

    async def _exchange(self, request: httpx.Request) -> Answer:
        request.headers["Accept-Encoding"] = "identity"
        try:
            response = await self.http.send(request, stream=True)
            try:
                body = await self._body(response)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
            raise Unavailable(f"the platform did not answer: {type(error).__name__}") from error
        if response.is_redirect:
            raise Unavailable("the platform answers with a redirect, which is not followed: configure where it leads")
        return Answer(response.status_code, body, response.headers.get("content-type", "").split(";")[0].strip())

    async def _body(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Unavailable("the platform's answer is compressed, which was not asked for")
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > self.limits.answer_bytes:
                raise Unavailable(f"the platform's answer is longer than {self.limits.answer_bytes} bytes")
        return bytes(body)
