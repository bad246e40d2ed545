"""Proposals and receipts: what is offered to the buyer, and the proof that it was done once."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter

from assistant.commerce.platform import Command
from assistant.decisions.decision import Decision
from assistant.replies.reply import ProposalCard, ReceiptCard
from knowledge.text import Language, Text

ProposalState = Literal["open", "in_approval", "confirmed", "refused", "withdrawn", "expired", "declined"]
"""`in_approval`: the buyer has confirmed, and a second person has to approve; `declined`: that person said no."""

LIFETIME = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action with its computed amount, waiting for the buyer's yes until `expires_at`.

    `command` is exactly what the platform will be asked to do; `digest` fixes it, and `card` is what the buyer saw.
    """

    id: str
    tenant: str
    conversation_id: str
    buyer_id: str
    command: Command
    decision: Decision
    title: Text
    language: Language
    card: ProposalCard
    created_at: datetime
    expires_at: datetime
    shop_id: str = ""
    state: ProposalState = "open"

    @property
    def digest(self) -> str:
        """The digest of what will be done; equal digests do the same thing."""
        return digest_of(self.tenant, self.buyer_id, self.command)


def digest_of(tenant: str, buyer_id: str, command: Command) -> str:
    """SHA-256 over the canonical JSON of a command and whom it is for, as 64 hexadecimal digits."""
    lines = [[one.product_id, one.quantity, one.item_id] for one in command.lines]
    body = [tenant, buyer_id, command.name, command.order_id, command.item_id, command.amount_fen,
            dict(sorted(command.arguments.items())), *([lines] if lines else [])]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


proposals: TypeAdapter[Proposal] = TypeAdapter(Proposal)
receipts: TypeAdapter[ReceiptCard] = TypeAdapter(ReceiptCard)
commands: TypeAdapter[Command] = TypeAdapter(Command)
