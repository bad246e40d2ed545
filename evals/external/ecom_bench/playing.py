"""Whole conversations: a scripted buyer against the real assistant over the shop, graded by how the books end."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass, replace

from assistant.books import Books as RuleBooks
from assistant.building import services_for
from assistant.commerce.platform import Command
from assistant.decisions.jurisdiction import Jurisdiction
from assistant.replies.reply import Reply
from assistant.scope import Scope
from assistant.services import Services
from assistant.settings import Settings
from assistant.store import conversations, records
from assistant.tools.gateway import Gateway
from assistant.understanding.reader import embedded_reader
from evals.external.ecom_bench.buyer import Said, ScriptedBuyer, differences
from evals.external.ecom_bench.conditions import is_known
from evals.external.ecom_bench.data import ShopData
from evals.external.ecom_bench.gold import gold_books
from evals.external.ecom_bench.shop import NOW, JdShop, shop_jurisdiction
from evals.external.ecom_bench.tasks import Task
from evals.player import Session
from evals.stage import StageClock
from knowledge.service import Knowledge

FOLLOW_UPS_MOST = 8
"""How many answers the buyer gives after one wish: more means that the dialogue goes in a circle."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trace: who spoke, and what."""

    by: str
    text: str


@dataclass(slots=True)
class Trial:
    """One conversation on one task: how it went and how it ended."""

    task: str
    passed: bool = False
    missing_outputs: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)
    trace: list[Line] = field(default_factory=list)


async def play(tasks: Iterable[Task], data: ShopData, settings: Settings, k: int = 1) -> dict[str, list[Trial]]:
    """Play each task `k` times, each time in another way of speaking; trials by the task's id."""
    place = shop_jurisdiction()
    rules = RuleBooks(None, place)
    async with services_for(settings) as made:
        services = _at_the_shop(made, rules, place)
        return {task.id: [await _trial(task, data, services, n) for n in range(k)] for task in tasks}


def _at_the_shop(services: Services, rules: RuleBooks, place: Jurisdiction) -> Services:
    """The services with the shop's rules and none of a country's; its policies are its rules, it has no documents."""
    knowledge = Knowledge(encoder=services.knowledge.encoder, jurisdiction=place.id)
    reader = embedded_reader(rules.rules.every_fact, services.knowledge.encoder)
    return replace(services, books=rules, knowledge=knowledge, reader=reader, burst_seconds=0.0)


async def _trial(task: Task, data: ShopData, services: Services, variant: int) -> Trial:
    """One conversation from beginning to end."""
    clock = StageClock(NOW)
    shop = JdShop(data, services.books.rules.catalog, f"jd-{services.new_id()[:12]}")
    gateway = Gateway(services.database, shop, clock, services.new_id, services.bus.publish)
    own = replace(services, tenant=shop.tenant, platform=shop, gateway=gateway, clock=clock)
    gold = gold_books(task, data.books, shop.ground)
    session = await Session.begin(own, Scope(shop.tenant, "buyer", task.buyer_id))
    play = _Play(session, clock, ScriptedBuyer(task, shop, gold, variant), Trial(task.id))
    await play.run()
    return _graded(play.trial, play.buyer)


def _graded(trial: Trial, buyer: ScriptedBuyer) -> Trial:
    trial.missing_outputs = tuple(one for one in buyer.task.outputs if one not in buyer.heard.ever)
    trial.wrong = tuple(_told_apart(buyer))
    trial.passed = not trial.wrong and not trial.missing_outputs
    trial.done = [command.name for command in buyer.shop.performed]
    return trial


def _told_apart(buyer: ScriptedBuyer) -> Iterable[str]:
    """What of the books is not as it should be, in a word each."""
    books, gold = buyer.shop.books, buyer.gold
    if not differences(books, gold):
        return
    for key in sorted({*books.sales, *gold.sales}):
        if books.sales.get(key) != gold.sales.get(key):
            yield f"order {key}"
    for part in ("balances", "invoices", "visits"):
        one, other = getattr(books, part), getattr(gold, part)
        yield from (f"{part} {key}" for key in {*one, *other} if one.get(key) != other.get(key))
    yield from (f"cashback {key}" for key in sorted(books.cashbacks ^ gold.cashbacks))


@dataclass(slots=True)
class _Play:
    """A conversation under way."""

    session: Session
    clock: StageClock
    buyer: ScriptedBuyer
    trial: Trial

    async def run(self) -> None:
        """All wishes in their order, each with what is asked in between."""
        for wish in self.buyer.wishes:
            said = self.buyer.begins(wish)
            if said is None:
                self._note("script", f"skipped, as this has not come true: {wish.condition}")
                continue
            if not is_known(wish):
                self._note("script", f"taken as come true: {wish.condition}")
            await self._say(said)
            for _ in range(FOLLOW_UPS_MOST):
                answer = self.buyer.answers(self.session.reply, *await self._open())
                if answer is None:
                    break
                await self._say(answer)

    async def _say(self, said: Said) -> None:
        self.clock.pass_time()
        self._note("buyer", said.text or f"[{said.tap.decision if said.tap else ''}]")
        reply = await self.session.say(said.text, said.tap, said.photos)
        text = "\n".join(_words_of(reply)) if reply else ""
        self._note("assistant", f"{text}  <{reply.step if reply else 'a person'}>")
        self.buyer.hears(reply, text, refused=reply is not None and reply.step == "Refuse")

    def _note(self, by: str, text: str) -> None:
        self.trial.trace.append(Line(by, text))

    async def _open(self) -> tuple[str, Command | None]:
        """What the assistant waits for, and what the proposal on the table would do."""
        session = self.session
        async with session.services.database.read() as tx:
            conversation = await conversations.find(tx, session.scope, session.conversation_id)
            state = conversation.state
            if conversation.owner != "assistant":
                return "", None
            asked = state.asked.name if state.asked else ""
            if state.proposal_id is None:
                return asked, None
            return asked, (await records.find_proposal(tx, session.scope, state.proposal_id)).command


def _words_of(reply: Reply) -> Iterable[str]:
    """All that a buyer reads: the text, and the words on the cards."""
    yield reply.text
    for card in reply.cards:
        yield from _texts(card)


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for one in fields(value):
            if one.name not in _UNREAD:
                yield from _texts(getattr(value, one.name))


_UNREAD = frozenset({"type", "proposal_id", "digest", "citations", "rules", "case_id", "order_id", "item_id", "image"})
