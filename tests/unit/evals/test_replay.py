"""Books and cases from files, and the page that shows a comparison."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.clock import SHANGHAI
from assistant.decisions.compare import Comparison, Flip, Side
from assistant.decisions.jurisdiction import default_jurisdiction
from evals.replay import book_at, case_of
from evals.replay_page import MOST_ROWS, replay_page
from knowledge.errors import BadInput, BadKnowledge

NOW = datetime(2026, 6, 16, 4, tzinfo=UTC)
CN = default_jurisdiction()


def test_a_file_of_figures_is_laid_over_the_shipped_rules(tmp_path: Path) -> None:
    """`name: value` changes figures and nothing else, in a file alone or as a platform's `parameters.yaml`."""
    path = tmp_path / "parameters.yaml"
    path.write_text("no_reason_days: 15\n", encoding="utf-8")
    for book in (book_at(path, CN), book_at(tmp_path, CN)):
        assert book.parameters["no_reason_days"].value == 15
        assert len(book.rules) == len(book_at(Path("shipped"), CN).rules)


@pytest.mark.parametrize(("text", "message"), [
    ("no_reason_days: 3\n", "may not be below 7"), ("no_such: 3\n", "unknown"), ("no_reason_days: {a: b}\n", "figures"),
])
def test_figures_that_can_not_be_are_refused(text: str, message: str, tmp_path: Path) -> None:
    """A figure below the law's minimum, one that nobody declares, and what is no figure."""
    path = tmp_path / "figures.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=message):
        book_at(path, CN)


def test_a_book_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(BadKnowledge, match="nowhere"):
        book_at(tmp_path / "nowhere", CN)


def test_a_line_is_a_case() -> None:
    """Its name, its time, and the day of its rules are taken from the line; the time is local where it says no zone."""
    line = {"id": "a", "as_of": "2026-01-02", "claim": {"kind": "return", "at": "2026-03-01T09:00:00"}, "item": {}}
    case = case_of(line, "1", SHANGHAI, NOW)
    assert (case.id, case.as_of) == ("a", date(2026, 1, 2))
    assert case.now == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert case.facts.keys() == {"claim", "item"}
    assert case_of({"claim": {"kind": "return"}}, "7", SHANGHAI, NOW) == case_of(
        {"id": "7", "claim": {"kind": "return"}}, "1", SHANGHAI, NOW
    )


@pytest.mark.parametrize("line", [
    {"claim": "return"}, {"claim": {"at": "yesterday"}}, {"claim": {}, "as_of": "someday"}, {"claim": {}, "item": [1]},
])
def test_a_line_that_is_no_case_is_named(line: dict[str, Any]) -> None:
    """Whoever wrote it learns which case it is."""
    with pytest.raises(BadInput, match="case 7: "):
        case_of(line, "7", SHANGHAI, NOW)


def flip(case: str, fen: int, category: str = "home") -> Flip:
    """A case that brings the buyer more or less."""
    before, after = Side("grant", "refund", "rule.old", max(0, -fen)), Side("grant", "refund", "rule.new", max(0, fen))
    return Flip(case, "refund", category, before, after)


def test_the_page_needs_nothing_from_outside() -> None:
    """No script, no link, no image; names from files are text, not markup."""
    page = replay_page(Comparison(9, (flip("<script>x</script>", 500),)), "a<b", "new")
    assert "<script" not in page
    assert "a&lt;b" in page
    assert not re.search(r"(src|href)=", page)


def test_the_page_tells_money_by_rule_and_industry_and_what_broke_the_gate() -> None:
    """A reader finds the sums with their sign, the bars, the gravest case first, and the verdict."""
    page = replay_page(Comparison(9, (flip("small", 500, "fresh"), flip("big", -70000))), "old", "new", ("2 flips",))
    assert "-¥700.00" in page
    assert "+¥5.00" in page
    assert page.count("<svg") == 3
    assert page.index(">big<") < page.index(">small<")
    assert "beyond bounds" in page
    assert "2 flips" in page


def test_a_comparison_without_flips_is_a_page_too() -> None:
    """Nothing to show is shown as nothing."""
    page = replay_page(Comparison(9, ()), "old", "new")
    assert "<svg" not in page
    assert "within bounds" in page


def test_a_long_table_is_cut_and_says_so() -> None:
    """A page over thousands of cases stays readable; what is left out is counted."""
    flips = tuple(flip(f"case-{n}", n + 1) for n in range(MOST_ROWS + 3))
    page = replay_page(Comparison(len(flips), flips), "old", "new")
    assert page.count("<tr>") == MOST_ROWS + 1
    assert "3 例未列出 more not listed" in page
