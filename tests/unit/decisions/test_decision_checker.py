"""The checker: faults in a rule book are found before it is published."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

from assistant.decisions.book import RuleBook
from assistant.decisions.checker import check, check_files, cited_by

WriteBook = Callable[..., RuleBook]

HEAD = """\
rules:
  - id: a.rule
    title: {zh: 甲, en: A}
    because: {zh: 因为, en: because}
    rank: platform
    cites: [returns#1.1]
    claim: [return, refund, exchange, repair, price_protection, compensation, complaint]
"""
BODY = """\
    when: [order.delivered]
    grant: {remedy: complaint}
"""
SHOWN = """\
    examples:
      - {name: delivered, claim: return, given: {order.state: delivered}, expect: {outcome: grant}}
"""


def codes(book: RuleBook, **options: object) -> list[tuple[str, int]]:
    """The findings' codes and lines."""
    return [(found.code, found.line) for found in check(book, **options)]  # type: ignore[arg-type]


def test_the_shipped_rules_have_no_findings(book: RuleBook) -> None:
    """Every shipped rule has an example in which it holds, and every claim has a rule."""
    assert check(book) == []


def test_every_clause_that_the_shipped_rules_cite_is_in_the_corpus(book: RuleBook) -> None:
    """No decision cites a clause that cannot be opened."""
    folder = Path(__file__).parents[3] / "knowledge" / "corpus"
    lines = [(path.stem, line) for path in folder.glob("*.md") for line in path.read_text("utf-8").splitlines()]
    headings = {f"{stem}#{line[3:].split(' · ')[0].strip()}" for stem, line in lines if line.startswith("## ")}
    assert {cite for rule in book.rules for cite in cited_by(rule)} - headings == set()


def test_a_rule_without_examples_and_one_never_shown(write_book: WriteBook) -> None:
    """A rule that nothing shows at work is named with its line."""
    assert codes(write_book(HEAD + BODY)) == [("never_shown", 2), ("no_example", 2)]


def test_a_failing_example_is_named_at_its_own_line(write_book: WriteBook) -> None:
    """The finding says what was wanted and what came."""
    book = write_book(HEAD + BODY + SHOWN.replace("outcome: grant", "outcome: refuse"))
    found = check(book)
    assert [(one.code, one.line) for one in found] == [("example_failed", 11)]
    assert "wanted 'refuse', got 'grant'" in found[0].message


def test_a_rule_whose_conditions_exclude_each_other(write_book: WriteBook) -> None:
    """A contradiction is told apart from a missing example."""
    body = BODY.replace("[order.delivered]", "[item.quantity > 3, item.quantity < 2]")
    assert ("never_applies", 2) in codes(write_book(HEAD + body))


def test_unknown_and_superseded_citations(write_book: WriteBook) -> None:
    """A clause that isn't there, and one that ended while the rule goes on."""
    book = write_book(HEAD + BODY + SHOWN)
    assert codes(book, clauses={}) == [("unknown_citation", 2)]
    assert codes(book, clauses={"returns#1.1": (None, date(2025, 1, 1))}) == [("superseded_citation", 2)]
    assert codes(book, clauses={"returns#1.1": (date(2025, 1, 1), None)}) == []


def test_two_versions_of_a_rule_in_force_at_once(write_book: WriteBook) -> None:
    """Overlapping versions are named at the later one; versions that follow each other are fine."""
    first = HEAD + BODY + SHOWN
    second = (HEAD + BODY + SHOWN).removeprefix("rules:\n")
    ended = first.replace("    when:", "    in_force: {to: 2026-01-01}\n    when:")
    later = second.replace("    when:", "    in_force: {from: 2026-01-01}\n    when:")
    assert ("overlapping_versions", 12) in codes(write_book(first + second))
    assert codes(write_book(ended + later)) == []


def test_a_claim_that_no_rule_grants(write_book: WriteBook) -> None:
    """Every wish that a buyer can name needs a rule."""
    text = (HEAD + BODY + SHOWN).replace(", complaint]", "]")
    assert codes(write_book(text)) == [("uncovered_claim", 0)]


def test_a_file_that_does_not_load_is_a_finding(tmp_path: Path) -> None:
    """Checking never fails on what it is there to find."""
    path = tmp_path / "rules.yaml"
    path.write_text(dedent(HEAD + BODY).replace("order.delivered", "order.dilivered"), encoding="utf-8")
    found = check_files(path)
    assert [(one.code, one.line) for one in found] == [("bad_knowledge", 8)]


def test_everything_that_a_rule_gives_has_a_name_in_both_languages(book: RuleBook) -> None:
    """No remedy, deadline, evidence or payer of freight reaches a buyer as a bare key."""
    words = book.words
    for rule in book.rules:
        grant = rule.grant
        assert grant.remedy is None or grant.remedy in words.remedies
        assert grant.return_freight is None or grant.return_freight in words.freight
        assert {name for name, _ in grant.deadlines} <= words.deadlines.keys(), rule.id
        assert set(grant.evidence) <= words.evidence.keys(), rule.id
