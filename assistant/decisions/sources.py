"""YAML files read together with the line of every part, so that an error can name file and line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.errors import BadKnowledge

Step = str | int
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML document: its plain data, and where each part of it stands."""

    path: str
    data: Any
    _root: yaml.Node | None = field(repr=False, compare=False)

    def line(self, *steps: Step) -> int:
        """The line (1-based) of the part reached by `steps`, or of the nearest part above it that exists."""
        node, line = self._root, 1
        for step in steps:
            below = _child(node, step)
            if below is not None:  # pydantic's paths carry steps that the file has not, such as a union's branch
                line, node = below
        return line

    def error(self, message: str, *steps: Step) -> BadKnowledge:
        """An error that names this file and the line of the part reached by `steps`."""
        return BadKnowledge(message, self.path, self.line(*steps))

    def parse(self, model: type[Model]) -> Model:
        """The whole document as `model`.

        Raises:
            BadKnowledge: the first part that does not fit, with its line.
        """
        try:
            return model.model_validate(self.data if self.data is not None else {})
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            raise self.error(f"{place}: {first['msg']}", *first["loc"]) from wrong


def read_source(path: Path) -> Source:
    """Read one YAML file.

    Raises:
        BadKnowledge: the file cannot be read, is not YAML, or says one key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadKnowledge(f"cannot be read: {wrong}", str(path), 1) from wrong
    return parse_source(text, str(path))


def yaml_files(paths: Iterable[Path | str]) -> list[Path]:
    """The files themselves, folders opened, in order of their names.

    Raises:
        BadKnowledge: a path is not there.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        if not path.exists():
            raise BadKnowledge("no such file or folder", str(path), 1)
        files += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return files


def parse_source(text: str, path: str) -> Source:
    """Parse YAML text that stands at `path`; errors as in `read_source`."""
    loader = yaml.CSafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is not None:
            _refuse_double_keys(root, path)
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise BadKnowledge(f"not YAML: {wrong.problem}", path, mark.line + 1 if mark else 1) from wrong
    except (yaml.YAMLError, ValueError) as wrong:
        raise BadKnowledge(f"not YAML: {wrong}", path, 1) from wrong
    finally:
        loader.dispose()
    return Source(path, data, root)


def _child(node: yaml.Node | None, step: Step) -> tuple[int, yaml.Node] | None:
    """The part of `node` under one step, with the line of its key or entry."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        entry = node.value[step]
        return entry.start_mark.line + 1, entry
    return None


def _refuse_double_keys(node: yaml.Node, path: str) -> None:
    """YAML keeps the last of two equal keys in silence; a rule lost that way would never be missed."""
    children = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
    if isinstance(node, yaml.SequenceNode):
        children = node.value
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise BadKnowledge(f"the key `{key.value}` is there twice", path, key.start_mark.line + 1)
            seen.add(key.value)
    for child in children:
        _refuse_double_keys(child, path)
