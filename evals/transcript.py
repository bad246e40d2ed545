"""What came of a script: every turn, and the state of the world afterwards, as plain JSON values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import select

from assistant.conversation import (
    DecisionMade,
    Event,
    HandoffMade,
    Payload,
    ProposalClosed,
    ProposalMade,
    ReadingMade,
    ReceiptIssued,
    TurnTaken,
)
from assistant.store import cases as stored_cases
from assistant.store import conversations
from assistant.store.tables import ledger
from evals.stage import Stage

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One move of the buyer and what followed: the reply (None when nobody answered) and the kinds of events."""

    said: str
    reply: Json | None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A played script.

    `decisions`, `proposals` (with how each was closed), `receipts`, `cases` and `handoffs` are the values themselves as
    JSON; `readings` say how each turn was read, `steps` what was done next. `ledger` is what was recorded as done,
    `effects` what the platform was really made to do. `skipped` are lines for which nobody asked, `unanswered` is the
    last question when the script had no answer to it. `faults` are errors of the system; `broken` says why the script
    itself could not go on. `buyer_id` is who spoke.
    """

    turns: tuple[Turn, ...]
    decisions: tuple[Json, ...] = ()
    proposals: tuple[Json, ...] = ()
    receipts: tuple[Json, ...] = ()
    cases: tuple[Json, ...] = ()
    handoffs: tuple[Json, ...] = ()
    readings: tuple[Json, ...] = ()
    steps: tuple[str, ...] = ()
    ledger: tuple[Json, ...] = ()
    effects: tuple[Json, ...] = ()
    owner: str = "assistant"
    skipped: tuple[str, ...] = ()
    unanswered: str | None = None
    faults: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    buyer_id: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """What the assistant asked for, in order."""
        return tuple(turn.reply["asks"] for turn in self.turns if turn.reply and turn.reply["asks"])

    @property
    def words(self) -> tuple[str, ...]:
        """All that the assistant said."""
        return tuple(turn.reply["text"] for turn in self.turns if turn.reply)

    @property
    def cited(self) -> frozenset[str]:
        """The clauses that replies cited."""
        return frozenset(one["clause"] for turn in self.turns if turn.reply for one in turn.reply["citations"])


@dataclass(frozen=True, slots=True)
class Played:
    """What the player itself knows: the turns, what was skipped, where it stopped."""

    turns: tuple[Turn, ...]
    skipped: tuple[str, ...]
    unanswered: str | None
    faults: tuple[str, ...]
    broken: tuple[str, ...]


async def transcript_of(stage: Stage, conversation_id: str, played: Played) -> Transcript:
    """The transcript of a script that was played on `stage`, read from the log, the records and the platform."""
    services, scope = stage.services, stage.overseer
    async with services.database.read() as tx:
        conversation = await conversations.find(tx, scope, conversation_id)
        log = [event.payload for event in await conversations.log(tx, scope, conversation_id)]
        cases = await stored_cases.of_buyer(tx, scope, stage.scope.subject)
        rows = (await tx.execute(select(ledger).where(ledger.c.tenant == scope.tenant))).mappings().all()
    effects = await stage.effects.all(scope.tenant)
    return Transcript(
        played.turns,
        decisions=_json(one.decision for one in log if isinstance(one, DecisionMade)),
        proposals=_proposals(log),
        receipts=_json(one.receipt for one in log if isinstance(one, ReceiptIssued)),
        cases=_json(cases),
        handoffs=_json(one.handover for one in log if isinstance(one, HandoffMade)),
        readings=_json(one for one in log if isinstance(one, ReadingMade)),
        steps=tuple(one.step for one in log if isinstance(one, TurnTaken)),
        ledger=_json({key: row[key] for key in _LEDGER} for row in rows),
        effects=_json({"key": one.key, **to_jsonable_python(one.command)} for one in effects),
        owner=conversation.owner, skipped=played.skipped, unanswered=played.unanswered, faults=played.faults,
        broken=played.broken, buyer_id=stage.scope.subject,
    )


def kinds_of(events: Iterable[Event]) -> tuple[str, ...]:
    """The kinds of events, in their order."""
    return tuple(event.payload.kind for event in events)


def _json(values: Iterable[object]) -> tuple[Json, ...]:
    return tuple(to_jsonable_python(value) for value in values)


def _proposals(log: Sequence[Payload]) -> tuple[Json, ...]:
    """The proposals that were made, each with the state in which it ended."""
    closed = {one.proposal_id: one.state for one in log if isinstance(one, ProposalClosed)}
    made = [one.proposal for one in log if isinstance(one, ProposalMade)]
    return tuple({**to_jsonable_python(one), "state": closed.get(one.proposal_id, "open")} for one in made)


_LEDGER = ("proposal_id", "action", "order_id", "amount_fen", "state", "reference")
