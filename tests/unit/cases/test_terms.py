"""The terms of cases are data that a platform sets, and faults in them are named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.cases.jury import by_lot, seated, verdict
from assistant.cases.terms import default_terms, load_terms
from assistant.decisions.jurisdiction import jurisdiction_of
from knowledge.errors import BadKnowledge

FRIDAY = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def test_waits_run_by_the_calendar() -> None:
    """Hours are hours, days end with their last second, working days leave out the weekend."""
    terms = default_terms()
    assert terms.due("merchant_reply", FRIDAY).isoformat() == "2026-11-22T06:00:00+00:00"
    assert terms.due("ship_back", FRIDAY).isoformat() == "2026-11-27T15:59:59+00:00"
    assert terms.due("staff", FRIDAY).isoformat() == "2026-11-25T15:59:59+00:00"


def test_a_platform_sets_its_own_figures(tmp_path: Path) -> None:
    """A file names what it sets; all else stays."""
    own = tmp_path / "cases.yaml"
    figures = "windows: {ship_back: {span: 14d}}\njury: {panel: 5, quorum: 3}"
    own.write_text(figures + "\ncounts: {reopenings: 2, appeals: 1}")
    terms = load_terms(jurisdiction_of("EU").calendar, own)
    assert (str(terms.windows["ship_back"].span), terms.panel, terms.quorum, terms.reopenings) == ("14d", 5, 3, 2)
    assert terms.windows["inspection"] == default_terms().windows["inspection"]


@pytest.mark.parametrize(("written", "fault"), [
    ("windows: {ship_bak: {span: 7d}}", "no window `ship_bak`"),
    ("windows: {ship_back: {span: soon}}", "not a length of time"),
    ("windows: {ship_back: {span: 0d}}", "can't be 0"),
    ("jury: {panel: 4, quorum: 3}", "odd number"),
    ("jury: {panel: 5, quorum: 2}", "more than half"),
    ("states: {}", "Extra inputs"),
])
def test_a_fault_is_named_with_its_line(tmp_path: Path, written: str, fault: str) -> None:
    """File, line and what is wrong."""
    own = tmp_path / "cases.yaml"
    own.write_text(written)
    with pytest.raises(BadKnowledge, match=fault) as found:
        load_terms(default_terms().calendar, own)
    assert str(found.value).startswith(f"{own}:1: ")


def test_the_lot_can_be_drawn_again() -> None:
    """The same seed draws the same people in the same order, whoever is listed first; another seed draws otherwise."""
    people = [f"p{n}" for n in range(40)]
    assert by_lot(people, "k1-5") == by_lot(reversed(people), "k1-5")
    assert by_lot(people, "k1-5") != by_lot(people, "k1-6")
    assert sorted(by_lot(people, "k1-5")) == sorted(people)


def test_a_panel_is_odd() -> None:
    """A full panel can't tie."""
    assert [len(seated(["x"] * n)) for n in range(6)] == [0, 1, 1, 3, 3, 5]


def test_a_verdict_needs_a_majority_of_enough_votes() -> None:
    """Below the quorum, and with as many for the one as for the other, there is none."""
    assert verdict({"a": "buyer", "b": "buyer", "c": "merchant"}, 3) == "buyer"
    assert verdict({"a": "buyer", "b": "merchant", "c": "merchant"}, 3) == "merchant"
    assert verdict({"a": "buyer", "b": "buyer"}, 3) is None
    assert verdict({"a": "buyer", "b": "merchant"}, 2) is None
