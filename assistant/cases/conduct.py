"""Conducting a case: what happens to it is applied and written down in the caller's one transaction.

Loads and stores around the machine, and says what the conversation is told. It asks nobody and waits for nothing;
`assistant.cases.handling` does, before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.cases import machine
from assistant.cases.case import Case
from assistant.cases.events import Actor, CaseEvent, Happening, Json
from assistant.cases.machine import Moved
from assistant.cases.outcomes import PAYMENTS
from assistant.cases.terms import Terms
from assistant.commerce.platform import Command
from assistant.conversation import CaseChanged, Payload, ReceiptIssued
from assistant.replies.reply import Money, ReceiptCard
from assistant.scope import Scope
from assistant.store import cases, jurors, records
from assistant.store.case_events import write_event
from assistant.store.cases import Held
from assistant.store.conversations import Tx
from assistant.store.records import Delivery
from knowledge.text import Language


@dataclass(frozen=True, slots=True)
class Conducted:
    """What came of it: the file after it, its entry in the record, what is told, what the platform must do."""

    held: Held
    event: CaseEvent
    told: tuple[Payload, ...]
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """When something happens to a case, on which terms, and in which language its receipts are."""

    now: datetime
    terms: Terms
    language: Language = "zh"


async def conduct(
    tx: Tx, held: Held, happening: Happening, context: Context, client_id: str | None = None
) -> Conducted:
    """Apply what happens to a case whose row is locked, and write all that follows from it.

    Raises:
        Conflict, NotAllowed, BadInput: as the machine says; nothing is written.
    """
    now = context.now
    moved = machine.apply(held.file, happening, now, context.terms)
    case = moved.file.case
    event = (await write_event(tx, _entry(held.case, moved, happening), client_id)).event
    await cases.save(tx, moved.file)
    if case.state == "jury" and held.case.state != "jury":
        await jurors.summon(tx, case.tenant, case.id, moved.file.proceedings.panel, now)
    receipt = await _order(tx, case, event, moved.command, context.language)
    detail = {"case": case.number, "from": held.case.state, "to": case.state, "seq": event.seq}
    scope = Scope(case.tenant, "system", str(happening.actor)[:70])
    await records.add_audit(tx, scope, f"case.{happening.kind}", case.id, detail, now=now)
    told = (*_told(held.case, case), *([ReceiptIssued(receipt)] if receipt else ()))
    due = Delivery(case.tenant, key_of(event), moved.command, case_id=case.id) if moved.command else None
    return Conducted(replace(held, file=moved.file), event, told, due)


def key_of(event: CaseEvent) -> str:
    """The idempotency key of the command that an entry of a record gives: the same whenever it is worked out."""
    return f"{event.case_id}-{event.seq}"


def _entry(before: Case, moved: Moved, happening: Happening) -> CaseEvent:
    case, command = moved.file.case, moved.command
    data: dict[str, Json] = {
        "said": dict(happening.said), "from": before.state, "to": case.state,
        "due": case.due.isoformat() if case.due else None,
    }
    if happening.found:
        data["found"] = dict(happening.found)
    if command:
        data["command"] = {"name": command.name, "amount_fen": command.amount_fen}
    if case.closed and case.paid_fen and case.state != "done":
        data["to_recover_fen"] = case.paid_fen      # paid ahead, and the goods never came or the case was lost
    assert case.moved_at, "the machine says when it moved"
    return CaseEvent(
        case.tenant, case.id, case.version, case.moved_at, str(happening.actor), happening.kind, data
    )


async def _order(
    tx: Tx, case: Case, event: CaseEvent, command: Command | None, language: Language
) -> ReceiptCard | None:
    """Put the platform's part into the outbox; money has a receipt and a row in the ledger."""
    if command is None:
        return None
    key = key_of(event)
    receipt = _receipt(case, command, event, language) if command.name in PAYMENTS else None
    await cases.add_command(tx, case, key, command, receipt, event.at)
    return receipt


def _receipt(case: Case, command: Command, event: CaseEvent, language: Language) -> ReceiptCard:
    money = Money(command.amount_fen, case.currency)
    return ReceiptCard(case.id, case.number, case.title.in_(language), money, f"{case.number}-{event.seq}", event.at)


def _told(before: Case, case: Case) -> Sequence[Payload]:
    """What the buyer's conversation is told: the case as it is now, when there is something new to see of it."""
    same = case.state == before.state and case.steps == before.steps
    return () if same else (CaseChanged(case),)


def answer_of(command: Command, reference: str | None, error: str) -> Happening:
    """The event that the platform's answer to a command is."""
    said: dict[str, Json] = {"command": command.name, "amount_fen": command.amount_fen}
    if reference is None:
        return Happening("platform_refused", Actor("platform"), {**said, "error": error})
    return Happening("platform_done", Actor("platform"), {**said, "reference": reference})


