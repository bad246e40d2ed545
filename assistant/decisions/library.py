"""Rule files, read and checked, and the rules that come of them with the figures of a platform or of a shop."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from assistant.decisions.facts import FactCatalog
from assistant.decisions.rulefile import Parameter, RuleCompiler, RulesFile, parse_rules, without_misfits
from assistant.decisions.rules import Rule
from assistant.decisions.sources import Report, Source, read_source
from knowledge.errors import BadKnowledge

ReadFile = tuple[Source, RulesFile]

_PARAMETER = re.compile(r"\bparam\.([a-z][a-z0-9_]*)|\{([a-z][a-z0-9_]*)")
"""A figure in a condition, a sum or a time, or in the words of a reason."""


class Library:
    """Files of rules over one catalogue of facts.

    Each file is compiled once for each set of the figures that it names, so that the books of two hundred shops share
    every rule in which they don't differ. `shop` is the shop whose files they are, if they are a shop's.
    """

    def __init__(
        self, files: Iterable[ReadFile], catalog: FactCatalog, report: Report | None = None, shop: str = ""
    ) -> None:
        self.files = tuple(files)
        self._catalog, self._report, self._shop = catalog, report, shop
        self._named = [_parameters_in(source) for source, _ in self.files]
        self._compiled: dict[tuple[object, ...], list[Rule]] = {}

    def rules(self, values: Mapping[str, Parameter]) -> list[Rule]:
        """All rules with these figures, in the order of the files.

        Raises:
            BadKnowledge: a rule is wrong; without `report` only.
        """
        return [rule for place in range(len(self.files)) for rule in self._rules_of(place, values)]

    def _rules_of(self, place: int, values: Mapping[str, Parameter]) -> list[Rule]:
        key = (place, *(repr(values.get(name)) for name in self._named[place]))
        if key not in self._compiled:
            source, file = self.files[place]
            self._compiled[key] = RuleCompiler(source, self._catalog, values, self._shop).rules(file, self._report)
        return self._compiled[key]


def read_files(paths: Iterable[Path], report: Report | None = None) -> Iterator[ReadFile]:
    """Each file and what it says; with `report`, without the rules that are wrong or the files that can't be read.

    Raises:
        BadKnowledge: a file is wrong; without `report` only.
    """
    for path in paths:
        try:
            source = read_source(path) if report is None else without_misfits(read_source(path), report)
            yield source, parse_rules(source)
        except BadKnowledge as fault:
            if report is None:
                raise
            report(fault)


def _parameters_in(source: Source) -> tuple[str, ...]:
    """The figures that a file's rules name, in conditions or in words."""
    found = _PARAMETER.findall(repr(source.data.get("rules")))
    return tuple(sorted({in_condition or in_words for in_condition, in_words in found}))
