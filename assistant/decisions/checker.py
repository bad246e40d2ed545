"""The checker: what is wrong with a rule book, found before it is published rather than in production."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.examples import ExampleResult, run_examples
from assistant.decisions.rules import Rule
from assistant.decisions.satisfying import can_hold
from knowledge.errors import BadKnowledge

ClauseDates = Mapping[str, tuple[date | None, date | None]]
"""Each clause's first day in force and the first day that it is not; None where there is no such day."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a rule. `code` is stable; `path` and `line` (1-based) say where."""

    path: str
    line: int
    rule: str
    code: str
    message: str


def check(book: RuleBook, clauses: ClauseDates | None = None) -> list[Finding]:
    """Everything found wrong with a loaded book, in the order of its files.

    Codes: `unknown_citation`, `superseded_citation` (with `clauses`), `overlapping_versions`, `no_example`,
    `example_failed`, `never_shown`, `never_applies`, `uncovered_claim`. Syntax errors, unknown facts and
    ill-typed comparisons do not get as far: loading names them; `check_files` turns them into findings too.
    """
    results = run_examples(book)
    findings = [*_citations(book, clauses or {})] if clauses is not None else []
    findings += [*_versions(book), *_examples(book, results), *_never(book, results), *_uncovered(book)]
    return sorted(findings, key=lambda finding: (finding.path, finding.line, finding.code))


def check_files(*paths: Path | str, clauses: ClauseDates | None = None) -> list[Finding]:
    """As `check`, for files that may not even load: then the one finding says why (`bad_knowledge`)."""
    try:
        return check(load_book(*paths), clauses)
    except BadKnowledge as wrong:
        return [Finding(wrong.path, wrong.line, "", wrong.code, wrong.message)]


def _finding(rule: Rule, code: str, message: str, line: int = 0) -> Finding:
    return Finding(rule.path, line or rule.line, rule.id, code, message)


def _citations(book: RuleBook, clauses: ClauseDates) -> Iterator[Finding]:
    """Clauses that are not there, and clauses that ended while the rule goes on."""
    for rule in book.rules:
        for cite in cited_by(rule):
            if cite not in clauses:
                yield _finding(rule, "unknown_citation", f"there is no clause `{cite}`")
            elif _outlives(rule, clauses[cite][1]):
                message = f"`{cite}` ended on {clauses[cite][1]}, the rule goes on"
                yield _finding(rule, "superseded_citation", message)


def cited_by(rule: Rule) -> tuple[str, ...]:
    """Every clause that a rule cites, in its head or in a requirement."""
    parts = [cite for part in (*rule.when, *rule.unless) for cite in part.cites]
    return tuple(dict.fromkeys([*rule.cites, *parts]))


def _outlives(rule: Rule, end: date | None) -> bool:
    """True when a rule is in force after a clause's end."""
    return end is not None and (rule.in_force_to is None or rule.in_force_to > end)


def _versions(book: RuleBook) -> Iterator[Finding]:
    """Versions of one rule that are in force on the same day."""
    versions: dict[str, list[Rule]] = defaultdict(list)
    for rule in book.rules:
        versions[rule.id].append(rule)
    for same in versions.values():
        for earlier, later in pairwise(sorted(same, key=lambda rule: rule.in_force_from)):
            if earlier.in_force_to is None or earlier.in_force_to > later.in_force_from:
                message = f"in force together with the version at {earlier.path}:{earlier.line}"
                yield _finding(later, "overlapping_versions", message)


def _examples(book: RuleBook, results: list[ExampleResult]) -> Iterator[Finding]:
    """Rules without examples, and examples that fail."""
    for rule in book.rules:
        if not rule.examples:
            yield _finding(rule, "no_example", "no example shows what it does")
    for result in results:
        if not result.passed:
            message = f"example `{result.example.name}`: {'; '.join(result.wrong)}"
            yield _finding(result.rule, "example_failed", message, result.example.line)


def _never(book: RuleBook, results: list[ExampleResult]) -> Iterator[Finding]:
    """Rules that hold in no example: because no facts can make them hold, or for want of a showing."""
    shown = {proof.rule for r in results if r.decision for proof in r.decision.proof if proof.truth == "true"}
    for rule in book.rules:
        if rule.id in shown:
            continue
        if can_hold(rule, book.catalog):
            yield _finding(rule, "never_shown", "it holds in no example")
        else:
            yield _finding(rule, "never_applies", "its conditions exclude each other: no facts make it hold")


def _uncovered(book: RuleBook) -> Iterator[Finding]:
    """Claims that buyers can make and no rule in force today could grant."""
    lasting = [rule for rule in book.rules if rule.effect == "grant" and rule.in_force_to is None]
    granted = {claim for rule in lasting for claim in rule.claims}
    for claim in book.claims:
        if claim not in granted:
            yield Finding("", 0, "", "uncovered_claim", f"no rule in force grants `{claim}`")
