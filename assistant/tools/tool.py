"""A tool: a typed function that planners are offered, with the schema of its arguments drawn from its signature.

A read answers at once, from what the scope may see. A write does nothing by itself: it becomes a task, and the rules
say whether it is proposed. Who asks comes with the first parameter, which no schema shows and no argument can set.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from assistant.commerce.platform import Platform
from assistant.conversation import Task
from assistant.planning.step import Situation
from assistant.scope import Scope
from knowledge.text import Text

Effect = Literal["reads", "writes"]
Json = Mapping[str, object]
Condition = Callable[[Situation], bool]
_STRICT = ConfigDict(extra="forbid", str_max_length=500, str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class At:
    """Where a read is made: on which platform, for whom, in which situation."""

    platform: Platform
    scope: Scope
    situation: Situation


Read = Callable[..., Awaitable[Json]]
Write = Callable[..., Task]
AnyFunction = TypeVar("AnyFunction", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by its name; `about` is the function's docstring, `offered` says when a planner gets to see it."""

    name: str
    title: Text
    effect: Effect
    about: str
    arguments: type[BaseModel]
    offered: Condition
    function: Callable[..., Any]


class Catalogue:
    """All tools by name, in the order in which they are declared."""

    def __init__(self) -> None:
        self.tools: dict[str, Tool] = {}

    def reads(self, zh: str, en: str, when: Condition | None = None) -> Callable[[AnyFunction], AnyFunction]:
        """Declare a function as a read."""
        return self._declare("reads", Text(zh, en), when)

    def writes(self, zh: str, en: str, when: Condition | None = None) -> Callable[[AnyFunction], AnyFunction]:
        """Declare a function as a write."""
        return self._declare("writes", Text(zh, en), when)

    def _declare(
        self, effect: Effect, title: Text, when: Condition | None
    ) -> Callable[[AnyFunction], AnyFunction]:
        def declared(function: AnyFunction) -> AnyFunction:
            name = function.__name__
            about = inspect.getdoc(function) or ""
            self.tools[name] = Tool(name, title, effect, about, arguments_of(function), when or _always, function)
            return function

        return declared


def _always(_situation: Situation) -> bool:
    return True


def arguments_of(function: Callable[..., object]) -> type[BaseModel]:
    """The arguments of a tool's function as a model: all parameters but the first. Others are refused."""
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        one.name: (hints[one.name], ... if one.default is inspect.Parameter.empty else one.default)
        for one in list(inspect.signature(function).parameters.values())[1:]
    }
    return create_model(function.__name__, __config__=_STRICT, **fields)
