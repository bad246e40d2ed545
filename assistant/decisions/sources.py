"""YAML files read together with the line of every part, so that an error can name file and line."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.decisions.yaml_limits import MOST_BYTES, refuse_excess, too_large
from knowledge.errors import BadKnowledge
from knowledge.text import Text

Step = str | int
Report = Callable[[BadKnowledge], None]
"""Takes each fault that is found, where reading goes on after the first."""
Model = TypeVar("Model", bound=BaseModel)


class TextModel(BaseModel):
    """Text in two languages, as files write it."""

    model_config = ConfigDict(extra="forbid")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self) -> Text:
        """As a value."""
        return Text(self.zh, self.en)


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
            raise self.faults(model)[0][1] from wrong

    def faults(self, model: type[BaseModel]) -> list[tuple[tuple[Step, ...], BadKnowledge]]:
        """Every part of the document that does not fit `model`: the way to it, and the error with its line."""
        try:
            model.model_validate(self.data if self.data is not None else {})
        except ValidationError as wrong:
            return [(one["loc"], self._misfit(one["loc"], one["msg"])) for one in wrong.errors(include_url=False)]
        return []

    def _misfit(self, way: tuple[Step, ...], message: str) -> BadKnowledge:
        return self.error(f"{'.'.join(map(str, way))}: {message}", *way)

    def without(self, entries: str, places: Collection[Step]) -> "Source":
        """The document without some entries of the list under the key `entries`; the others keep their lines."""
        data = {**self.data, entries: [one for n, one in enumerate(self.data[entries]) if n not in places]}
        return replace(self, data=data, _root=_thinned(self._root, entries, places))


def read_source(path: Path) -> Source:
    """Read one YAML file.

    Raises:
        BadKnowledge: the file cannot be read, is not YAML, is too large or too deep, or says one key twice.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large(str(path))
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
    root: yaml.Node | None = None
    try:
        refuse_excess(text, path)
        root = loader.get_single_node()
        if root is not None:
            _refuse_double_keys(root, path)
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise BadKnowledge(f"not YAML: {wrong.problem}", path, mark.line + 1 if mark else 1) from wrong
    except (yaml.YAMLError, ValueError) as wrong:
        raise BadKnowledge(f"not YAML: {wrong}", path, _line_of_bad_date(root) or 1) from wrong
    finally:
        loader.dispose()
    return Source(path, data, root)


def _line_of_bad_date(node: yaml.Node | None) -> int:
    """The line (1-based) of the first date that no calendar has, such as 2026-02-30; 0 where there is none."""
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:timestamp":
        try:
            yaml.constructor.SafeConstructor().construct_yaml_timestamp(node)
        except ValueError:
            return node.start_mark.line + 1
    below = _nodes_below(node)
    return next((line for line in map(_line_of_bad_date, below) if line), 0)


def _nodes_below(node: yaml.Node | None) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [value for _, value in node.value]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


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


def _thinned(root: yaml.Node | None, entries: str, places: Collection[Step]) -> yaml.Node | None:
    """A mapping without some entries of the list under one of its keys."""
    if not isinstance(root, yaml.MappingNode):
        return root
    nodes = []
    for key, node in root.value:
        if key.value == entries and isinstance(node, yaml.SequenceNode):
            kept = [entry for n, entry in enumerate(node.value) if n not in places]
            nodes.append((key, yaml.SequenceNode(node.tag, kept, node.start_mark, node.end_mark)))
        else:
            nodes.append((key, node))
    return yaml.MappingNode(root.tag, nodes, root.start_mark, root.end_mark)


def _refuse_double_keys(node: yaml.Node, path: str) -> None:
    """YAML keeps the last of two equal keys in silence; a rule lost that way would never be missed."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise BadKnowledge(f"the key `{key.value}` is there twice", path, key.start_mark.line + 1)
            seen.add(key.value)
    for child in _nodes_below(node):
        _refuse_double_keys(child, path)
