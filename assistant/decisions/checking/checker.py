"""The checker: what is wrong with a rule book, found before it is published rather than in production."""

from collections.abc import Iterator
from pathlib import Path

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.checking.applying import never_applying, never_deciding
from assistant.decisions.checking.findings import Finding
from assistant.decisions.checking.overlaid import is_overlay, lowered, platform_at, within
from assistant.decisions.checking.places import Places
from assistant.decisions.checking.rivals import rivalries
from assistant.decisions.checking.showings import half_shown, showings
from assistant.decisions.checking.texts import ClauseDates, citations, overlapping_versions, wanting_examples
from assistant.decisions.examples import run_examples
from assistant.decisions.expressions import NotCel, UnknownName
from assistant.decisions.jurisdiction import Jurisdiction
from assistant.decisions.sources import read_source
from knowledge.errors import BadKnowledge


def check(book: RuleBook, clauses: ClauseDates | None = None) -> list[Finding]:
    """Everything found wrong with a loaded book, in the order of its files; `CODES` tells what is looked for.

    Citations are looked up in `clauses`; without them they are taken on trust.
    """
    places = Places()
    results = run_examples(book)
    shown = showings(book, results)
    found = [
        *(citations(book, clauses, places) if clauses is not None else ()),
        *overlapping_versions(book, places), *wanting_examples(book, results, places), *_uncovered(book),
        *never_applying(book, shown, places), *never_deciding(book, shown, places),
        *half_shown(book, shown, places), *rivalries(book, shown, places),
    ]
    return _sorted(found)


def check_files(
    *paths: Path | str, clauses: ClauseDates | None = None, jurisdiction: Jurisdiction | None = None
) -> list[Finding]:
    """As `check`, for files that may not even load: what is wrong with their form, one finding for each rule, as well.

    Where a rule can't be loaded, claims are not said to be uncovered: the rule that covers them may be that one. A
    platform's own folder is checked as it lies over the shipped rules; the findings are those in its files.
    """
    if len(paths) == 1 and is_overlay(Path(paths[0])):
        return _check_overlay(Path(paths[0]), clauses, jurisdiction)
    faults: list[BadKnowledge] = []
    try:
        book = load_book(*paths, jurisdiction=jurisdiction, report=faults.append)
    except BadKnowledge as fault:
        return [_of_fault(fault)]
    found = check(book, clauses)
    if not faults:
        return found
    return _sorted([*map(_of_fault, faults), *(one for one in found if one.code != "uncovered_claim")])


def _check_overlay(folder: Path, clauses: ClauseDates | None, jurisdiction: Jurisdiction | None) -> list[Finding]:
    """The findings in a platform's folder; the first fault where it can't be loaded."""
    try:
        platform = platform_at(folder, jurisdiction)
    except BadKnowledge as fault:
        return [_of_fault(fault)]
    return _sorted([*within(folder, check(platform.book, clauses)), *lowered(platform, Places())])


def _sorted(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.path, finding.line, finding.code, finding.message))


def _of_fault(fault: BadKnowledge) -> Finding:
    """What keeps a file or a rule from being loaded, as a finding."""
    return Finding(fault.path, fault.line, "", _code(fault), fault.message)


def _code(fault: BadKnowledge) -> str:
    """Which kind of fault it is."""
    cause = fault.__cause__
    if isinstance(cause, TypeError):
        return "ill_typed"
    if isinstance(cause, UnknownName) or fault.message.startswith("unknown "):
        return "unknown_name"
    if isinstance(cause, NotCel):
        return "not_cel"
    return "bad_form" if _readable(fault.path) else "unreadable"


def _readable(path: str) -> bool:
    """True when a file is YAML, whatever stands in it."""
    try:
        read_source(Path(path))
    except BadKnowledge:
        return False
    return True


def _uncovered(book: RuleBook) -> Iterator[Finding]:
    """Claims that buyers can make and no rule in force today could grant."""
    lasting = [rule for rule in book.rules if rule.effect == "grant" and rule.in_force_to is None]
    granted = {claim for rule in lasting for claim in rule.claims}
    for claim in book.claims:
        if claim not in granted:
            yield Finding("", 0, "", "uncovered_claim", f"no rule in force grants `{claim}`")
