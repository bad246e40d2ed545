"""Reports, integrity files, warnings and releases over the wire, in one language."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas import Strict
from assistant.integrity.book import RiskBook
from assistant.integrity.file import Finding, Standing
from assistant.integrity.reports import MOST_WORDS, Report
from assistant.integrity.risk import Warning
from assistant.scope import Role
from assistant.store.releases import Release
from knowledge.text import Language

Words = Annotated[str, Field(min_length=1, max_length=MOST_WORDS, pattern=r"\S")]
Key = Annotated[str, Field(min_length=1, max_length=64)]


class ReportIn(Strict):
    """A merchant's report of a claim; `pictures` are ids of pictures that the shop uploaded before."""

    kind: str = Field(max_length=40)
    words: Words
    pictures: list[Key] = Field([], max_length=12)
    serial: str = Field("", max_length=80)


class AnswerIn(Strict):
    """The buyer's account; `admits` only where they say that it was as reported."""

    words: Words
    admits: bool = False


class WordsIn(Strict):
    """Why."""

    words: Words


class VerdictIn(Strict):
    """A person's decision on a report, with its reason, which the buyer reads."""

    result: Literal["upheld", "dismissed"]
    words: Words


class GoodsIn(Strict):
    """An item of an order."""

    order_id: Key
    item_id: Key


class ReleaseIn(Strict):
    """A request to release orders priced by mistake; `noticed_at` carries its time zone."""

    goods: list[GoodsIn] = Field(min_length=1, max_length=200)
    noticed_at: AwareDatetime
    words: Words


class EvidenceOut(BaseModel):
    """What a report rests on; weights in grams by the carriers' scales."""

    pictures: list[str]
    serial: str
    words: str
    sent_weight_g: int | None
    returned_weight_g: int | None


class ReportOut(BaseModel):
    """A report, as each side sees it; `due` is when the side whose turn it is must have acted."""

    id: str
    number: str
    case_id: str
    order_id: str
    kind: str
    kind_label: str
    state: str
    filed_at: datetime
    due: datetime | None
    result: str | None
    because: str
    citations: list[str]
    evidence: EvidenceOut
    answer: str | None
    appeal: str | None
    decided_by_person: bool
    buyer_id: str | None = None


class ReportsOut(BaseModel):
    """Reports, those whose clock rings first at the top."""

    reports: list[ReportOut]


class FiledOut(BaseModel):
    """A report that was filed; `refund_held` says whether the refund waits, `hold_because` why or why not."""

    report: ReportOut
    refund_held: bool
    hold_because: list[str]


class FindingOut(BaseModel):
    """A confirmed finding, with its reason, until when it counts."""

    report_id: str
    kind_label: str
    because: str
    citations: list[str]
    at: datetime
    expires_at: datetime
    corrected_at: datetime | None
    counts: bool


class FollowsOut(BaseModel):
    """What follows from the findings, why, and until when."""

    id: str
    label: str
    because: str
    citations: list[str]
    until: datetime


class IntegrityOut(BaseModel):
    """An account's integrity file: findings, what follows, and reports that the buyer can still say something to."""

    level: int
    findings: list[FindingOut]
    follows: list[FollowsOut]
    reports: list[ReportOut]


class NoticedOut(BaseModel):
    """One thing worth a look, and its weight of 100."""

    signal: str
    weight: int
    reason: str
    citations: list[str]


class WarningOut(BaseModel):
    """What is worth a look about a return, before it is accepted. Hints, no verdict."""

    level: str
    weight: int
    advice: str
    noticed: list[NoticedOut]


class ReleaseLineOut(BaseModel):
    """What came of one order, and what its buyer says."""

    order_id: str
    item_id: str
    outcome: str
    because: list[str]
    compensation_fen: int
    answer: str


class ReleaseOut(BaseModel):
    """A request to release orders."""

    id: str
    at: datetime
    noticed_at: datetime
    words: str
    lines: list[ReleaseLineOut]


class ReleasesOut(BaseModel):
    """Requests, newest first."""

    releases: list[ReleaseOut]


def report_out(report: Report, book: RiskBook, role: Role, language: Language) -> ReportOut:
    """A report for one side: serial numbers and pictures' ids stay with shop and staff, the buyer's id with staff."""
    found, buyers = report.evidence, role == "buyer"
    return ReportOut(
        id=report.id, number=report.number, case_id=report.case_id, order_id=report.order_id, kind=report.kind,
        kind_label=book.kinds[report.kind].label.in_(language), state=report.state, filed_at=report.filed_at,
        due=report.due, result=report.result, because=report.because.in_(language), citations=list(report.citations),
        evidence=EvidenceOut(
            pictures=[] if buyers else list(found.pictures), serial="" if buyers else found.serial, words=found.words,
            sent_weight_g=found.sent_weight_g, returned_weight_g=found.returned_weight_g,
        ),
        answer=report.answer, appeal=report.appeal, decided_by_person=report.decided_by.startswith("staff:"),
        buyer_id=report.buyer_id if role in ("agent", "admin") else None,
    )


def finding_out(finding: Finding, book: RiskBook, now: datetime, language: Language) -> FindingOut:
    """A finding in words."""
    return FindingOut(
        report_id=finding.report_id, kind_label=book.kinds[finding.kind].label.in_(language),
        because=finding.because.in_(language), citations=list(finding.citations), at=finding.at,
        expires_at=finding.expires_at, corrected_at=finding.corrected_at, counts=finding.stands(now),
    )


def follows_out(standing: Standing, language: Language) -> list[FollowsOut]:
    """What follows, in words."""
    return [
        FollowsOut(id=one.id, label=one.label.in_(language), because=one.because.in_(language),
                   citations=list(one.citations), until=one.until)
        for one in standing.follows
    ]


def warning_out(warning: Warning, language: Language) -> WarningOut:
    """A warning in words."""
    return WarningOut(
        level=warning.level, weight=warning.weight, advice=warning.advice.in_(language),
        noticed=[
            NoticedOut(signal=one.signal, weight=one.weight, reason=one.reason.in_(language),
                       citations=list(one.citations))
            for one in warning.noticed
        ],
    )


def release_out(release: Release, language: Language) -> ReleaseOut:
    """A request in words."""
    return ReleaseOut(
        id=release.id, at=release.at, noticed_at=release.noticed_at, words=release.words,
        lines=[
            ReleaseLineOut(
                order_id=one.order_id, item_id=one.item_id, outcome=one.outcome, answer=one.answer,
                because=[reason.in_(language) for reason in one.because], compensation_fen=one.compensation_fen,
            )
            for one in release.lines
        ],
    )
