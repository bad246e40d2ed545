"""Scenes that tests begin with: who is there, what is on the table."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from assistant.cases.opening import title_of
from assistant.commerce.platform import Command
from assistant.conversation import Asked, Conversation, Event, Payload, ProposalMade
from assistant.decisions.decision import Amount, AmountLine, Deadline, Decision
from assistant.proposal import LIFETIME, Proposal, digest_of
from assistant.replies.cards import proposal_card
from assistant.scope import Scope
from assistant.store import conversations, tables
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from knowledge.text import Text
from tests.fakes.clock import NOW

BUYER = Scope("demo", "buyer", "xiaolin")
OTHER_BUYER = Scope("demo", "buyer", "dawei")
OTHER_TENANT = Scope("elsewhere", "buyer", "xiaolin")
NAMESAKE_SHOP = Scope("demo", "merchant", "xiaolin", "s-orchid")
AGENT = Scope("demo", "agent", "lin")
OTHER_AGENT = Scope("elsewhere", "agent", "lin")
STRANGERS = (OTHER_BUYER, OTHER_TENANT, NAMESAKE_SHOP)
"""Who must not see Xiaolin's things: another buyer, her namesake at another platform, a merchant with her name."""


def decided(amount_fen: int = 12900, at: datetime = NOW, remedy: str = "refund") -> Decision:
    """A granted claim for `amount_fen`."""
    amount = Amount(amount_fen, lines=(AmountLine(Text("实付", "Paid"), amount_fen),))
    deadline = Deadline("refund", Text("退款到账", "Money back"), at + timedelta(days=3))
    return Decision("grant", "refund", at, remedy, "cn.refund.before-dispatch", amount=amount, deadlines=(deadline,))


def proposed(
    conversation_id: str, *, amount_fen: int = 12900, now: datetime = NOW, lifetime: timedelta = LIFETIME,
    scope: Scope = BUYER, order_id: str = "O-1",
) -> Proposal:
    """A proposal to refund an order, not stored yet."""
    proposal_id, decision = uuid4().hex, decided(amount_fen, now)
    command = Command("refund", order_id, f"{order_id}-1", amount_fen)
    digest = digest_of(scope.tenant, scope.subject, command)
    card = proposal_card(proposal_id, decision, None, digest, now + lifetime, "zh")
    return Proposal(proposal_id, scope.tenant, conversation_id, scope.subject, command, decision, title_of("refund"),
                    "zh", card, now, now + lifetime, "s-orchid")


async def opened(database: Database, scope: Scope = BUYER, conversation_id: str | None = None) -> Conversation:
    """A new conversation of the buyer's."""
    async with database.write() as tx:
        return await conversations.create(tx, scope, conversation_id or uuid4().hex, "zh", NOW)


async def put_on_table(gateway: Gateway, proposal: Proposal, scope: Scope = BUYER) -> Proposal:
    """Store a proposal in the way a turn does: the event, the state, the row."""
    async with gateway.database.write() as tx:
        conversation = await conversations.find(tx, scope, proposal.conversation_id, lock=True)
        await gateway.propose(tx, scope, proposal)
        conversation, _ = await conversations.append(tx, conversation, [ProposalMade(proposal.card)], gateway.clock())
        state = replace(conversation.state, proposal_id=proposal.id, asked=Asked("proposal"))
        await conversations.save(tx, replace(conversation, state=state))
    return proposal


async def add_events(database: Database, scope: Scope, conversation_id: str, *payloads: Payload) -> list[Event]:
    """Append to the log under the lock, as every writer does."""
    async with database.write() as tx:
        conversation = await conversations.find(tx, scope, conversation_id, lock=True)
        conversation, made = await conversations.append(tx, conversation, payloads, NOW)
        await conversations.save(tx, conversation)
    return made


async def log_of(database: Database, conversation_id: str, scope: Scope = AGENT) -> list[Event]:
    """The whole log, as the scope sees it."""
    async with database.read() as tx:
        return await conversations.log(tx, scope, conversation_id)


async def kinds_of(database: Database, conversation_id: str) -> list[str]:
    """The kinds of the log's events, in order."""
    return [event.payload.kind for event in await log_of(database, conversation_id)]


async def head_of(database: Database, conversation_id: str) -> Conversation:
    """The conversation as it stands now."""
    async with database.read() as tx:
        return await conversations.find(tx, AGENT, conversation_id)


async def column(database: Database, table: str, name: str, key: str, value: str) -> list[object]:
    """The column `name` of the rows of a table where column `key` has this value."""
    t = tables.metadata.tables[table]
    async with database.read() as tx:
        return list(await tx.scalars(select(t.c[name]).where(t.c[key] == value)))
