"""The door for the files that QA people edit: YAML and JSONL into typed values, or an error that names the line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.decisions.sources import Step, read_source
from knowledge.errors import BadKnowledge

Value = TypeVar("Value")
LineOf = Callable[..., int]
_MISSPELT = ("unexpected_keyword_argument", "extra_forbidden")
"""A misspelt key makes two errors, an unknown key and a missing one; the unknown one tells more."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file: its plain data, and the line (1-based) of whatever stands under a path inside it."""

    path: str
    data: Any
    line: LineOf

    def under(self, *steps: Step) -> "Part":
        """The part reached by `steps`, which must be there."""
        data = self.data
        for step in steps:
            data = data[step]
        return Part(self.path, data, lambda *further: self.line(*steps, *further))

    def error(self, message: str, *steps: Step) -> BadKnowledge:
        """An error that names the file and the line of the part reached by `steps`."""
        return BadKnowledge(message, self.path, self.line(*steps))

    def read(self, adapter: TypeAdapter[Value]) -> Value:
        """The part as a typed value.

        Raises:
            BadKnowledge: the first thing that does not fit, with its line.
        """
        try:
            return adapter.validate_python(self.data)
        except ValidationError as wrong:
            found = wrong.errors(include_url=False, include_input=False)
            first = next((one for one in found if one["type"] in _MISSPELT), found[0])
            place = ".".join(str(step) for step in first["loc"])
            raise self.error(f"{place}: {first['msg']}" if place else first["msg"], *first["loc"]) from wrong


def read_parts(path: Path) -> tuple[Part, list[Part]]:
    """A file's head, and its cases: `cases:` of a YAML file, or every line but the first of a JSONL file.

    Raises:
        BadKnowledge: it cannot be read, or is not what its ending says; names file and line.
    """
    if path.suffix == ".jsonl":
        lines = _json_lines(path)
        return lines[0], lines[1:]
    whole = read_yaml(path)
    if not isinstance(whole.data, dict) or not isinstance(whole.data.get("cases"), list):
        raise whole.error("a suite is a mapping with `kind`, `name` and a list of `cases`")
    head = {key: value for key, value in whole.data.items() if key != "cases"}
    cases = [whole.under("cases", place) for place in range(len(whole.data["cases"]))]
    return Part(whole.path, head, whole.line), cases


def read_yaml(path: Path) -> Part:
    """A whole YAML file as a part.

    Raises:
        BadKnowledge: it cannot be read or is not YAML; names file and line.
    """
    source = read_source(path)
    return Part(source.path, source.data, source.line)


def _json_lines(path: Path) -> list[Part]:
    """Every line that is not empty; at least one."""
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadKnowledge(f"cannot be read: {wrong}", str(path), 1) from wrong
    parts = [_json_line(path, number, text) for number, text in enumerate(texts, start=1) if text.strip()]
    if not parts:
        raise BadKnowledge("the file is empty: its first line names `kind` and `name`", str(path), 1)
    return parts


def _json_line(path: Path, number: int, text: str) -> Part:
    try:
        return Part(str(path), json.loads(text), lambda *_: number)
    except json.JSONDecodeError as wrong:
        raise BadKnowledge(f"not JSON: {wrong.msg}", str(path), number) from wrong
