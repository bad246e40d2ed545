"""The checker: faults in a rule book are found before it is published."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from assistant.decisions.book import RuleBook, default_book
from assistant.decisions.checking.applying import implies
from assistant.decisions.checking.checker import check
from assistant.decisions.checking.findings import Finding
from assistant.decisions.checking.texts import cited_by

WriteBook = Callable[..., RuleBook]

RULE = """\
  - id: a.rule
    title: {zh: 甲, en: A}
    because: {zh: 因为, en: because}
    rank: platform
    cites: [returns#1.1]
    claim: [EVERY]
    when: [order.delivered]
    grant: {remedy: complaint}
    examples:
      - {name: delivered, claim: return, given: {order.state: delivered}, expect: {outcome: grant}}
      - {name: on its way, claim: return, given: {order.state: dispatched}, expect: {outcome: refuse}}
"""
RULE = RULE.replace("EVERY", ", ".join(default_book().claims))
BOOK = "rules:\n" + RULE


def found(book: RuleBook, code: str, **options: object) -> list[Finding]:
    """The findings of one code."""
    return [one for one in check(book, **options) if one.code == code]  # type: ignore[arg-type]


def test_a_small_sound_book_has_no_findings(write_book: WriteBook) -> None:
    """One rule for all claims, shown both ways, is all that the checker asks."""
    assert check(write_book(BOOK)) == []


def test_a_failing_example_says_what_was_wanted_and_what_came(write_book: WriteBook) -> None:
    """The finding stands at the example's own line."""
    book = write_book(BOOK.replace("delivered}, expect: {outcome: grant}", "delivered}, expect: {outcome: review}"))
    [failed] = found(book, "example_failed")
    assert failed.line == 11
    assert "wanted 'review', got 'grant'" in failed.message


def test_only_the_conditions_that_clash_are_named(write_book: WriteBook) -> None:
    """Of many conditions the message picks the smallest set that can't hold together."""
    conditions = "[order.delivered, item.custom_made, item.quantity > 3, item.perishable, item.quantity < 2]"
    [clash] = found(write_book(BOOK.replace("when: [order.delivered]", f"when: {conditions}")), "never_applies")
    assert clash.message == "these exclude each other: `item.quantity > 3`, `item.quantity < 2`"


def test_what_can_not_be_taken_apart_is_never_said_to_clash(write_book: WriteBook) -> None:
    """Arithmetic between facts is beyond the search, so it says nothing rather than something false."""
    conditions = "[item.quantity * 2 > 8, item.quantity < 5, claim.quantity <= item.quantity]"
    book = write_book(BOOK.replace("when: [order.delivered]", f"when: {conditions}"))
    assert found(book, "never_applies") == []
    assert [one.rule for one in found(book, "never_shown")] == ["a.rule"]


def test_citations_are_looked_up_where_clauses_are_given(write_book: WriteBook) -> None:
    """A clause that isn't there, and one that ended while the rule goes on; without clauses they are taken on trust."""
    book = write_book(BOOK)
    assert [one.line for one in found(book, "unknown_citation", clauses={})] == [6]
    ended = {"returns#1.1": (None, date(2025, 1, 1))}
    assert [one.line for one in found(book, "superseded_citation", clauses=ended)] == [6]
    assert check(book, clauses={"returns#1.1": (date(2025, 1, 1), None)}) == []
    assert check(book) == []


def test_versions_that_follow_each_other_are_sound(write_book: WriteBook) -> None:
    """A rule may change from one day to the next, in one file."""
    earlier = RULE.replace("    when:", "    in_force: {to: 2026-01-01}\n    when:")
    later = RULE.replace("    when:", "    in_force: {from: 2026-01-01}\n    when:")
    assert found(write_book("rules:\n" + earlier + later), "overlapping_versions") == []
    assert len(found(write_book("rules:\n" + RULE + later), "overlapping_versions")) == 1


def test_a_requirement_is_shown_by_any_rule_that_makes_it(write_book: WriteBook) -> None:
    """Two rules with one requirement need one example that fails it, in a situation that either is about."""
    told = "when:\n      - order.delivered\n      - {if: item.quantity < 3, because: {zh: 甲, en: a}}"
    failing = "\n      - {name: many, claim: return, given: {order.state: delivered, item.quantity: 3}, expect: {}}\n"
    one = RULE.replace("when: [order.delivered]", told)
    other = one.replace("a.rule", "b.rule")
    assert [seen.rule for seen in found(write_book("rules:\n" + one + other), "half_shown")] == ["a.rule", "b.rule"]
    assert found(write_book("rules:\n" + one.rstrip() + failing + other), "half_shown") == []


def test_an_alias_is_named_where_it_is_used(write_book: WriteBook) -> None:
    """A condition shared by a YAML alias is found in the rule that uses it, not where it was first written."""
    one = RULE.replace("[order.delivered]", "&shared [order.delivered, item.quantity < 500]")
    other = RULE.replace("a.rule", "b.rule").replace("[order.delivered]", "*shared")
    places = [(seen.rule, seen.line) for seen in found(write_book("rules:\n" + one + other), "half_shown")]
    assert places == [("a.rule", 8), ("b.rule", 19)]


def test_a_right_that_another_wish_still_gives_is_not_taken_away(write_book: WriteBook) -> None:
    """A part of the money for who keeps the goods is no loss, as long as a return still brings all of it."""
    given = "{order.state: delivered, item.paid_fen: 1000}"
    whole = "{remedy: return_and_refund, amount: item.refundable}"
    right = RULE.replace("platform", "statute").replace("{remedy: complaint}", whole)
    part = RULE.replace("a.rule", "b.part").replace("{remedy: complaint}", "{remedy: refund, amount: '100'}")
    part = part.replace("{order.state: delivered}", given)
    both = write_book("rules:\n" + right + part)
    assert [seen.rule for seen in found(both, "takes_away")] == ["b.part"]
    only_refunds = part.replace("claim: [return, refund,", "claim: [refund,").replace("claim: return", "claim: refund")
    assert found(write_book("rules:\n" + right + only_refunds), "takes_away") == []


def test_a_rule_implies_another_only_when_that_is_proved(book: RuleBook) -> None:
    """Every rule implies itself; no rule about one industry implies one about another."""
    fresh, leaking = book.rule("industry.fresh.spoiled"), book.rule("industry.fmcg.leaking")
    assert fresh is not None
    assert leaking is not None
    assert implies(fresh, fresh, book.catalog)
    assert not implies(fresh, leaking, book.catalog)


def test_every_clause_that_the_shipped_rules_cite_is_in_the_corpus(book: RuleBook) -> None:
    """No decision cites a clause that cannot be opened."""
    folder = Path(__file__).parents[3] / "knowledge" / "corpus"
    lines = [(path.stem, line) for path in folder.glob("*.md") for line in path.read_text("utf-8").splitlines()]
    headings = {f"{stem}#{line[3:].split(' · ')[0].strip()}" for stem, line in lines if line.startswith("## ")}
    assert {cite for rule in book.rules for cite in cited_by(rule)} - headings == set()


def test_everything_that_a_rule_gives_has_a_name_in_both_languages(book: RuleBook) -> None:
    """No remedy, deadline, evidence or payer of freight reaches a buyer as a bare key."""
    words = book.words
    for rule in book.rules:
        grant = rule.grant
        assert grant.remedy is None or grant.remedy in words.remedies
        assert grant.return_freight is None or grant.return_freight in words.freight
        assert {name for name, _ in grant.deadlines} <= words.deadlines.keys(), rule.id
        assert set(grant.evidence) <= words.evidence.keys(), rule.id
