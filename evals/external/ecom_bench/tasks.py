"""The benchmark's tasks: who asks for what, and the writes and words that should come of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import BadInput


@dataclass(frozen=True, slots=True)
class Write:
    """A write as a task's gold actions name it."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The operation and, where it has several, which of them."""
        action = self.arguments.get("action")
        return f"{self.name}:{action}" if action else self.name


@dataclass(frozen=True, slots=True)
class Task:
    """One task; `outputs` are words that the assistant must have said."""

    id: str
    buyer_id: str
    instruction: str
    writes: tuple[Write, ...]
    outputs: tuple[str, ...]


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class _Action(_Model):
    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class _Metadata(_Model):
    actions: list[_Action] = Field(default_factory=list)
    outputs: list[str] = Field(default_factory=list)


class _Task(_Model):
    task_id: str
    user_id: str
    instruction: str
    metadata: _Metadata = _Metadata()


def read_tasks(path: Path) -> tuple[Task, ...]:
    """Read a file of tasks in the benchmark's form.

    Raises:
        BadInput: the file can't be read, or isn't in that form; names the file.
    """
    try:
        models = [_Task.model_validate(one) for one in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, ValidationError) as wrong:
        raise BadInput(f"{path}: no file of tasks: {wrong}") from wrong
    return tuple(
        Task(
            one.task_id, one.user_id, one.instruction,
            tuple(Write(action.name, action.arguments) for action in one.metadata.actions),
            tuple(one.metadata.outputs),
        )
        for one in models
    )
