"""Cases in a real database, opened in the way buyers open them."""

from dataclasses import replace

from sqlalchemy import select

from assistant.cases.case import Case
from assistant.cases.events import Actor, CaseEvent, Happening, Json, Party
from assistant.cases.handling import Handling
from assistant.commerce.platform import Command
from assistant.scope import Scope
from assistant.store import cases, tables
from assistant.store.case_events import Recorded, record_of
from assistant.store.cases import Held
from assistant.tools.gateway import Gateway
from tests.fakes.scenes import AGENT, BUYER, opened, proposed, put_on_table

MERCHANT = Scope("demo", "merchant", "orchid-1", "s-orchid")
OTHER_MERCHANT = Scope("demo", "merchant", "maple-1", "s-maple")
COMMANDS = {"return_and_refund": "return"}


async def open_case(gateway: Gateway, remedy: str = "return_and_refund", fen: int = 12900, **notes: str) -> Case:
    """A case of Xiaolin's for this remedy, by proposal and yes."""
    conversation = await opened(gateway.database)
    proposal = proposed(conversation.id, amount_fen=fen, now=gateway.clock())
    decision = replace(proposal.decision, remedy=remedy, notes=notes, deadlines=())
    command = Command(COMMANDS.get(remedy, remedy), "O-1", "O-1-1", fen)
    await put_on_table(gateway, replace(proposal, decision=decision, command=command))
    receipt = await gateway.confirm(BUYER, proposal.id)
    return await case_now(gateway, receipt.case_id)


async def held_now(gateway: Gateway, case_id: str, scope: Scope = AGENT) -> Held:
    """The case's file as it stands."""
    async with gateway.database.read() as tx:
        return await cases.find(tx, scope, case_id)


async def case_now(gateway: Gateway, case_id: str, scope: Scope = AGENT) -> Case:
    """The case as it stands."""
    return (await held_now(gateway, case_id, scope)).case


async def record_now(gateway: Gateway, case_id: str) -> list[Recorded]:
    """The case's whole record."""
    async with gateway.database.read() as tx:
        return await record_of(tx, "demo", case_id)


async def commands_of(gateway: Gateway, case_id: str) -> list[tuple[str, int, str]]:
    """(name, fen, state) of everything the platform was asked for as a later step of the case."""
    t = tables.outbox
    async with gateway.database.read() as tx:
        rows = (await tx.execute(select(t.c.command, t.c.state).where(t.c.case_id == case_id).order_by(t.c.id))).all()
    return [(row.command["name"], row.command["amount_fen"], row.state) for row in rows]


class Doing:
    """The parties of a case, and what they do to it."""

    def __init__(self, gateway: Gateway) -> None:
        self.handling = Handling(gateway)

    async def do(
        self, case_id: str, kind: str, party: Party = "buyer", client_id: str | None = None, **said: Json
    ) -> CaseEvent:
        """Somebody does something to the case, in their own name."""
        scopes = {"buyer": BUYER, "merchant": MERCHANT, "staff": AGENT}
        scope = scopes.get(party, Scope("demo", "system", "test"))
        return await self.handling.move(scope, case_id, Happening(kind, Actor(party, scope.subject), said), client_id)
