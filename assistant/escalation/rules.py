"""Escalation: rules over a reading, the conversation and a decision say when a person takes over.

The book is `knowledge/rules/escalation.yaml`; a platform lays its own files over it, rule by rule. Conditions are the
decision engine's, so what is not known yet leaves a rule open, and an open rule does not fire.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.conversation import DialogueState, HandOver
from assistant.decisions.conditions import Condition, compile_condition, make_context
from assistant.decisions.decision import Decision
from assistant.decisions.sources import read_source
from assistant.understanding.reading import Reading
from knowledge.errors import BadKnowledge
from knowledge.text import Text

SHIPPED = Path(__file__).parents[2] / "knowledge" / "rules" / "escalation.yaml"

NAMES = frozenset({
    "message.flags", "message.intent", "message.mood", "message.has_claim", "message.is_question", "message.confidence",
    "conversation.misses", "conversation.angry_turns", "conversation.turns",
    "decision.outcome", "decision.remedy", "decision.amount_fen", "decision.claim",
})

NAMESPACES = tuple(dict.fromkeys(name.partition(".")[0] for name in NAMES))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Words(_Strict):
    zh: str
    en: str


class _Rule(_Strict):
    id: str
    when: str
    reason: _Words
    queue: str
    priority: int = Field(ge=1, le=5)
    skills: list[str] = []
    cites: list[str] = []


class _Hours(_Strict):
    from_: str = Field(alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    to: str = Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("must open before it closes, on the same day")
        return self


class _Approval(_Strict):
    over: str
    remedies: list[str]


class _File(_Strict):
    parameters: dict[str, int] = {}
    approval: _Approval | None = None
    queues: dict[str, _Words] = {}
    hours: dict[str, _Hours] = {}
    seconds_a_conversation: int | None = Field(default=None, ge=1)
    agents_on_duty: int | None = Field(default=None, ge=1)
    rules: list[_Rule] = []


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """One reason to hand over."""

    id: str
    condition: Condition
    handover: HandOver
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """When people are on duty, local time; `closes` is exclusive, and midnight counts as the end of the day."""

    opens: time
    closes: time | None


@dataclass(frozen=True, slots=True)
class Approval:
    """What a second person has to approve: these remedies, over so many fen."""

    over_fen: int
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EscalationBook:
    """All rules in order of priority, what the queues promise, and what a second person has to approve."""

    rules: tuple[EscalationRule, ...]
    parameters: Mapping[str, int]
    queues: Mapping[str, Text]
    hours: Mapping[str, Hours]
    seconds_a_conversation: int
    agents_on_duty: int
    approval: Approval | None = None


def load_escalation(*paths: Path) -> EscalationBook:
    """The shipped book, with the rules and figures of `paths` laid over it.

    Raises:
        BadKnowledge: a file cannot be read or is wrong; names the file and, where known, the line.
    """
    merged: dict[str, Any] = {"parameters": {}, "queues": {}, "hours": {}, "rules": {}}
    for path in (SHIPPED, *paths):
        file = _read(path)
        for part in ("parameters", "queues", "hours"):
            merged[part] |= getattr(file, part)
        merged["rules"] |= {rule.id: (rule, path) for rule in file.rules}
        merged["approval"] = (file.approval, path) if file.approval else merged.get("approval")
        merged["seconds"] = file.seconds_a_conversation or merged.get("seconds")
        merged["agents"] = file.agents_on_duty or merged.get("agents")
    rules = [_compiled(rule, path, merged) for rule, path in merged["rules"].values()]
    return EscalationBook(
        rules=tuple(sorted(rules, key=lambda rule: rule.handover.priority)),
        parameters=merged["parameters"],
        queues={name: Text(words.zh, words.en) for name, words in merged["queues"].items()},
        hours={name: _hours(hours) for name, hours in merged["hours"].items()},
        seconds_a_conversation=merged["seconds"],
        agents_on_duty=merged["agents"],
        approval=_approval(merged),
    )


def wants_approval(book: EscalationBook, decision: Decision) -> bool:
    """True when money that goes out on this decision has to be approved by a second person."""
    approval, amount = book.approval, decision.amount
    return bool(approval and amount and decision.remedy in approval.remedies and amount.fen > approval.over_fen)


def escalate(
    book: EscalationBook, reading: Reading, state: DialogueState, decision: Decision | None = None
) -> HandOver | None:
    """The handover that the rules call for now, or None.

    Asked twice a turn: before planning, when no decision is known and rules about one stay open; and after.
    """
    context = make_context(_facts(reading, state, decision), NAMESPACES)
    return next((rule.handover for rule in book.rules if rule.condition.evaluate(context) == "true"), None)


def fired(
    book: EscalationBook, reading: Reading, state: DialogueState, decision: Decision | None = None
) -> Sequence[str]:
    """The ids of all rules that hold, for the desk and for dry runs."""
    context = make_context(_facts(reading, state, decision), NAMESPACES)
    return [rule.id for rule in book.rules if rule.condition.evaluate(context) == "true"]


def _facts(
    reading: Reading, state: DialogueState, decision: Decision | None
) -> dict[str, dict[str, Any]]:
    facts: dict[str, dict[str, Any]] = {
        "message": {
            "flags": sorted(reading.flags), "intent": reading.intent, "mood": reading.mood.name,
            "has_claim": reading.has("claim"), "is_question": reading.has("ask"), "confidence": reading.confidence,
        },
        "conversation": {"misses": state.misses, "angry_turns": state.angry_turns, "turns": state.turns},
    }
    if decision:
        facts["decision"] = {
            "outcome": decision.outcome, "remedy": decision.remedy or "", "claim": decision.claim,
            "amount_fen": decision.amount.fen if decision.amount else 0,
        }
    return facts


def _approval(merged: Mapping[str, Any]) -> Approval | None:
    if not merged.get("approval"):
        return None
    written, path = merged["approval"]
    if written.over not in merged["parameters"]:
        raise BadKnowledge(f"approval: there is no parameter `{written.over}`", str(path))
    return Approval(merged["parameters"][written.over], tuple(written.remedies))


def _compiled(rule: _Rule, path: Path, merged: Mapping[str, Any]) -> EscalationRule:
    line = _line_of(path, rule.id)
    if rule.queue not in merged["queues"]:
        raise BadKnowledge(f"rule {rule.id}: no queue is called {rule.queue}", str(path), line)
    try:
        condition = compile_condition(rule.when, NAMES, merged["parameters"])
    except ValueError as error:
        raise BadKnowledge(f"rule {rule.id}: {error}", str(path), line) from error
    reason = Text(rule.reason.zh, rule.reason.en)
    handover = HandOver(rule.id, reason, rule.queue, rule.priority, tuple(rule.skills))
    return EscalationRule(rule.id, condition, handover, tuple(rule.cites))


def _read(path: Path) -> _File:
    return read_source(path).parse(_File)


def _line_of(path: Path, rule_id: str) -> int:
    written = re.compile(rf"\bid:\s*['\"]?{re.escape(rule_id)}(?![\w.-])")
    lines = path.read_text(encoding="utf8").splitlines()
    return next((n for n, line in enumerate(lines, start=1) if written.search(line)), 0)


def _hours(written: _Hours) -> Hours:
    return Hours(time.fromisoformat(written.from_), None if written.to == "24:00" else time.fromisoformat(written.to))
