"""What a YAML file may be before it is read: so large, so deep, and no larger once its aliases are written out.

A few lines of aliases can stand for more nodes than fit into memory, and deep nesting overruns the stack of the C
parser, which ends the process. So a file is first followed event by event, and left as soon as it is too much.
"""

from dataclasses import dataclass, field

import yaml

from knowledge.errors import BadKnowledge

MOST_BYTES = 2_000_000
MOST_DEPTH = 50
MOST_NODES = 200_000
"""Nodes with every alias written out. The largest shipped file has a few thousand."""


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun: its anchor, and how many nodes it holds so far, itself included."""

    anchor: str | None = None
    nodes: int = 1


@dataclass(slots=True)
class _Walk:
    """How far a file has been followed; `sizes` are those of the anchored nodes that have ended."""

    path: str
    open: list[_Open] = field(default_factory=lambda: [_Open()])
    sizes: dict[str, int] = field(default_factory=dict)

    def see(self, event: yaml.Event) -> None:
        """Take in one event; raises BadKnowledge where it is too much."""
        if isinstance(event, yaml.AliasEvent):
            self._add(self._size_of(event), event)
        elif isinstance(event, yaml.ScalarEvent):
            self._add(1, event)
            self._name(event.anchor, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.open.append(_Open(event.anchor))
            if len(self.open) > MOST_DEPTH:
                raise self._error(f"nested more than {MOST_DEPTH} deep", event)
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self.open.pop()
            self._name(ended.anchor, ended.nodes)
            self._add(ended.nodes, event)

    def _add(self, nodes: int, event: yaml.Event) -> None:
        self.open[-1].nodes += nodes
        if self.open[-1].nodes > MOST_NODES:
            raise self._error(f"comes to more than {MOST_NODES:,} values, aliases written out", event)

    def _name(self, anchor: str | None, nodes: int) -> None:
        if anchor is not None:
            self.sizes[anchor] = nodes

    def _size_of(self, alias: yaml.AliasEvent) -> int:
        """The size of what an alias stands for; an unknown one is the parser's to refuse."""
        if any(begun.anchor == alias.anchor for begun in self.open):
            raise self._error(f"`*{alias.anchor}` stands inside of what it stands for", alias)
        return self.sizes.get(str(alias.anchor), 1)

    def _error(self, message: str, event: yaml.Event) -> BadKnowledge:
        return BadKnowledge(message, self.path, event.start_mark.line + 1 if event.start_mark else 1)


def too_large(path: str) -> BadKnowledge:
    """The error for a file that is too large to be read."""
    return BadKnowledge(f"more than {MOST_BYTES // 1_000_000} MB: split it into several files", path, 1)


def refuse_excess(text: str, path: str) -> None:
    """Pass a file that can be read in good time.

    Raises:
        BadKnowledge: it is too large, too deep, or too much once its aliases are written out; names file and line.
        yaml.YAMLError: it isn't YAML.
    """
    if len(text) > MOST_BYTES:
        raise too_large(path)
    walk = _Walk(path)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        walk.see(event)
