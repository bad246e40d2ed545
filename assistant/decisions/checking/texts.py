"""What a rule says of itself: its citations, its versions, its examples."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from assistant.decisions.book import RuleBook
from assistant.decisions.checking.findings import Finding
from assistant.decisions.checking.places import Places
from assistant.decisions.examples import ExampleResult
from assistant.decisions.rules import Rule
from assistant.decisions.sources import Step

ClauseDates = Mapping[str, tuple[date | None, date | None]]
"""Each clause's first day in force and the first day that it is not; None where there is no such day."""


def citations(book: RuleBook, clauses: ClauseDates, places: Places) -> Iterator[Finding]:
    """Clauses that are not there, and clauses that ended while the rule goes on."""
    for rule in book.rules:
        for cite, *steps in _cited(rule):
            if cite not in clauses:
                yield places.finding(rule, "unknown_citation", f"there is no clause `{cite}`", *steps)
            elif _outlives(rule, clauses[str(cite)][1]):
                message = f"`{cite}` ended on {clauses[str(cite)][1]}, the rule goes on"
                yield places.finding(rule, "superseded_citation", message, *steps)


def _cited(rule: Rule) -> Iterator[tuple[Step, ...]]:
    """Each clause that a rule cites, and the way to the place where it does."""
    for n, cite in enumerate(rule.cites):
        yield cite, "cites", n
    for key, parts in (("when", rule.when), ("unless", rule.unless)):
        for place, part in enumerate(parts):
            for n, cite in enumerate(part.cites):
                yield cite, key, place, "cites", n


def cited_by(rule: Rule) -> tuple[str, ...]:
    """Every clause that a rule cites, in its head or in a requirement."""
    return tuple(dict.fromkeys(str(cite) for cite, *_ in _cited(rule)))


def _outlives(rule: Rule, end: date | None) -> bool:
    """True when a rule is in force after a clause's end."""
    return end is not None and (rule.in_force_to is None or rule.in_force_to > end)


def overlapping_versions(book: RuleBook, places: Places) -> Iterator[Finding]:
    """Versions of one rule in force on the same day, and later versions of lower rank."""
    versions: dict[str, list[Rule]] = defaultdict(list)
    for rule in book.rules:
        versions[rule.id].append(rule)
    for same in versions.values():
        for earlier, later in pairwise(sorted(same, key=lambda rule: (rule.in_force_from, rule.path, rule.line))):
            where = f"{earlier.path}:{earlier.line}"
            if earlier.in_force_to is None or earlier.in_force_to > later.in_force_from:
                yield places.finding(later, "overlapping_versions", f"in force together with the version at {where}")
            elif later.level > earlier.level:
                message = f"replaces the version at {where}, of rank {earlier.rank}, by one of rank {later.rank}"
                yield places.finding(later, "takes_away", message, "rank")


def wanting_examples(book: RuleBook, results: Sequence[ExampleResult], places: Places) -> Iterator[Finding]:
    """Rules without examples, and examples that fail."""
    for rule in book.rules:
        if not rule.examples:
            yield places.finding(rule, "no_example", "no example shows what it does")
    for result in results:
        if not result.passed:
            rule, example = result.rule, result.example
            message = f"example `{example.name}`: {'; '.join(result.wrong)}"
            yield Finding(rule.path, example.line, rule.id, "example_failed", message)
