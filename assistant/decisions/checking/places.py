"""Where in its file a part of a rule stands. Files are read again for that, and only when there is a finding."""

from functools import cache
from pathlib import Path

from assistant.decisions.checking.findings import Finding
from assistant.decisions.facts import NestedFacts
from assistant.decisions.rules import Rule
from assistant.decisions.sources import Source, Step, read_source
from knowledge.errors import BadKnowledge


class Places:
    """Finds the lines of rules' parts; each file is read once."""

    def __init__(self) -> None:
        self._source = cache(_read)

    def line(self, rule: Rule, *steps: Step) -> int:
        """The line of a part of a rule, such as `"when", 2`; the rule's own where there is no such part."""
        source = self._source(rule.path)
        if source is None or not steps:
            return rule.line
        entries = source.data.get("rules", ()) if isinstance(source.data, dict) else ()
        place = next((n for n in range(len(entries)) if source.line("rules", n) == rule.line), None)
        if place is None:
            return rule.line
        lines = [source.line("rules", place, *steps[:depth]) for depth in range(len(steps), 0, -1)]
        return next((line for line in lines if line >= rule.line), rule.line)  # a YAML alias leads back to its anchor

    def finding(
        self, rule: Rule, code: str, message: str, *steps: Step, witness: NestedFacts | None = None
    ) -> Finding:
        """A finding about a part of a rule."""
        return Finding(rule.path, self.line(rule, *steps), rule.id, code, message, witness)


def _read(path: str) -> Source | None:
    """The file, unless it is gone by now or was never one."""
    try:
        return read_source(Path(path))
    except BadKnowledge:
        return None
