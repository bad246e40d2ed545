"""The language model's endpoint: asked within a time limit, left alone for a while after it failed."""

import logging
import re
import time
from asyncio import timeout
from collections.abc import Callable
from typing import Any

import httpx2
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.settings import Settings

REST_SECONDS = 30.0
"""How long an endpoint is left alone after a failed call, so that buyers wait for it once and not at every message."""

Prompt = list[tuple[str, str]]
"""Messages with their roles (`system`, `user`)."""

_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
log = logging.getLogger(__name__)


def chat_model(settings: Settings, http: httpx2.AsyncClient | None = None) -> ChatOpenAI:
    """The configured endpoint as a chat model; `http` lets tests answer in its place.

    Many servers of one's own want no key; the client insists on one, so they get the word "none".
    """
    return ChatOpenAI(
        model=settings.language_model, base_url=settings.openai_base_url,
        api_key=settings.openai_api_key or SecretStr("none"),
        timeout=settings.language_model_seconds, max_retries=0, temperature=0,
        use_responses_api=False, http_async_client=http,
    )


class Endpoint:
    """A chat model that gives an answer within `seconds`, or none; it never raises.

    `now` tells seconds that only ever grow.
    """

    def __init__(self, model: ChatOpenAI, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._model, self._seconds, self._now = model, seconds, now
        self._rests_until = float("-inf")

    async def ask(self, prompt: Prompt, **options: Any) -> str:
        """The answer's text without the thoughts that some models put before it; empty when there is none."""
        if self._now() < self._rests_until:
            return ""
        try:
            async with timeout(self._seconds):
                answer = await self._model.ainvoke(prompt, **options)
        except Exception as error:  # noqa: BLE001 - odd answers break the client in any way (AttributeError, IndexError …)
            self._rests_until = self._now() + REST_SECONDS
            log.warning("the language model failed (%s); the embedded path answers", _name(error))
            return ""
        return _THOUGHTS.sub("", answer.text).strip()


def _name(error: Exception) -> str:
    """The error's kind and HTTP status, without its message, which may repeat what was asked."""
    status = getattr(error, "status_code", None)
    return f"{type(error).__name__} {status}" if status else type(error).__name__
