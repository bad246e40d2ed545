"""Writes into outside shops: what their own tasks want is done, and what their policy forbids is refused."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import lru_cache

import pytest

from assistant.commerce.platform import Command
from assistant.scope import Scope
from assistant.store.database import Database
from evals.external.ecom_bench import data as jd_data
from evals.external.ecom_bench import gold as jd_gold
from evals.external.ecom_bench import refusals as jd_refusals
from evals.external.ecom_bench import shop as jd
from evals.external.ecom_bench import tasks as jd_tasks
from evals.external.outside import Counter, OutsideShop
from evals.external.refusing import Forbidden, sample, tells
from evals.external.tau2_retail import data as tau2_data
from evals.external.tau2_retail import gold as tau2_gold
from evals.external.tau2_retail import refusals as tau2_refusals
from evals.external.tau2_retail import shop as tau2
from knowledge.errors import Conflict, NotFound
from tests.fakes.clock import FixedClock
from tests.fakes.outside import JD, TAU2, counter_of, needs_jd, needs_tau2

FORBIDDEN, SEED = 200, 7
AGAINST_THEIR_POLICY = {"37"}
"""The gold of this task returns an order that is not signed for, which the handbook forbids."""

AGAINST_THEMSELVES = {"24"}
"""The gold of this task orders one product and pays for another."""


@dataclass(frozen=True)
class Shops:
    """Makes shops as their data begin, and the counters at which writes are asked for."""

    database: Database
    clock: FixedClock

    def jd(self, name: str = "jd") -> tuple[jd.JdShop, Counter]:
        """The JD shop, as a tenant of this name."""
        book = jd.shop_book()
        shop = jd.JdShop(_jd(), book.catalog, name)
        return shop, counter_of(shop, book, self.database, FixedClock(jd.NOW))

    def tau2(self, name: str = "tau2") -> tuple[tau2.RetailShop, Counter]:
        """The retail shop, as a tenant of this name."""
        shop = tau2.RetailShop(_tau2(), name)
        return shop, counter_of(shop, _tau2_book(), self.database, FixedClock(tau2.NOW))


@lru_cache(maxsize=1)
def _jd() -> jd_data.ShopData:
    return jd_data.read_shop(JD / "data")


@lru_cache(maxsize=1)
def _tau2() -> tau2_data.ShopData:
    return tau2_data.read_shop(TAU2 / "db.json")


_tau2_book = lru_cache(maxsize=1)(tau2.shop_book)


@pytest.fixture
async def shops(sqlite_url: str, clock: FixedClock) -> AsyncIterator[Shops]:
    """Shops over a fresh database."""
    database = Database(sqlite_url)
    yield Shops(database, clock)
    await database.close()


def _buyer(shop: OutsideShop, buyer_id: str) -> Scope:
    return Scope(shop.tenant, "buyer", buyer_id)


async def _all_done(counter: Counter, writes: Iterable[tuple[str, Command]]) -> list[Command]:
    """The writes that were not done."""
    undone = []
    for buyer_id, command in writes:
        written = await counter.write(_buyer(counter.shop, buyer_id), command)
        if not written.done:
            undone.append(command)
    return undone


@needs_jd
async def test_jd_gold_writes_are_done(shops: Shops) -> None:
    """What ECom-Bench's tasks want and its handbook allows is granted and done, and the books end as they should."""
    count = 0
    for task in jd_tasks.read_tasks(JD / "tasks_dev.json"):
        shop, counter = shops.jd(f"jd-{task.id}")
        commands = jd_gold.gold_commands(task, shop.books)
        undone = await _all_done(counter, [(task.buyer_id, command) for command in commands])
        count += len(commands) - len(undone)
        ended_well = shop.books == jd_gold.gold_books(task, _jd().books, shop.ground)
        assert bool(undone) is (task.id in AGAINST_THEIR_POLICY), (task.id, undone)
        assert ended_well is (task.id not in AGAINST_THEIR_POLICY | AGAINST_THEMSELVES), task.id
    assert count == 33


@needs_tau2
async def test_retail_gold_writes_are_done(shops: Shops) -> None:
    """Every write of the retail tasks is granted and ends as it should, but for one that its gift card can't pay."""
    tasks, undone, count = tau2_data.read_tasks(TAU2 / "tasks_train.json"), [], 0
    for task in tasks:
        shop, counter = shops.tau2(f"tau2-{task.id}")
        writes = tau2_gold.gold_writes(task, shop.books)
        count += len(writes)
        undone += await _all_done(counter, writes)
        assert shop.books == tau2_gold.gold_books(task, _tau2()), task.id
    assert (count, [one.arguments["payment"] for one in undone]) == (120, ["gift_card_7245904"])


async def _refused(counter: Counter, forbidden: Forbidden) -> bool:
    """True when a write was refused for its reason, and left the shop as it was."""
    scope, books = _buyer(counter.shop, forbidden.buyer_id), counter.shop
    assert not await _all_done(counter, [(forbidden.buyer_id, one) for one in forbidden.before])
    done = len(books.performed)
    written = await counter.write(scope, forbidden.command)
    return tells(counter.book, forbidden, written.decision) and len(books.performed) == done


@needs_jd
async def test_jd_forbidden_writes_are_refused(shops: Shops) -> None:
    """What the JD shop's handbook forbids is refused for the reason that applies, whoever asks for whatever."""
    cases = sample(jd_refusals.forbidden_writes(_jd()), FORBIDDEN, SEED)
    passed = [one for n, one in enumerate(cases) if not await _refused(shops.jd(f"jd-no-{n}")[1], one)]
    assert (len(cases), passed) == (FORBIDDEN, [])


@needs_tau2
async def test_retail_forbidden_writes_are_refused(shops: Shops) -> None:
    """What the retail shop's policy forbids is refused for the reason that applies."""
    cases = sample(tau2_refusals.forbidden_writes(_tau2()), FORBIDDEN, SEED)
    passed = [one for n, one in enumerate(cases) if not await _refused(shops.tau2(f"tau2-no-{n}")[1], one)]
    assert (len(cases), passed) == (FORBIDDEN, [])


@needs_jd
async def test_a_key_is_done_once(shops: Shops) -> None:
    """The same key changes the shop once, and never does something else."""
    shop, _ = shops.jd()
    system, urge = Scope("jd", "system", "gateway"), Command("urge", "313271663680")
    first = await shop.perform(system, urge, "k")
    assert (await shop.perform(system, urge, "k"), len(shop.performed)) == (first, 1)
    with pytest.raises(Conflict):
        await shop.perform(system, Command("urge", "313021098954"), "k")


@needs_jd
async def test_amounts_beyond_what_is_due_are_refused_by_the_shop(shops: Shops) -> None:
    """Even a command that went past our rules gets no more than the price fell, and no more back than was paid."""
    shop, _ = shops.jd()
    system, books = Scope("jd", "system", "gateway"), shop.books
    for command in (
        Command("price_difference", "713254136242", "100191942156", 26601),
        Command("cancel_order", "713254136242", None, 399101), Command("return", "315064585336", None, 93901),
    ):
        with pytest.raises(Conflict):
            await shop.perform(system, command, command.name)
    assert shop.books == books


@needs_jd
async def test_others_orders_are_not_there(shops: Shops) -> None:
    """Another buyer's order, balance and profile are as if they did not exist; so is everything for another tenant."""
    shop, _ = shops.jd()
    other, foreign = Scope("jd", "buyer", "cnjd辛谭婷"), Scope("elsewhere", "buyer", "cnjd喜哥2号")
    for scope in (other, foreign):
        assert await shop.order(scope, "313271663680") is None
        assert not await shop.orders(scope, "cnjd喜哥2号")
        assert not await shop.payment_methods(scope, "cnjd喜哥2号")
        assert await shop.buyer(scope, "cnjd喜哥2号") is None
    with pytest.raises(NotFound):
        await shop.perform(Scope("elsewhere", "system", "x"), Command("urge", "313271663680"), "k")
