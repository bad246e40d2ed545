"""Handling cases: the way of whatever happens to one, from a person's tap or a clock to the record.

    late?     a clock that should have rung rings first, so nobody acts after their time
    look      what the machine needs from outside is fetched: who may sit on the panel, whose parcel it is
    conduct   applied and written in one transaction, under the conversation's lock and the case's
    tell      subscribers hear of it, and the platform is asked to do its part

A clock is a date in the case's row. Whoever finds it past may ring it: ringing twice does nothing the second time.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from assistant.cases import jury, machine
from assistant.cases.case import Case
from assistant.cases.conduct import Conducted, Context, conduct
from assistant.cases.events import Actor, CaseEvent, Happening
from assistant.conversation import Event
from assistant.scope import Scope
from assistant.store import cases, conversations, jurors
from assistant.store.case_events import sent_before
from assistant.store.cases import Held
from assistant.store.conversations import Tx
from assistant.store.records import Delivery
from assistant.tools.gateway import Gateway
from knowledge.errors import BadInput, Conflict, FairdeskError, NotFound, Unavailable

log = logging.getLogger(__name__)
CLOCK = Actor("clock")
SIDE_BY_SIDE = 8
"""Clocks that are rung at the same time, where the database has more than one writer."""


class ChangedBody(BadInput):
    """The sender's own id was used before, for something else."""

    code = "changed_body"


@dataclass(frozen=True, slots=True)
class Handling:
    """Moves cases. It shares the gateway's database, platform, clock, terms and subscribers."""

    gateway: Gateway

    async def move(
        self, scope: Scope, case_id: str, happening: Happening, client_id: str | None = None
    ) -> CaseEvent:
        """Let something happen to a case that the scope may see; returns its entry in the record.

        The same `client_id` again from the same sender gives the first entry back, and nothing happens.

        Raises:
            NotFound: no such case for this scope.
            Conflict, NotAllowed, BadInput: it can't happen to the case as it stands; nothing changed.
            ChangedBody: the client id was used for something else.
        """
        case = await self._seen(scope, case_id)
        sender = f"{happening.actor}/{client_id}" if client_id else None
        if machine.late(case, self.gateway.clock()) and happening.kind != "time_passed":
            await self._let_ring(case, sender)
            case = await self._seen(scope, case_id)
        happening = await self._informed(case, happening)
        return await self._happen(scope, case.id, happening, sender)

    async def ring(self, tenant: str, case_id: str) -> bool:
        """Let a case's clock ring, if its time has come; False when it has not, or the case moved on or is gone."""
        scope = Scope(tenant, "system", "clock")
        with suppress(Conflict, NotFound):
            await self.move(scope, case_id, Happening("time_passed", CLOCK))
            return True
        return False

    async def ring_due(self, overdue: timedelta = timedelta(0)) -> int:
        """Ring the clocks that are past by `overdue`, the longest overdue first; returns how many rang.

        A case whose clock can't be rung is logged, and holds up no other.
        """
        rang = failed = 0
        while batch := await self._due(overdue, failed):
            outcomes = await asyncio.gather(*(self._rings(tenant, case_id) for tenant, case_id in batch))
            rang += sum(outcomes)
            failed += len(batch) - sum(outcomes)
        return rang

    async def _due(self, overdue: timedelta, failed: int) -> list[tuple[str, str]]:
        async with self.gateway.database.read() as tx:
            return await cases.due(tx, self.gateway.clock() - overdue, SIDE_BY_SIDE, failed)

    async def _rings(self, tenant: str, case_id: str) -> bool:
        try:
            return await self.ring(tenant, case_id)
        except Unavailable:
            raise
        except Exception:   # a fault in one case (an unreadable row, a bug) must not stop the clocks of all others
            log.exception("a clock could not ring", extra={"case": case_id})
            return False

    async def _let_ring(self, case: Case, sender: str | None) -> None:
        """Ring the clock of a case before something else happens to it, unless that something was sent before."""
        if sender:
            async with self.gateway.database.read() as tx:
                if await sent_before(tx, case.id, sender):
                    return
        await self.ring(case.tenant, case.id)

    async def _seen(self, scope: Scope, case_id: str) -> Case:
        async with self.gateway.database.read() as tx:
            return (await cases.find(tx, scope, case_id)).case

    async def _happen(self, scope: Scope, case_id: str, happening: Happening, sender: str | None) -> CaseEvent:
        """One transaction; the same event sent twice is found by its sender's id."""
        gateway = self.gateway
        async with gateway.database.write(durable=True) as tx:
            held = await self._locked(tx, scope, case_id)
            if sender and (before := await sent_before(tx, held.case.id, sender)):
                return _same(before, happening)
            conducted, made = await self._conducted(tx, held, happening, sender)
        gateway.publish(held.conversation_id, made)
        if conducted.delivery:
            await self._ask(conducted.delivery)
        return conducted.event

    async def _conducted(
        self, tx: Tx, held: Held, happening: Happening, sender: str | None
    ) -> tuple[Conducted, list[Event]]:
        now = self.gateway.clock()
        system = Scope(held.case.tenant, "system", "cases")
        conversation = await conversations.find(tx, system, held.conversation_id)
        context = Context(now, self.gateway.terms, conversation.language)
        conducted = await conduct(tx, held, happening, context, sender)
        conversation, made = await conversations.append(tx, conversation, conducted.told, now)
        if made:
            await conversations.save(tx, conversation)
        return conducted, made

    async def _locked(self, tx: Tx, scope: Scope, case_id: str) -> Held:
        """The case, its conversation locked before it: always in this order, so nobody waits in a circle."""
        found = await cases.find(tx, scope, case_id)
        await conversations.find(tx, Scope(scope.tenant, "system", "cases"), found.conversation_id, lock=True)
        return await cases.find(tx, scope, case_id, lock=True)

    async def _ask(self, delivery: Delivery) -> None:
        """Ask the platform now; if it does not answer, the sweeper asks again with the same key."""
        with suppress(Unavailable):
            await self.gateway.carry_out(delivery)

    async def _informed(self, case: Case, happening: Happening) -> Happening:
        """The event with what only a look outside can tell.

        Raises:
            Conflict: the parcel is one that the buyer received, or another buyer's.
        """
        if happening.kind == "ship":
            await self._check_parcel(case, str(happening.said.get("tracking_number", "")))
        if case.state == "mediation" and happening.kind in ("to_jury", "time_passed"):
            return replace(happening, found={"panel": list(await self._panel(case))})
        return happening

    async def _check_parcel(self, case: Case, number: str) -> None:
        if not number.strip():
            raise BadInput("a tracking number is needed")
        order = await self.gateway.platform.order(Scope(case.tenant, "system", "cases"), case.order_id)
        if order and any(parcel.tracking_number == number for parcel in order.parcels):
            raise Conflict("this is the number of the parcel that came; the number of the one sent back is needed")
        async with self.gateway.database.read() as tx:
            if await cases.parcel_taken(tx, case, number):
                raise Conflict("this tracking number belongs to another parcel")

    async def _panel(self, case: Case) -> tuple[str, ...]:
        """Jurors by lot, without the buyer and without anybody who has bought from this shop.

        People of the shop itself are not among the jurors: only buyers enrol.
        """
        async with self.gateway.database.read() as tx:
            candidates = await jurors.enrolled(tx, case.tenant)
        panel: list[str] = []
        for person in jury.by_lot(candidates, f"{case.id}-{case.version + 1}"):
            if len(panel) == self.gateway.terms.panel:
                break
            if person != case.buyer_id and await self._unrelated(case, person):
                panel.append(person)
        return jury.seated(panel)

    async def _unrelated(self, case: Case, person: str) -> bool:
        try:
            orders = await self.gateway.platform.orders(Scope(case.tenant, "system", "cases"), person)
        except FairdeskError:
            return False    # who can't be checked does not sit
        return all(order.shop_id != case.shop_id for order in orders)


def _same(before: CaseEvent, happening: Happening) -> CaseEvent:
    if before.kind != happening.kind or before.data["said"] != dict(happening.said):
        raise ChangedBody("this client_id was used before, for something else")
    return before
