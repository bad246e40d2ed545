"""Runs on paper: results.json, the page, JUnit; and two runs compared."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evals.compare import compare, compare_runs
from evals.metrics import Figure
from evals.report import junit, read_run, write_report
from evals.results import SuiteResult
from knowledge.errors import BadInput
from tests.unit.evals.results_world import case, run_of, suite

MIXED = suite(case("a"), case("b", "rule", ("tired",)), case("c", "unsafe write", ("angry",)), floors={"passed": 0.5})


def test_a_run_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """What is read from results.json equals what was written."""
    run = run_of(MIXED)
    write_report(run, tmp_path / "out")
    assert read_run(tmp_path / "out").suites[0].causes == MIXED.causes
    assert read_run(tmp_path / "out").summary == run.summary


def test_the_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    """No script, no link, no image from elsewhere; what buyers typed is text, not markup."""
    write_report(run_of(MIXED), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert not re.search(r"(src|href)=", page)
    assert "&lt;script&gt;" in page
    assert "http://" not in page.replace("http-equiv", "")


def test_the_page_shows_figures_causes_and_talk(tmp_path: Path) -> None:
    """A reader finds the pass rate with its interval, why cases failed in both languages, and the words said."""
    write_report(run_of(MIXED), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    causes = ("越权操作 unsafe write", "规则 rule", "b went &lt;wrong&gt;")
    for part in ("<svg", "0.333", "tired 0/1", "好的", *causes):
        assert part in page


def test_junit_tells_each_failure_with_its_cause() -> None:
    """CI sees one test case a case, and the gravest cause as the failure's type."""
    root = ElementTree.fromstring(junit(run_of(MIXED)))
    (told,) = root.findall("testsuite")
    assert (told.get("tests"), told.get("failures")) == ("3", "2")
    assert [one.get("type") for one in root.iter("failure")] == ["rule", "unsafe write"]


def test_junit_survives_control_characters() -> None:
    """A buyer's control characters do not make the XML unreadable."""
    root = ElementTree.fromstring(junit(run_of(suite(case("a\x00b", "dialogue")))))
    assert next(root.iter("testcase")).get("name") == "a�b"


def test_a_suite_without_floors_must_pass_whole() -> None:
    """Nothing is good enough by default but everything."""
    assert suite(case("a")).ok
    assert not suite(case("a"), case("b", "reading")).ok


def test_floors_say_what_is_good_enough() -> None:
    """A floor that is reached passes; one that is missed, or whose figure is missing, fails with the reason."""
    half = suite(case("a"), case("b", "reading"), floors={"passed": 0.5})
    assert half.ok
    assert suite(case("a"), case("b", "reading"), floors={"passed": 0.6}).missed == ("passed is 0.500, below 0.6",)
    assert suite(case("a"), floors={"recall": 0.6}).missed == ("there is no figure recall",)


def test_an_unsafe_write_fails_a_suite_whatever_its_floors() -> None:
    """No floor is low enough to let one through."""
    assert not MIXED.ok
    assert "1 unsafe writes" in MIXED.missed


def test_not_a_number_fails_a_suite() -> None:
    """A figure that could not be computed is a failure, not a pass."""
    good = suite(case("a"))
    figures = {**good.figures, "mrr": Figure(float("nan"), 0)}
    odd = SuiteResult("s", "search", "", 1, good.cases, figures, {"passed": 1.0})
    assert odd.missed == ("mrr is not a number",)


def test_a_comparison_names_what_flipped(tmp_path: Path) -> None:
    """Broken, fixed, new and gone cases are told by name, with the change and its interval."""
    write_report(run_of(suite(case("a"), case("b", "rule"), case("gone"))), tmp_path / "a")
    write_report(run_of(suite(case("a", "amount"), case("b"), case("new"))), tmp_path / "b")
    (changed,) = compare_runs(tmp_path / "a", tmp_path / "b").suites
    assert [flip.case for flip in changed.broken] == ["a"]
    assert [flip.case for flip in changed.fixed] == ["b"]
    assert (changed.new, changed.gone) == (("new",), ("gone",))
    assert changed.low < changed.change == 0 < changed.high


def test_the_gate_closes_when_something_got_worse() -> None:
    """One case of ten broken is more than the tolerance; with a wider one it passes."""
    good = run_of(suite(*(case(str(n)) for n in range(10)), floors={"passed": 0.5}))
    bad = run_of(suite(case("0", "dialogue"), *(case(str(n)) for n in range(1, 10)), floors={"passed": 0.5}))
    assert not compare(good, bad).ok
    assert compare(good, bad, tolerance=0.2).ok
    assert compare(bad, good).ok


def test_a_new_unsafe_write_closes_the_gate_alone() -> None:
    """However many cases were fixed beside it."""
    before = run_of(suite(case("a", "rule"), case("b", "rule"), case("c", "dialogue")))
    after = run_of(suite(case("a"), case("b"), case("c", "unsafe write")))
    assert not compare(before, after).ok


def test_a_suite_that_was_not_run_closes_the_gate() -> None:
    """Leaving a suite out is not a way to pass."""
    comparison = compare(run_of(suite(case("a"))), run_of(suite(case("a"), name="other")))
    assert not comparison.ok
    assert "GONE dialogues" in comparison.rows[-1]


@pytest.mark.parametrize("text", [None, "{}", '{"suites": 3}', "no json"])
def test_what_is_no_run_is_told(text: str | None, tmp_path: Path) -> None:
    """A folder without a run, or with something else in it, is named."""
    if text is not None:
        (tmp_path / "results.json").write_text(text)
    with pytest.raises(BadInput, match=re.escape(str(tmp_path))):
        read_run(tmp_path)


def test_results_are_plain_json(tmp_path: Path) -> None:
    """Other programs read results.json without ours."""
    write_report(run_of(MIXED), tmp_path)
    plain = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert plain["suites"][0]["cases"][1]["trials"][0]["failures"][0]["cause"] == "rule"
