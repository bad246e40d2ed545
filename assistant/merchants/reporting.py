"""Reports from filing to the last appeal: each step is one transaction with its record, its finding and its words.

A clock is a date in the report's row; whoever finds it past may ring it, and ringing twice does nothing more.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass

from assistant.cases.case import Case
from assistant.cases.events import Actor, Happening, Party
from assistant.conversation import Event, Notice
from assistant.decisions.decision import Decision
from assistant.decisions.engine import decide
from assistant.decisions.gather import facts_of
from assistant.integrity.file import finding_of
from assistant.integrity.reports import Evidence, Report, Rules, apply, filed, time_passed
from assistant.merchants.words import notice_of
from assistant.scope import Scope
from assistant.services import Services
from assistant.store import attachments, cases, conversations, records, reports
from assistant.store.conversations import Tx
from knowledge.errors import Conflict, NotAllowed, NotFound, Unavailable

log = logging.getLogger(__name__)
HOLDS = ("swapped_return", "empty_return")
"""What a merchant can say of goods that came back, so that the refund may have to wait."""
_PARTIES: dict[str, Party] = {"buyer": "buyer", "merchant": "merchant", "agent": "staff", "admin": "staff"}


@dataclass(frozen=True, slots=True)
class Brought:
    """What a merchant brings with a report."""

    kind: str
    pictures: tuple[str, ...] = ()
    serial: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that was filed, and what the rules say of holding the refund (None where the case is not that far)."""

    report: Report
    hold: Decision | None = None

    @property
    def held(self) -> bool:
        """True when the refund waits: by a rule, or until a person has looked."""
        return self.hold is not None and self.hold.outcome in ("grant", "review")


def rules_of(services: Services) -> Rules:
    """What reports are decided by, as it is in force now."""
    return Rules(services.books.risk, services.books.rules.jurisdiction.calendar)


async def file_report(services: Services, scope: Scope, case_id: str, brought: Brought) -> Filed:
    """A merchant reports a claim on an order of the own shop.

    Raises:
        NotAllowed: somebody else than a merchant.
        NotFound: no such case, or picture, of this shop.
        BadInput: no such kind of report.
        Conflict: the claim was reported before.
    """
    if scope.role != "merchant" or not scope.shop_id:
        raise NotAllowed("reports come from the shop concerned")
    for picture in brought.pictures:
        await attachments.find(services.database, scope, picture)
    async with services.database.read() as tx:
        case = (await cases.find(tx, scope, case_id)).case
    evidence = await _evidence(services, scope, case, brought)
    now, happening = services.clock(), Happening("filed", _actor(scope), {"kind": brought.kind, "words": brought.words})
    async with services.database.write(durable=True) as tx:
        held = await cases.find(tx, scope, case.id)
        number = await reports.next_number(tx, scope.tenant, now)
        report = filed(_new(services, case, brought.kind, evidence, number), rules_of(services))
        await reports.add(tx, report, happening)
        detail = {"case": case.number, "kind": report.kind}
        await records.add_audit(tx, scope, "report.filed", report.id, detail, now=now)
        made = await _tell(services, tx, None, report, held.conversation_id)
    services.gateway.publish(held.conversation_id, made)
    return Filed(report, await _hold(services, scope, case, report))


def _new(services: Services, case: Case, kind: str, evidence: Evidence, number: str) -> Report:
    return Report(
        services.new_id(), number, case.tenant, case.shop_id, case.buyer_id, case.id, case.order_id, kind, evidence,
        services.clock(), done_at=case.moved_at if case.closed else None,
    )


async def _evidence(services: Services, scope: Scope, case: Case, brought: Brought) -> Evidence:
    """What the merchant brings, with the weights that the platform's own records tell."""
    order = await services.platform.order(scope, case.order_id)
    facts = order.facts if order else {}
    sent, returned = facts.get("sent_weight_g"), facts.get("returned_weight_g")
    return Evidence(
        brought.pictures, brought.serial, brought.words, sent if isinstance(sent, int) else None,
        returned if isinstance(returned, int) else None,
    )


async def _hold(services: Services, scope: Scope, case: Case, report: Report) -> Decision | None:
    """Goods that came back and don't match: by the rules the refund waits for evidence from both sides, or goes on."""
    if report.kind not in HOLDS or case.state != "inspecting" or report.closed:
        return None
    decision = await _decision_on_hold(services, scope, case, report)
    if decision is not None and decision.outcome in ("grant", "review"):
        said = Happening("contest", _actor(scope), {"words": report.evidence.words, "report": report.number})
        with suppress(Conflict):        # it moved on meanwhile: the report stands, the case is what it is now
            await services.cases.move(scope, case.id, said)
    return decision


async def _decision_on_hold(services: Services, scope: Scope, case: Case, report: Report) -> Decision | None:
    order = await services.platform.order(scope, case.order_id)
    item = (order.item(case.item_id) if case.item_id else order.items[0]) if order else None
    if order is None or item is None:
        return None
    shop, product = (await services.platform.shop(scope, order.shop_id),
                     await services.platform.product(scope, item.product_id))
    book, now = services.books.rules.for_shop(order.shop_id), services.clock()
    facts = facts_of(order, item, None, shop, product, now, catalog=book.catalog)
    signed = {} if "return_signed_at" in facts["order"] else {"return_signed_at": case.moved_at}
    claim = {"kind": "hold_refund", "at": now, "has_photo": bool(report.evidence.pictures)}
    return decide(book, {**facts, "order": {**facts["order"], **signed}, "claim": claim}, now)


async def move(services: Services, scope: Scope, report_id: str, happening: Happening) -> Report:
    """Let something happen to a report that the scope may see, and all that follows from it.

    Raises:
        NotFound: no such report for this scope.
        Conflict, NotAllowed, BadInput: it can't happen to the report as it stands; nothing changed.
    """
    now, rules = services.clock(), rules_of(services)
    with suppress(Conflict):
        if happening.kind != "time_passed":     # a clock that should have rung rings first
            await move(services, Scope(scope.tenant, "system", "clock"), report_id, time_passed())
    async with services.database.write(durable=True) as tx:
        before = await reports.find(tx, scope, report_id, lock=True)
        report = apply(before, happening, rules, now)
        await reports.save(tx, report, happening, now)
        await _settle(services, tx, before, report)
        detail = {"from": before.state, "to": report.state, "result": report.result}
        await records.add_audit(tx, scope, f"report.{happening.kind}", report.id, detail, now=now)
        held = await cases.find(tx, Scope(scope.tenant, "system", "reports"), report.case_id)
        made = await _tell(services, tx, before, report, held.conversation_id)
    services.gateway.publish(held.conversation_id, made)
    return report


def actor_of(scope: Scope) -> Actor:
    """Who does something to a report."""
    return _actor(scope)


def _actor(scope: Scope) -> Actor:
    if scope.role not in _PARTIES:
        raise NotAllowed("reports are moved by the people concerned")
    return Actor(_PARTIES[scope.role], scope.subject)


async def _settle(services: Services, tx: Tx, before: Report, report: Report) -> None:
    """A result enters the buyer's file, or is corrected there."""
    if report.result == before.result:
        return
    if report.result == "upheld":
        rules = rules_of(services)
        await reports.add_finding(tx, finding_of(report, services.new_id(), rules.book, rules.calendar))
    elif before.result == "upheld":
        await reports.correct(tx, report.tenant, report.id, services.clock())


async def _tell(
    services: Services, tx: Tx, before: Report | None, report: Report, conversation_id: str
) -> list[Event]:
    """The line for the buyer, in the conversation of the claim."""
    words = notice_of(before.state if before else None, report, services.books.risk, services.zone)
    if words is None:
        return []
    scope = Scope(report.tenant, "system", "reports")
    conversation = await conversations.find(tx, scope, conversation_id, lock=True)
    conversation, made = await conversations.append(tx, conversation, [Notice(words)], services.clock())
    await conversations.save(tx, conversation)
    return made


async def ring_due(services: Services) -> int:
    """Ring the clocks of reports that are past; returns how many rang. One that can't be rung holds up no other."""
    async with services.database.read() as tx:
        due = await reports.due(tx, services.clock())
    rang = 0
    for tenant, report_id in due:
        try:
            await move(services, Scope(tenant, "system", "clock"), report_id, time_passed())
            rang += 1
        except (Conflict, NotFound):
            continue        # somebody else rang it
        except Unavailable:
            raise
        except Exception:   # a fault in one report must not stop the clocks of all others
            log.exception("a report's clock could not ring", extra={"report": report_id})
    return rang


__all__ = ["Brought", "Filed", "actor_of", "file_report", "move", "ring_due", "rules_of"]
