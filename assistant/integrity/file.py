"""The account integrity file: findings, and what follows from those that stand.

A finding comes from a report that was upheld, by a person or by a rule with evidence, and from nothing else. It
expires, and an appeal can correct it. What follows feeds facts that eligibility rules look at; none of them takes away
what a rule of law or standard grants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.decisions.conditions import make_context
from assistant.decisions.workdays import Calendar
from assistant.integrity.book import RiskBook
from assistant.integrity.reports import Report
from knowledge.errors import BadInput
from knowledge.text import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """Something confirmed about a claim. `grade` is 1 for the gravest; `corrected_at` is set when it was overturned."""

    id: str
    tenant: str
    buyer_id: str
    report_id: str
    shop_id: str
    kind: str
    grade: int
    decided_by: str
    because: Text
    citations: tuple[str, ...]
    at: datetime
    expires_at: datetime
    corrected_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """True while it counts: neither corrected nor expired."""
        return self.corrected_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Follows:
    """A consequence in force, with its reason, until when."""

    id: str
    level: int
    label: Text
    because: Text
    citations: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: its findings that count, and what follows from them now; the mildest first."""

    findings: tuple[Finding, ...] = ()
    follows: tuple[Follows, ...] = ()

    @property
    def level(self) -> int:
        """The gravest consequence in force: 0 (none) to 4."""
        return max((one.level for one in self.follows), default=0)

    def has(self, consequence: str) -> bool:
        """True while this consequence is in force."""
        return any(one.id == consequence for one in self.follows)

    def facts(self) -> dict[str, bool | int]:
        """The buyer's facts for eligibility rules, by their names in the catalogue."""
        return {
            "integrity_level": self.level,
            "fast_suspended": self.has("no_fast_lane"),
            "goodwill_by_person": self.has("goodwill_by_person"),
            "purchases_limited": self.has("purchases_limited"),
        }


def finding_of(report: Report, finding_id: str, book: RiskBook, calendar: Calendar) -> Finding:
    """The finding that an upheld report leads to.

    Raises:
        BadInput: the report was not upheld, or nobody decided it, or it has no evidence.
    """
    if report.result != "upheld" or not report.decided_by or report.decided_at is None or not report.has_evidence:
        raise BadInput(f"report {report.number} is no ground for a finding: it must be upheld, on evidence")
    return Finding(
        finding_id, report.tenant, report.buyer_id, report.id, report.shop_id, report.kind,
        book.kinds[report.kind].grade, report.decided_by, report.because, report.citations, report.decided_at,
        calendar.due(report.decided_at, book.windows["finding"]).at,
    )


def standing(findings: Sequence[Finding], now: datetime, book: RiskBook, calendar: Calendar) -> Standing:
    """How an account with these findings stands now. Without findings that count, nothing follows."""
    counting = tuple(one for one in findings if one.stands(now))
    if not counting:
        return Standing()
    newest = max(one.at for one in counting)
    context = make_context({"file": _facts(counting)})
    follows = (
        Follows(one.id, one.level, one.label, one.because, one.citations, calendar.due(newest, one.lasts).at)
        for one in book.consequences
        if one.condition.evaluate(context) == "true"
    )
    in_force = [one for one in follows if now < one.until]
    return Standing(counting, tuple(sorted(in_force, key=lambda one: one.level)))


def _facts(findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "findings": len(findings), "gravest": min(one.grade for one in findings),
        "shops": len({one.shop_id for one in findings}),
    }
