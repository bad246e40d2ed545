"""A merchant's report of an abnormal claim, from filing to the end of an appeal. Pure: state and event to state.

    hearing    the buyer may answer; their time passes, or they answer, and the rules look
    review     a person decides
    upheld     a finding; the buyer may appeal once         dismissed   no finding; the merchant may appeal once
    appealed   another person decides; where that goes against a buyer who has not appealed yet, they may
    closed     final

A report changes nothing for the case that it is about. All times are in `knowledge/rules/risk.yaml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from assistant.cases.events import Actor, Happening
from assistant.decisions.conditions import make_context
from assistant.decisions.workdays import Calendar
from assistant.integrity.book import Deciding, Result, RiskBook
from knowledge.errors import BadInput, Conflict, NotAllowed
from knowledge.text import Text

State = Literal["hearing", "review", "upheld", "dismissed", "appealed", "closed", "withdrawn"]
CLOSED: frozenset[State] = frozenset({"closed", "withdrawn"})
MOST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the merchant brings, and what the platform's own records say (weights in grams; None: not known)."""

    pictures: tuple[str, ...] = ()
    serial: str = ""
    words: str = ""
    sent_weight_g: int | None = None
    returned_weight_g: int | None = None

    @property
    def is_something(self) -> bool:
        """True when there is more than words."""
        return bool(self.pictures or self.serial) or self.returned_weight_g is not None


@dataclass(frozen=True, slots=True)
class Report:
    """A report on a case of the merchant's own. `decided_by` names the rule (`rule:…`) or the person (`staff:…`).

    `done_at` is when the claim was done, if it is; `answer` is the buyer's account, None until they gave one;
    `heard` is true once they could give it.
    """

    id: str
    number: str
    tenant: str
    shop_id: str
    buyer_id: str
    case_id: str
    order_id: str
    kind: str
    evidence: Evidence
    filed_at: datetime
    state: State = "hearing"
    due: datetime | None = None
    version: int = 1
    done_at: datetime | None = None
    answer: str | None = None
    heard: bool = False
    admits: bool = False
    result: Result | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    because: Text = field(default_factory=lambda: Text("", ""))
    citations: tuple[str, ...] = ()
    appeal: str | None = None
    appealed_by: str = ""

    @property
    def closed(self) -> bool:
        """True when nothing more can happen to it."""
        return self.state in CLOSED

    @property
    def told(self) -> bool:
        """True once the buyer was told of it; one that a rule dismissed at once is not held up to them."""
        return self.heard or self.state in ("hearing", "withdrawn")

    @property
    def has_evidence(self) -> bool:
        """True when there is more than the merchant's word, or the buyer confirms it."""
        return self.evidence.is_something or self.admits


@dataclass(frozen=True, slots=True)
class Rules:
    """What reports are decided by: the book, and the calendar that its windows run by."""

    book: RiskBook
    calendar: Calendar

    def due(self, window: str, start: datetime) -> datetime:
        """When a window that opens now is over."""
        return self.calendar.due(start, self.book.windows[window]).at


def filed(report: Report, rules: Rules) -> Report:
    """A new report: dismissed at once where a rule says so, otherwise the buyer is heard.

    Raises:
        BadInput: there is no such kind of report.
    """
    if report.kind not in rules.book.kinds:
        raise BadInput(f"no kind of report is called {report.kind!r}: {', '.join(rules.book.kinds)}")
    rule = deciding(report, rules.book)
    if rule and rule.result == "dismissed":
        return _decided(report, rule, rules, report.filed_at)
    return replace(report, state="hearing", due=rules.due("buyer_answers", report.filed_at))


def deciding(report: Report, book: RiskBook) -> Deciding | None:
    """The first rule that settles the report as it stands; None leaves it to a person."""
    context = make_context(facts_of(report), ("report", "order"))
    return next((one for one in book.decides if one.condition.evaluate(context) == "true"), None)


def facts_of(report: Report) -> dict[str, dict[str, Any]]:
    """What the deciding rules look at: the evidence and what the buyer said. No signal is among them."""
    found = report.evidence
    weights = {"sent_weight_g": found.sent_weight_g, "returned_weight_g": found.returned_weight_g}
    return {
        "report": {
            "kind": report.kind, "pictures": len(found.pictures), "serial_given": bool(found.serial),
            "days_since_done": (report.filed_at - report.done_at).days if report.done_at else 0,
            "buyer_asked": report.heard, "buyer_answered": report.answer is not None, "buyer_admits": report.admits,
        },
        "order": {name: grams for name, grams in weights.items() if grams is not None},
    }


def apply(report: Report, happening: Happening, rules: Rules, now: datetime) -> Report:
    """The report after an event.

    Raises:
        Conflict: the event means nothing in this state, or its time has not come.
        NotAllowed: this party can't do it.
        BadInput: what came with the event can't be used.
    """
    move = _MOVES.get((report.state, happening.kind))
    if move is None:
        raise Conflict(f"{happening.kind}: report {report.number} is {report.state}")
    parties, step = move
    if happening.actor.party not in parties:
        raise NotAllowed(f"{happening.kind} is for {' or '.join(parties)}")
    if happening.kind == "time_passed" and (report.due is None or now < report.due):
        raise Conflict(f"report {report.number}: its time has not come")
    return replace(step(report, happening, rules, now), version=report.version + 1)


def _answered(report: Report, happening: Happening, rules: Rules, now: datetime) -> Report:
    """The buyer's own account; only they can say that it was as reported."""
    admits = happening.said.get("admits") is True
    return _looked_at(replace(report, answer=_words(happening), admits=admits), rules, now)


def _unanswered(report: Report, _happening: Happening, rules: Rules, now: datetime) -> Report:
    return _looked_at(report, rules, now)


def _looked_at(report: Report, rules: Rules, now: datetime) -> Report:
    """Once the buyer could speak: by rule, or to a person; what was appealed is a person's in any case."""
    report = replace(report, heard=True)
    if report.appealed_by:
        return replace(report, state="appealed", due=rules.due("appeal_answer", now))
    rule = deciding(report, rules.book)
    if rule and (rule.result == "dismissed" or report.has_evidence):
        return _decided(report, rule, rules, now)
    return replace(report, state="review", due=rules.due("review", now))


def _decided(report: Report, rule: Deciding, rules: Rules, now: datetime) -> Report:
    return replace(
        report, state=rule.result, result=rule.result, decided_by=f"rule:{rule.id}", decided_at=now,
        because=rule.because, citations=rule.citations, due=rules.due("appeal", now),
    )


def _reviewed(report: Report, happening: Happening, rules: Rules, now: datetime) -> Report:
    """A person's decision, with its reason."""
    result, because = _verdict(happening)
    if result == "upheld" and not report.has_evidence:
        raise BadInput("without evidence there is no finding; dismiss the report")
    if report.state == "appealed" and str(happening.actor) == report.decided_by:
        raise NotAllowed("an appeal is decided by somebody else")
    final = report.appealed_by == "buyer" or (report.appealed_by == "merchant" and result == "dismissed")
    return replace(
        report, state="closed" if final else result, due=None if final else rules.due("appeal", now), result=result,
        decided_by=str(happening.actor), decided_at=now, because=because, citations=("account-integrity#1.2",),
    )


def _verdict(happening: Happening) -> tuple[Result, Text]:
    words = _words(happening)
    match happening.said.get("result"):
        case "upheld":
            return "upheld", Text(words, words)
        case "dismissed":
            return "dismissed", Text(words, words)
    raise BadInput("the result is `upheld` or `dismissed`")


def _appealed(report: Report, happening: Happening, rules: Rules, now: datetime) -> Report:
    """Once, by the side that the result is against. A buyer who was never heard is heard first."""
    appealed = replace(report, appeal=_words(happening), appealed_by=happening.actor.party)
    if not report.heard:
        return replace(appealed, state="hearing", due=rules.due("buyer_answers", now))
    return replace(appealed, state="appealed", due=rules.due("appeal_answer", now))


def _closed(report: Report, _happening: Happening, _rules: Rules, _now: datetime) -> Report:
    return replace(report, state="closed", due=None)


def _withdrawn(report: Report, _happening: Happening, _rules: Rules, _now: datetime) -> Report:
    return replace(report, state="withdrawn", due=None)


def _overdue(report: Report, _happening: Happening, rules: Rules, now: datetime) -> Report:
    """A person is late: nothing is decided by that, the clock starts again and the list shows it first."""
    return replace(report, due=rules.due("review", now))


def _words(happening: Happening) -> str:
    words = happening.said.get("words")
    if not isinstance(words, str) or not words.strip() or len(words) > MOST_WORDS:
        raise BadInput(f"say in words why, in {MOST_WORDS} characters at most")
    return words.strip()


Step = Callable[[Report, Happening, Rules, datetime], Report]
_MOVES: Mapping[tuple[State, str], tuple[tuple[str, ...], Step]] = {
    ("hearing", "answer"): (("buyer",), _answered),
    ("hearing", "time_passed"): (("clock",), _unanswered),
    ("hearing", "withdraw"): (("merchant",), _withdrawn),
    ("review", "withdraw"): (("merchant",), _withdrawn),
    ("review", "decide"): (("staff",), _reviewed),
    ("review", "time_passed"): (("clock",), _overdue),
    ("upheld", "appeal"): (("buyer",), _appealed),
    ("upheld", "time_passed"): (("clock",), _closed),
    ("dismissed", "appeal"): (("merchant",), _appealed),
    ("dismissed", "time_passed"): (("clock",), _closed),
    ("appealed", "decide"): (("staff",), _reviewed),
    ("appealed", "time_passed"): (("clock",), _overdue),
}
EVENTS: tuple[str, ...] = tuple(dict.fromkeys(kind for _, kind in _MOVES))


def time_passed() -> Happening:
    """The event of a clock that rings."""
    return Happening("time_passed", Actor("clock"))
