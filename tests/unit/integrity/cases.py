"""Reports to test with."""

from datetime import datetime

from assistant.cases.events import Actor, Happening
from assistant.decisions.jurisdiction import default_jurisdiction
from assistant.integrity.book import default_risk
from assistant.integrity.reports import Evidence, Report, Rules, apply, filed
from tests.fakes.clock import NOW

RULES = Rules(default_risk(), default_jurisdiction().calendar)
BUYER, MERCHANT, STAFF, OTHER = (
    Actor("buyer", "b1"), Actor("merchant", "m1"), Actor("staff", "lin"), Actor("staff", "wei")
)
FILMED = Evidence(("p1",), words="开箱就是空的")
EMPTY = Evidence(("p1",), sent_weight_g=800, returned_weight_g=40)


def new(kind: str = "swapped_return", evidence: Evidence = FILMED, done_at: datetime | None = None) -> Report:
    """A report that was just filed."""
    return filed(
        Report("r1", "MR-1", "demo", "s1", "b1", "c1", "o1", kind, evidence, NOW, done_at=done_at), RULES
    )


def after(report: Report, actor: Actor, kind: str, at: datetime = NOW, **said: str | bool) -> Report:
    """The report after somebody did something."""
    return apply(report, Happening(kind, actor, {"words": "说明", **said}), RULES, at)


def rung(report: Report) -> Report:
    """The report after its clock rang."""
    assert report.due
    return apply(report, Happening("time_passed", Actor("clock")), RULES, report.due)
