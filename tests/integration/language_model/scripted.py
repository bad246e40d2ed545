"""An endpoint that answers by script, in place of a language model; what was sent to it can be looked at."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
from pydantic import SecretStr

from assistant.decisions.facts import default_catalog
from assistant.language_model import with_language_model
from assistant.planning.step import Situation, Step
from assistant.replies.reply import Reply
from assistant.replies.voice import Done, Voice
from assistant.services import Reader, Services, Writer
from assistant.settings import Settings
from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import Reading

Json = dict[str, Any]
Talk = tuple[Done, Situation, Voice]
"""What a writer is given beside the step."""


def form(*intents: str, facts: Mapping[str, str] | None = None, mood: str = "calm") -> str:
    """A reading as a model fills it in."""
    stated = [{"name": name, "value": value} for name, value in (facts or {}).items()]
    return json.dumps({"intents": intents, "facts": stated, "mood": mood})


def completion(content: object, **message: object) -> httpx2.Response:
    """A chat completion with one choice."""
    answer = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "finish_reason": "stop", "message": answer}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return httpx2.Response(200, json=body)


@dataclass
class ScriptedEndpoint:
    """Fills in forms by `reads` (of the prompt's message) and rewords drafts by `writes`; `bodies` is what was sent.

    `fault` answers in place of both.
    """

    reads: Callable[[str], str] = lambda _message: form()
    writes: Callable[[str], str] = lambda draft: draft
    fault: Callable[[], httpx2.Response] | None = None
    bodies: list[Json] = field(default_factory=list)

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request for a chat completion."""
        body = json.loads(request.content)
        self.bodies.append(body)
        if self.fault:
            return self.fault()
        said = body["messages"][-1]["content"]
        return completion(self.reads(said) if "response_format" in body else self.writes(said))

    @property
    def sent(self) -> str:
        """Everything that was ever sent, as one text."""
        return json.dumps(self.bodies, ensure_ascii=False)

    @property
    def client(self) -> httpx2.AsyncClient:
        """A client whose requests come here."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self))


class SilentEndpoint(ScriptedEndpoint):
    """Takes every request and never answers."""

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Wait for ever."""
        self.bodies.append(json.loads(request.content))
        await asyncio.Event().wait()
        raise AssertionError("nobody sets this event")


def model_settings(seconds: float = 8.0, **given: Any) -> Settings:
    """Settings with an endpoint and a key."""
    given = {"openai_base_url": "http://model.test/v1", "openai_api_key": SecretStr("key"), **given}
    return Settings(language_model_seconds=seconds, **given)


def model_voices(
    endpoint: ScriptedEndpoint, reader: Reader, writer: Writer, seconds: float = 8.0
) -> tuple[Reader, Writer]:
    """The model's reader and writer, with the scripted endpoint before them and the given voices behind."""
    return with_language_model(model_settings(seconds), reader, writer, default_catalog(), endpoint.client)


def in_model_mode(services: Services, endpoint: ScriptedEndpoint, seconds: float = 8.0) -> Services:
    """The same services, reading and writing through the endpoint."""
    reader, writer = model_voices(endpoint, services.reader, services.writer, seconds)
    return replace(services, reader=reader, writer=writer)


@dataclass
class GivenReader:
    """A reader that always reads the same."""

    reading: Reading
    name: str = "given"

    async def read(self, text: str, context: ReadingContext) -> Reading:
        """The given reading."""
        return self.reading


@dataclass
class GivenWriter:
    """A writer that always drafts the same."""

    reply: Reply
    name: str = "given"

    async def write(self, step: Step, done: Done, situation: Situation, voice: Voice) -> Reply:
        """The given draft."""
        return self.reply

