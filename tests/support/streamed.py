"""Answers from a handler as they come over a wire: as a stream that is read once."""

from collections.abc import Awaitable, Callable

import httpx


class Streamed(httpx.AsyncBaseTransport):
    """A transport that answers with what an async handler gives, such as a respx router's."""

    def __init__(self, handler: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> None:
        self._handler = handler

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The handler's answer, not read yet."""
        answer = await self._handler(request)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))
