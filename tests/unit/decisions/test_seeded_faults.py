"""The checker against faults seeded into the shipped rules, and against the shipped rules as they are."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.checking.checker import check, check_files
from assistant.decisions.checking.findings import CODES, Finding
from assistant.decisions.checking.texts import ClauseDates
from assistant.decisions.engine import decide
from assistant.decisions.examples import moment_of
from knowledge.corpus import load_corpus
from tests.unit.decisions.seeded_faults import FAULTS, RIVALS, Fault

SHIPPED = Path(__file__).parents[3] / "knowledge" / "rules" / "cn"
COPIED = ("complaints.yaml", "returns.yaml")
"""The files that are copied: few, so that sixty faults take seconds. What they lack alone is no finding."""

SHOWN_BY_FACTS = [one for one in RIVALS if one.code != "uncovered_claim"]


@pytest.fixture(scope="module")
def clauses() -> ClauseDates:
    """When each clause of the corpus is in force."""
    dates: dict[str, tuple[date | None, date | None]] = {}
    for clause_id, versions in load_corpus().versions.items():
        dates[clause_id] = (versions[0].in_force_from, versions[0].in_force_to)
        dates |= {one.id: (one.in_force_from, one.in_force_to) for one in versions}
    return dates


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with copies of some of the shipped rules."""
    for name in COPIED:
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def found_before(clauses: ClauseDates, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str]]:
    """What the copied files lack without the others."""
    folder = tmp_path_factory.mktemp("before")
    for name in COPIED:
        shutil.copy(SHIPPED / name, folder / name)
    return {_what(one) for one in check_files(folder, clauses=clauses)}


def _what(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.rule, finding.message


def test_the_shipped_rules_have_no_findings(book: RuleBook, clauses: ClauseDates) -> None:
    """The whole shipped book is clean: what the checker reports is a fault."""
    assert check(book, clauses) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_seeded_fault_is_found_where_it_is(
    fault: Fault, copied: Path, clauses: ClauseDates, found_before: set[tuple[str, str, str]]
) -> None:
    """Whatever is wrong with one rule is told with its code, its file and its line."""
    where = fault.seed(copied)
    found = [one for one in check_files(copied, clauses=clauses) if _what(one) not in found_before]
    assert (fault.code, *where) in {(one.code, one.path, one.line) for one in found}, found


def test_there_is_a_fault_for_every_code() -> None:
    """No code goes untried, and most are tried in several ways."""
    assert {fault.code for fault in FAULTS} == CODES.keys()
    assert len(FAULTS) > 50


def test_all_faults_of_a_file_are_told_at_once(copied: Path) -> None:
    """Whoever mends a file sees every faulty rule in one run, whatever is wrong with each."""
    path = copied / "returns.yaml"
    text = path.read_text("utf-8")
    for old, new in (
        ("rank: statute", "rank: law"), ("- order.dispatched && !order.delivered", "- order.dispatched &&"),
        ("when: [order.delivered]", "when: [order.dilivered]"),
    ):
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    codes = {one.code for one in check_files(copied)}
    assert {"bad_form", "not_cel", "unknown_name"} <= codes
    assert "uncovered_claim" not in codes


@pytest.mark.parametrize("fault", SHOWN_BY_FACTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_rivalry_is_shown_by_facts_that_can_be_decided(fault: Fault, copied: Path) -> None:
    """The facts of a finding, handed to the engine, lead to the very rule that stands in the other's way."""
    path, line = fault.seed(copied)
    shown = [one for one in check_files(copied) if (one.code, one.path, one.line) == (fault.code, path, line)]
    book = load_book(copied)
    assert shown
    assert shown[0].witness is not None
    decision = decide(book, shown[0].witness, moment_of(book))
    assert (decision.outcome, decision.rule) == ("grant", shown[0].rule)


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    """Checking never fails on what it is there to find."""
    assert [one.code for one in check_files(tmp_path / "nowhere.yaml")] == ["unreadable"]


OWN = """\
rules:
  - id: cn.return.seven-day
    title: {zh: 七天无理由退货, en: Seven-day no-reason return}
    because: {zh: 因为, en: because}
    rank: shop
    cites: [returns#1.1]
    claim: [return, refund]
    when: [order.delivered]
    grant: {remedy: return_and_refund, amount: item.refundable, return_freight: buyer, after_return: 7d}
    examples:
      - name: any
        given: {order.state: delivered, item.paid_fen: 900, claim.reason: changed_mind, item.condition: unopened}
        expect: {outcome: grant}
"""


def test_a_platform_is_told_of_its_own_faults_alone(tmp_path: Path, clauses: ClauseDates) -> None:
    """Replacing a right by a rule of lower rank is found; that our examples fail over changed figures is no fault."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "parameters.yaml").write_text("no_reason_days: 15\n", encoding="utf-8")
    assert check_files(tmp_path, clauses=clauses) == []
    own = tmp_path / "rules" / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    assert [(one.code, one.path, one.line) for one in check_files(tmp_path, clauses=clauses)] == [
        ("takes_away", str(own), 5)
    ]
    own.write_text(OWN.replace("order.delivered", "order.dilivered"), encoding="utf-8")
    assert [(one.code, one.line) for one in check_files(tmp_path)] == [("unknown_name", 8)]
