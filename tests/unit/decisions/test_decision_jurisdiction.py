"""Jurisdictions: money, time, law and words all come from the place, and nothing Chinese is wired into the engine."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.checking.checker import check
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.examples import facts_of_example, moment_of, run_examples
from assistant.decisions.explain import explain
from assistant.decisions.facts import load_catalog
from assistant.decisions.jurisdiction import JURISDICTIONS, jurisdiction_of, load_jurisdictions
from assistant.decisions.workdays import Span
from assistant.replies.cards import proposal_card
from knowledge.corpus import load_corpus
from knowledge.errors import BadInput, BadKnowledge

ROOT = Path(__file__).parents[3]
EU = load_book(jurisdiction=jurisdiction_of("EU"))
BRUSSELS = EU.jurisdiction.calendar
NOW = moment_of(EU)


def bought(kind: str = "return", **changes: Any) -> dict[str, dict[str, Any]]:
    """Facts of a coat for 100 euro that came six days ago; changes by full name, with `__` for the dot."""
    facts: dict[str, dict[str, Any]] = {
        "claim": {"kind": kind, "reason": "changed_mind"},
        "order": {
            "state": "delivered", "created_at": NOW - timedelta(days=10), "delivered_at": NOW - timedelta(days=6),
            "paid_fen": 10490, "freight_fen": 490,
        },
        "item": {"paid_fen": 10000, "category": "apparel", "condition": "opened_intact"},
    }
    for name, value in changes.items():
        space, _, key = name.partition("__")
        facts.setdefault(space, {})[key] = value
    return facts


def withdrawn(received: datetime, claimed: datetime) -> Decision:
    """What comes of a withdrawal at one moment from goods received at another."""
    facts = bought(order__created_at=received - timedelta(days=3), order__delivered_at=received)
    return decide(EU, facts, claimed)


# -- the European book

def test_every_example_beside_the_european_rules_holds() -> None:
    """The examples are the rules' own promises."""
    assert [(r.rule.id, r.example.name, r.wrong) for r in run_examples(EU) if not r.passed] == []


def test_the_european_rules_have_no_findings() -> None:
    """The checker finds nothing wrong, and every clause cited is one of the Union's."""
    clauses = dict.fromkeys(load_corpus().within("EU").versions, (None, None))
    assert check(EU, clauses) == []


def test_a_withdrawal_is_paid_back_in_euro_with_dates_of_brussels() -> None:
    """The whole way: price and delivery in euro, dates by the clocks of Brussels, European clauses."""
    decision = decide(EU, bought(), NOW)
    assert decision.amount
    assert (decision.outcome, decision.amount.fen, decision.amount.currency) == ("grant", 10490, "EUR")
    ends = {deadline.name: deadline.at.astimezone(BRUSSELS.zone).isoformat() for deadline in decision.deadlines}
    assert ends == dict.fromkeys(("ship_back", "refund"), "2026-06-30T23:59:59+02:00")
    assert all(cite.startswith("eu-") for cite in decision.citations)


def test_the_decision_is_told_in_euro_and_local_time() -> None:
    """Words in both languages name the same sum and moment; so does the card that the buyer confirms."""
    decision = decide(EU, bought(), NOW)
    for language in ("zh", "en"):
        text = explain(decision, language, catalog=EU.catalog)
        assert "€104.90" in text
        assert "¥" not in text
    assert "until 24 Jun 23:59" in text
    card = proposal_card("p1", decision, None, "d" * 64, NOW, "en", BRUSSELS.zone)
    assert "Refund by: 30 Jun, 23:59" in card.summary


def test_a_period_that_ends_on_a_day_of_rest_is_told_and_kept_to_the_next_working_day() -> None:
    """Received on a Saturday, the fourteenth day is a Saturday: Monday evening is in time, Tuesday is not."""
    received = datetime(2026, 5, 30, 11, tzinfo=BRUSSELS.zone)
    in_time = withdrawn(received, datetime(2026, 6, 15, 23, 59, tzinfo=BRUSSELS.zone))
    assert in_time.outcome == "grant"
    assert in_time.counterfactuals[0].until == datetime(2026, 6, 15, 23, 59, 59, tzinfo=BRUSSELS.zone)
    assert withdrawn(received, datetime(2026, 6, 16, 0, 1, tzinfo=BRUSSELS.zone)).outcome == "refuse"


def test_a_buyer_elsewhere_keeps_the_shops_time() -> None:
    """At 23:30 in Lisbon the fourteenth day is over where the contract is."""
    received = datetime(2026, 6, 2, 11, tzinfo=BRUSSELS.zone)
    lisbon = ZoneInfo("Europe/Lisbon")
    assert withdrawn(received, datetime(2026, 6, 16, 22, 30, tzinfo=lisbon)).outcome == "grant"
    assert withdrawn(received, datetime(2026, 6, 16, 23, 30, tzinfo=lisbon)).outcome == "refuse"


@given(st.datetimes(datetime(2019, 1, 1), datetime(2028, 1, 1)), st.integers(0, 30 * 24 * 3600))
def test_a_withdrawal_is_granted_exactly_until_the_moment_that_is_told(received: datetime, seconds: int) -> None:
    """Over weekends, holidays and changes of clocks, the deadline in words and the rule in force are one."""
    arrived = received.replace(microsecond=0, tzinfo=UTC)
    claimed = arrived + timedelta(seconds=seconds)
    in_time = claimed <= BRUSSELS.due(arrived, Span(14, "d")).at
    assert withdrawn(arrived, claimed).outcome == ("grant" if in_time else "refuse")


def test_who_was_never_told_has_a_year_more_and_reads_until_when() -> None:
    """The end of the year is counted from the end of the fortnight, and told."""
    arrived = datetime(2026, 1, 12, 9, tzinfo=BRUSSELS.zone)
    facts = bought(
        order__created_at=arrived - timedelta(days=2), order__delivered_at=arrived, order__withdrawal_told=False,
    )
    decision = decide(EU, facts, NOW)
    assert decision.rule == "eu.withdrawal.never-told"
    until = decision.counterfactuals[0].until
    assert until
    assert BRUSSELS.local_day(until) == date(2027, 1, 26)


def test_chinese_wishes_have_no_rule_in_the_union() -> None:
    """What Chinese platforms promise is refused in words, not granted and not an error."""
    assert "price_protection" not in EU.claims
    assert decide(EU, bought("price_protection"), NOW).outcome == "refuse"


def test_the_book_loads_where_no_chinese_file_is(tmp_path: Path) -> None:
    """With the folder of Chinese rules gone, the European book is the same."""
    rules = tmp_path / "rules"
    shutil.copytree(JURISDICTIONS.parent, rules, ignore=shutil.ignore_patterns("cn"))
    alone = load_book(jurisdiction=load_jurisdictions(rules / JURISDICTIONS.name)["EU"])
    assert [rule.id for rule in alone.rules] == [rule.id for rule in EU.rules]
    assert decide(alone, bought(), NOW).amount == decide(EU, bought(), NOW).amount


def test_no_rule_and_no_fact_of_one_place_is_in_the_others_book(book: RuleBook) -> None:
    """The two books share facts, never rules or clauses."""
    assert not {rule.id for rule in book.rules} & {rule.id for rule in EU.rules}
    assert "order.withdrawal_told" not in book.catalog.names
    assert all(cite.startswith("eu-") for rule in EU.rules for cite in rule.cites)


def test_the_engine_knows_no_place() -> None:
    """No module of the engine names China's zone, money or folder; they stand in a file."""
    wired = re.compile(r"SHANGHAI|Asia/|rules.{0,5}/ ?.cn|Europe/")
    engine = ROOT / "assistant" / "decisions"
    assert [path.name for path in engine.rglob("*.py") if wired.search(path.read_text("utf-8"))] == []


# -- the file of jurisdictions

def test_a_jurisdiction_is_found_by_its_id_in_any_case() -> None:
    """`eu` and `EU` are one; for another the message says which there are."""
    assert jurisdiction_of("eu") is jurisdiction_of("EU")
    with pytest.raises(BadInput, match="ships CN, EU"):
        jurisdiction_of("US")


def test_an_unknown_zone_is_named_with_its_line(tmp_path: Path) -> None:
    """A slip in the file is found before anything is counted by it."""
    path = tmp_path / "jurisdictions.yaml"
    path.write_text(JURISDICTIONS.read_text("utf-8").replace("Europe/Brussels", "Europe/Brusels"), "utf-8")
    with pytest.raises(BadKnowledge, match="no time zone `Europe/Brusels`") as caught:
        load_jurisdictions(path)
    assert "Brusels" in path.read_text("utf-8").splitlines()[(caught.value.line or 0) - 1]


def test_a_time_without_a_zone_is_of_the_place() -> None:
    """Noon in a file of facts is noon in Brussels for one book, and in Shanghai for the other."""
    noon = {"order": {"created_at": "2026-06-16T12:00:00"}}
    hours = [book.validated(noon)["order"]["created_at"].hour for book in (EU.catalog, load_catalog())]
    assert hours == [10, 4]


# -- which day's rules

_DATED = """
rules:
  - {head}
    title: {{zh: 旧, en: old}}
    because: {{zh: 旧, en: old}}
    rank: platform
    claim: [complaint]
    cites: [complaints#1.1]
    in_force: {{from: 2020-01-01, to: 2026-06-01}}
    grant: {{remedy: complaint, notes: {{which: old}}}}
  - {head}
    title: {{zh: 新, en: new}}
    because: {{zh: 新, en: new}}
    rank: platform
    claim: [complaint]
    cites: [complaints#1.1]
    in_force: {{from: 2026-06-01}}
    grant: {{remedy: complaint, notes: {{which: new}}}}
"""


def dated(path: Path, as_of: str) -> RuleBook:
    """A book of one rule in two versions that changed on 1 June 2026."""
    file = path / f"{as_of}.yaml"
    file.write_text(_DATED.format(head=f"id: a.rule\n    as_of: {as_of}"), "utf-8")
    return load_book(file)


@pytest.fixture(scope="module")
def which_as_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[date], set[str | None]]:
    """Which versions decide as of a day, in a book of rights and in one of procedure."""
    path = tmp_path_factory.mktemp("books")
    books = dated(path, "order"), dated(path, "today")
    return lambda day: {which(book, day) for book in books}


def which(book: RuleBook, as_of: date | None = None) -> str | None:
    """Which version decides a complaint of 16 June 2026 on an order of May."""
    facts = facts_of_example({"order.created_at": "-30d"}, "complaint", moment_of(book))
    return decide(book, facts, moment_of(book), as_of=as_of).notes.get("which")


def test_rights_follow_the_order_and_procedure_follows_today(tmp_path: Path) -> None:
    """A rule that changed since the order: the old one holds for what people are entitled to, the new for how."""
    assert which(dated(tmp_path, "order")) == "old"
    assert which(dated(tmp_path, "today")) == "new"


@given(days=st.integers(-400, 400))
def test_as_of_a_day_both_follow_that_day(which_as_of: Callable[[date], set[str | None]], days: int) -> None:
    """The book of a day is the book of that day: old before the change, new from it on, and never old again."""
    day = date(2026, 6, 1) + timedelta(days=days)
    assert which_as_of(day) == {"new" if days >= 0 else "old"}


# -- calendars that are not published yet

_WORKING_DAYS = """
rules:
  - id: a.rule
    title: {zh: 三个工作日, en: three working days}
    because: {zh: 三个工作日, en: three working days}
    rank: platform
    claim: [complaint]
    cites: [complaints#1.1]
    when:
      - if: workdays(order.created_at, claim.at) <= 3
        because: {zh: 三个工作日已过, en: three working days are over}
    grant: {remedy: complaint}
"""


@pytest.mark.parametrize(
    ("now", "outcome", "announced"),
    [
        ("2026-12-29T12:00", "grant", True),
        ("2026-12-30T12:00", "grant", False),      # the window closes in January, whose holidays nobody knows
        ("2027-01-12T12:00", "refuse", False),
    ],
)
def test_a_window_in_a_year_that_is_not_announced_says_so(
    tmp_path: Path, now: str, outcome: str, announced: bool
) -> None:
    """Grants and refusals alike carry the note where working days were counted, or will be, in an unknown year."""
    path = tmp_path / "rules.yaml"
    path.write_text(_WORKING_DAYS, "utf-8")
    book = load_book(path)
    at = datetime.fromisoformat(now).replace(tzinfo=book.jurisdiction.calendar.zone)
    ordered = at - timedelta(days=1 if outcome == "grant" else 9)
    decision = decide(book, {"claim": {"kind": "complaint"}, "order": {"created_at": ordered}}, at)
    assert decision.outcome == outcome
    assert ("calendar" not in decision.notes) is announced
    assert ("节假日安排尚未公布" in explain(decision, "zh", catalog=book.catalog)) is not announced
