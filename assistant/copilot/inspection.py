"""Inspection: every conversation is looked at, by rules, and findings point at the turn and the clause.

The book is `knowledge/rules/inspection.yaml`. What an agent promises is compared with what the rules compute, when the
transcript carries the entitlement; without it those conditions stay open and say nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.decisions.conditions import Condition, compile_condition, make_context
from assistant.understanding.extraction import find_mentions
from assistant.understanding.language import plain
from assistant.understanding.reading import Mention
from knowledge.errors import BadInput, BadKnowledge
from knowledge.text import Text

SHIPPED = Path(__file__).parents[2] / "knowledge" / "rules" / "inspection.yaml"
Speaker = Literal["buyer", "agent", "assistant", "merchant"]
NAMES = frozenset({
    "turn.by", "turn.words", "turn.personal_data", "turn.promised_fen", "turn.promises", "conversation.entitled_fen",
})
_PERSONAL = frozenset({"phone", "id_card", "bank_card", "email"})
_BEFORE = re.compile(r"(?:(?:退|赔|补|返|给)[^，。；,;]{0,8}|\b(?:refund|compensate|pay|give)\b[^.,;]{0,20})$", re.I)
_AFTER = re.compile(r"^[^，。；,;]{0,4}(?:退|赔|补|返)给?[您你]|^[^.,;]{0,8}\b(?:refund|back to you)\b", re.I)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Words(_Strict):
    zh: str
    en: str


class _Rule(_Strict):
    id: str
    when: str
    title: _Words
    severity: int = Field(ge=1, le=5)
    cites: list[str] = []


class _File(_Strict):
    words: dict[str, list[str]]
    rules: list[_Rule]


@dataclass(frozen=True, slots=True)
class InspectionRule:
    """One thing to look for; `severity` 1 is the gravest."""

    id: str
    condition: Condition
    title: Text
    severity: int
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InspectionBook:
    """All rules, and the word lists that they use."""

    rules: tuple[InspectionRule, ...]
    words: Mapping[str, tuple[re.Pattern[str], ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a transcript."""

    by: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation to inspect; `entitled_fen` is what the rules computed for the buyer, where that is known."""

    id: str
    turns: tuple[Said, ...]
    entitled_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds for a turn (counted from 0), and the words it was found in."""

    turn: int
    rule: str
    title: Text
    severity: int
    text: str
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspected:
    """The findings of one conversation; empty when there is nothing to say."""

    id: str
    findings: tuple[Finding, ...]


def inspect_transcript(transcript: Transcript, book: InspectionBook | None = None) -> Inspected:
    """All findings of a conversation, in the order of its turns."""
    book = book or shipped_book()
    found = [one for n, said in enumerate(transcript.turns) for one in _inspect_turn(n, said, transcript, book)]
    return Inspected(transcript.id, tuple(found))


def _inspect_turn(n: int, said: Said, transcript: Transcript, book: InspectionBook) -> Sequence[Finding]:
    context = make_context(_facts(said, transcript, book))
    return [
        Finding(n, rule.id, rule.title, rule.severity, said.text, rule.citations)
        for rule in book.rules
        if rule.condition.evaluate(context) == "true"
    ]


def _facts(said: Said, transcript: Transcript, book: InspectionBook) -> dict[str, dict[str, Any]]:
    text = plain(said.text).text                      # full-width and traditional characters hide nothing
    mentions = find_mentions(text, date(2000, 1, 1))  # days don't matter here, amounts do
    promised = [int(m.value) for m in mentions if m.kind == "amount" and _is_promised(text, m)]
    words = [name for name, patterns in book.words.items() if any(p.search(text) for p in patterns)]
    facts: dict[str, dict[str, Any]] = {
        "turn": {
            "by": said.by, "words": words, "personal_data": sum(m.kind in _PERSONAL for m in mentions),
            "promises": bool(promised), "promised_fen": max(promised, default=0),
        },
        "conversation": {},
    }
    if transcript.entitled_fen is not None:
        facts["conversation"]["entitled_fen"] = transcript.entitled_fen
    return facts


def _is_promised(text: str, amount: Mention) -> bool:
    """True for "I'll refund you 50 yuan", false for "the coat at 299 yuan"."""
    return bool(_BEFORE.search(text[: amount.start]) or _AFTER.search(text[amount.end :]))


def transcript_of(value: Mapping[str, Any]) -> Transcript:
    """A transcript from `{"id", "turns": [{"by", "text"}], "entitlement_fen"?}`.

    Raises:
        BadInput: the shape is wrong; names the conversation and the turn.
    """
    if "id" not in value:
        raise BadInput("a conversation has no id")
    key, turns = str(value["id"]), value.get("turns")
    if not isinstance(turns, list):
        raise BadInput(f"conversation {key}: turns must be a list")
    entitled = value.get("entitlement_fen")
    if entitled is not None and (not isinstance(entitled, int) or isinstance(entitled, bool)):
        raise BadInput(f"conversation {key}: entitlement_fen must be a whole number of fen")
    return Transcript(key, tuple(_said(key, n, turn) for n, turn in enumerate(turns)), entitled)


def _said(key: str, n: int, turn: object) -> Said:
    speakers = get_args(Speaker)
    if not isinstance(turn, Mapping) or not isinstance(turn.get("text"), str) or turn.get("by") not in speakers:
        raise BadInput(f"conversation {key}, turn {n}: wants {{by: {'|'.join(speakers)}, text: …}}")
    return Said(turn["by"], turn["text"])


def load_inspection(path: Path = SHIPPED) -> InspectionBook:
    """An inspection book.

    Raises:
        BadKnowledge: the file is wrong; names it and the rule.
    """
    try:
        file = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf8")))
        words = {name: tuple(re.compile(p, re.I) for p in patterns) for name, patterns in file.words.items()}
    except (OSError, yaml.YAMLError, ValidationError, re.error) as error:
        raise BadKnowledge(str(error), str(path)) from error
    return InspectionBook(tuple(_compiled(rule, path) for rule in file.rules), words)


def _compiled(rule: _Rule, path: Path) -> InspectionRule:
    try:
        condition = compile_condition(rule.when, NAMES)
    except ValueError as error:
        raise BadKnowledge(f"rule {rule.id}: {error}", str(path)) from error
    title = Text(rule.title.zh, rule.title.en)
    return InspectionRule(rule.id, condition, title, rule.severity, tuple(rule.cites))


@cache
def shipped_book() -> InspectionBook:
    """The shipped book, read once."""
    return load_inspection()
