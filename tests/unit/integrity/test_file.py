"""The integrity file: findings come from decided reports only, expire, are corrected; legal rights stay."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.decisions.book import default_book
from assistant.decisions.engine import decide
from assistant.decisions.examples import facts_of_example, moment_of, run_examples
from assistant.integrity.book import default_risk
from assistant.integrity.file import Finding, finding_of, standing
from assistant.integrity.reports import Evidence
from knowledge.errors import BadInput
from knowledge.text import Text
from tests.fakes.clock import NOW
from tests.unit.integrity.cases import BUYER, RULES, STAFF, after, new

BOOK, CALENDAR = RULES.book, RULES.calendar
MOMENT = moment_of(default_book())


def upheld(n: int = 1, grade: int = 2, shop: str = "s1", days_ago: int = 1) -> Finding:
    """A finding that counts."""
    at = NOW - timedelta(days=days_ago)
    return Finding(
        f"f{n}", "demo", "b1", f"r{n}", shop, "edited_photo", grade, "staff:lin", Text("甲", "a"), (), at,
        CALENDAR.due(at, BOOK.windows["finding"]).at,
    )


def test_only_a_decided_report_with_evidence_makes_a_finding() -> None:
    """A report that is open, dismissed or bare is no ground; one that was upheld is, and names who decided."""
    report = after(new(), BUYER, "answer")
    for no_ground in (new(), report, after(report, STAFF, "decide", result="dismissed")):
        with pytest.raises(BadInput):
            finding_of(no_ground, "f1", BOOK, CALENDAR)
    sound = after(report, STAFF, "decide", result="upheld")
    assert finding_of(sound, "f1", BOOK, CALENDAR).decided_by == "staff:lin"
    with pytest.raises(BadInput):
        finding_of(replace(sound, evidence=Evidence(words="x")), "f1", BOOK, CALENDAR)


@pytest.mark.parametrize(
    ("findings", "level", "follows"),
    [
        ([], 0, []),
        ([upheld()], 1, ["warning"]),
        ([upheld(grade=1)], 2, ["warning", "no_fast_lane"]),
        ([upheld(1), upheld(2)], 2, ["warning", "no_fast_lane"]),
        ([upheld(n) for n in range(3)], 3, ["warning", "no_fast_lane", "goodwill_by_person"]),
        ([upheld(n, 1) for n in range(3)], 3, ["warning", "no_fast_lane", "goodwill_by_person", "purchases_limited"]),
    ],
)
def test_consequences_grow_with_findings(findings: list[Finding], level: int, follows: list[str]) -> None:
    """One finding warns; more, or graver ones, lead further, each with its reason and its end."""
    found = standing(findings, NOW, BOOK, CALENDAR)
    assert (found.level, [one.id for one in found.follows]) == (level, follows)
    assert all(one.because.zh and one.because.en and one.until > NOW for one in found.follows)


def test_five_findings_in_three_shops_make_a_person_consider_a_referral() -> None:
    """A referral is considered by a person; its words say that nothing is referred automatically."""
    found = standing([upheld(n, shop=f"s{n % 3}") for n in range(5)], NOW, BOOK, CALENDAR)
    assert found.level == 4
    assert "不会自动" in found.follows[-1].because.zh


def test_findings_expire_and_consequences_end_sooner() -> None:
    """The fast lane opens again after six months, and after twelve nothing is left."""
    findings = [upheld(grade=1, days_ago=0)]
    assert standing(findings, NOW + timedelta(days=190), BOOK, CALENDAR).level == 1
    assert standing(findings, NOW + timedelta(days=370), BOOK, CALENDAR).level == 0


def test_a_corrected_finding_counts_no_more() -> None:
    """What was overturned leaves no trace in what follows."""
    corrected = replace(upheld(grade=1), corrected_at=NOW)
    assert standing([corrected], NOW, BOOK, CALENDAR).facts() == standing([], NOW, BOOK, CALENDAR).facts()


@cache
def statutory() -> tuple[dict[str, Any], ...]:
    """The facts of every shipped example that law or standard grants."""
    found = []
    for result in run_examples(default_book()):
        decision = result.decision
        decisive = default_book().rule(decision.rule or "") if decision else None
        if decision and decision.outcome == "grant" and decisive and decisive.rank in ("statute", "standard"):
            found.append(facts_of_example(result.example.given, result.example.claim, MOMENT))
    return tuple(found)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_the_law_gives_is_untouched_by_any_file(data: st.DataObject) -> None:
    """Whatever stands in an account's file, what law or standard grants is granted, for the same money."""
    facts = data.draw(st.sampled_from(statutory()))
    grades = data.draw(st.lists(st.integers(1, 3), max_size=7))
    findings = [upheld(n, grade, f"s{n}") for n, grade in enumerate(grades)]
    own = standing(findings, NOW, default_risk(), CALENDAR).facts()
    before = decide(default_book(), facts, MOMENT)
    with_file = {**facts, "buyer": {**facts.get("buyer", {}), **own}}
    now = decide(default_book(), with_file, MOMENT)
    assert (now.outcome, now.remedy, now.rule) == (before.outcome, before.remedy, before.rule)
    assert (now.amount and now.amount.fen) == (before.amount and before.amount.fen)
