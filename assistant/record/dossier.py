"""A case's file: everything that an export tells, as one value, and how it is gathered."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from assistant.cases.case import Case
from assistant.cases.terms import Terms
from assistant.commerce.model import Buyer, Order, Shop
from assistant.conversation import AssistantReply, BuyerMessage, Event, StaffMessage
from assistant.decisions.decision import Decision
from assistant.decisions.explain import explain
from assistant.record.copies import Audience
from assistant.record.heads import LOOK_BACK, Heads, Json, Sealed
from assistant.record.keys import Signer
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import case_files, cases, conversations, records
from assistant.store.attachments import Stored, path_of
from assistant.store.case_events import Recorded, record_of
from assistant.store.case_files import Paid
from assistant.store.cases import Held
from assistant.store.conversations import Tx
from knowledge.clauses import Clause
from knowledge.errors import NotFound
from knowledge.text import Language

PAGE = 1000
_SPOKEN = (BuyerMessage, AssistantReply, StaffMessage)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the file; `data` is empty where its bytes are no longer kept."""

    stored: Stored
    data: bytes

    @property
    def name(self) -> str:
        """Its place in the export."""
        return f"attachments/{self.stored.id}.{self.stored.media_type.partition('/')[2]}"


@dataclass(frozen=True, slots=True)
class Written:
    """What the database has of a case."""

    held: Held
    record: tuple[Recorded, ...]
    decision: Decision | None
    paid: tuple[Paid, ...]
    messages: tuple[Event, ...]
    pictures: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case's file for one audience, in one language. `proof` is the decision with every rule that was considered."""

    audience: Audience
    language: Language
    zone: tzinfo
    terms: Terms
    written: Written
    order: Order | None
    buyer: Buyer | None
    shop: Shop | None
    clauses: tuple[Clause, ...]
    proof: str
    pictures: tuple[Picture, ...]
    heads: tuple[Json, ...]
    keys: tuple[Json, ...]
    signer: Signer

    @property
    def case(self) -> Case:
        """The case."""
        return self.written.held.case

    @property
    def given(self) -> dict[str, str]:
        """The hashes that pictures had when they were given as evidence, by picture; the chain covers them."""
        said = (one.event.data.get("said") for one in self.written.record)
        found = ((one.get("attachments"), one.get("sha256")) for one in said if isinstance(one, dict))
        return {
            str(picture): str(digest)
            for ids, hashes in found if isinstance(ids, list) and isinstance(hashes, list)
            for picture, digest in zip(ids, hashes, strict=False)
        }


@dataclass(frozen=True, slots=True)
class Archive:
    """Where heads and pictures are kept."""

    heads: Heads
    home: Path


async def gather(
    services: Services, archive: Archive, scope: Scope, case_id: str, language: Language = "zh"
) -> Dossier:
    """The file of a case that the scope may see, sealed as it stands, and written down as given out.

    Raises:
        NotFound: there is no such case, or it isn't this scope's.
        BadInput: the key that signs heads is not as it should be.
    """
    audience: Audience = "staff" if scope.is_staff else "merchant" if scope.role == "merchant" else "buyer"
    async with services.database.read() as tx:
        written = await _written(tx, scope, case_id, audience)
    case, now, system = written.held.case, services.clock(), Scope(scope.tenant, "system", "record")
    last = written.record[-1]
    since, sealed = case.created_at - LOOK_BACK, Sealed(case.id, last.event.seq, last.hash)
    await asyncio.to_thread(archive.heads.seal, [sealed], now, since)
    async with services.database.write() as tx:
        detail = {"case": case.number, "for": audience, "entries": sealed.entries}
        await records.add_audit(tx, scope, "record.exported", case.id, detail, now=now)
    decision = written.decision
    return Dossier(
        audience=audience, language=language, zone=services.zone, terms=services.gateway.terms, written=written,
        order=await services.platform.order(system, case.order_id) if case.order_id else None,
        buyer=await services.platform.buyer(system, case.buyer_id),
        shop=await services.platform.shop(system, case.shop_id) if case.shop_id else None,
        clauses=tuple(_clauses(services, decision)),
        proof=explain(decision, language, catalog=services.books.rules.every_fact) if decision else "",
        pictures=await asyncio.to_thread(lambda: tuple(_read(archive.home, written.pictures))),
        heads=tuple(await asyncio.to_thread(archive.heads.of_case, case.id, since)),
        keys=tuple(archive.heads.keys.listed()), signer=archive.heads.keys.signer(now),
    )


async def _written(tx: Tx, scope: Scope, case_id: str, audience: Audience) -> Written:
    """All rows that belong to the case; a merchant gets nothing of what the buyer and the platform wrote each other."""
    held = await cases.find(tx, scope, case_id)
    system = Scope(scope.tenant, "system", "record")
    case, record = held.case, await record_of(tx, scope.tenant, held.case.id)
    messages = [] if audience == "merchant" else await _spoken(tx, system, held.conversation_id)
    sent = (event.payload.attachments for event in messages if isinstance(event.payload, BuyerMessage))
    ids = [*_named_in(record), *(one.id for pictures in sent for one in pictures)]
    return Written(
        held, tuple(record), await _decision(tx, system, held.proposal_id),
        tuple(await case_files.paid_for(tx, scope.tenant, case.id, held.proposal_id)),
        tuple(messages), tuple(await case_files.pictures(tx, scope.tenant, ids)),
    )


async def _decision(tx: Tx, system: Scope, proposal_id: str) -> Decision | None:
    """The decision that the case rests on; a case that people opened by hand has none."""
    try:
        return (await records.find_proposal(tx, system, proposal_id)).decision
    except NotFound:
        return None


async def _spoken(tx: Tx, system: Scope, conversation_id: str) -> list[Event]:
    """What was said in the conversation, all of it."""
    found: list[Event] = []
    while part := await conversations.log(tx, system, conversation_id, found[-1].seq if found else 0, PAGE):
        found += part
    return [event for event in found if isinstance(event.payload, _SPOKEN)]


def _named_in(record: Iterable[Recorded]) -> Iterator[str]:
    """The ids of the pictures that were given as evidence."""
    for one in record:
        said = one.event.data.get("said")
        named = said.get("attachments") if isinstance(said, dict) else None
        yield from map(str, named if isinstance(named, list) else ())


def _clauses(services: Services, decision: Decision | None) -> Iterator[Clause]:
    """The clauses that the decision cites, in the versions of its day; what is no longer in the books is left out."""
    if decision is None:
        return
    day = decision.at.astimezone(services.zone).date()
    for cited in decision.citations:
        with suppress(NotFound):
            yield services.knowledge.clause(cited, day)


def _read(home: Path, pictures: Iterable[Stored]) -> Iterator[Picture]:
    for stored in pictures:
        path = path_of(home, stored.id)
        yield Picture(stored, path.read_bytes() if path.exists() else b"")
