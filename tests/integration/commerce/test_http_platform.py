"""The HTTP connector: what it asks, what it believes, and how long it waits."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from assistant.clock import utc_now
from assistant.commerce.demo.world import demo_world
from assistant.commerce.http.addresses import checked_url
from assistant.commerce.http.breaker import Breaker
from assistant.commerce.http.calls import Calls, Limits, client
from assistant.commerce.http.platform import SIGNED_HEADERS, Access, HttpPlatform
from assistant.commerce.platform import Command
from assistant.commerce.static import StaticPlatform
from assistant.scope import Scope
from assistant.signing import request_signature
from knowledge.errors import BadInput, Conflict, FairdeskError, NotFound, Unavailable
from tests.fakes.clock import FixedClock
from tests.fakes.scenes import AGENT, BUYER, NAMESAKE_SHOP, OTHER_BUYER, OTHER_TENANT
from tests.support.reference_platform import SECRET, TOKEN, listening, reference_platform
from tests.support.streamed import Streamed

URL = "https://platform.example/fairdesk"
SYSTEM = Scope("demo", "system", "gateway")
SHOP = Scope("demo", "merchant", "boss", "s-lumen")
REFUND = Command("refund", "O-1", "O-1-1", 12900)


class Naps:
    """Sleeps that are noted and take no time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Sleep."""
        self.seconds.append(seconds)


@pytest.fixture
def naps() -> Naps:
    """How long the connector waited."""
    return Naps()


@pytest.fixture
def router() -> respx.Router:
    """The platform's answers, as a test says."""
    return respx.Router(base_url=URL, assert_all_called=False)


@pytest.fixture
async def platform(router: respx.Router, naps: Naps, clock: FixedClock) -> AsyncIterator[HttpPlatform]:
    """The connector, with answers by script."""
    limits = Limits(seconds=0.5, answer_bytes=4000, sleep=naps, chance=lambda: 0.5)
    async with client(private=False, limits=limits, transport=Streamed(router.async_handler)) as http:
        access = Access(checked_url(URL), "demo", SecretStr(TOKEN), SecretStr(SECRET))
        yield HttpPlatform(access, Calls(http, limits, Breaker(50)), clock)


def problem(status: int, code: str) -> httpx.Response:
    """A no in the contract's words."""
    return httpx.Response(status, json={"error": {"code": code, "message": f"because of {code}"}})


def effect(state: str = "done", key: str = "k1") -> httpx.Response:
    """What became of a command."""
    return httpx.Response(200, json={"key": key, "state": state, "reference": "PF-1", "reason": "already refunded"})


@pytest.mark.parametrize("scope", [BUYER, OTHER_BUYER, OTHER_TENANT, NAMESAKE_SHOP, SHOP, AGENT, SYSTEM], ids=str)
async def test_over_http_everybody_sees_what_they_see_without(scope: Scope, clock: FixedClock) -> None:
    """Each read of the demo shop gives the same over a real port as in the process, for every kind of scope."""
    world = demo_world(utc_now())
    near, (_, network) = StaticPlatform(world), reference_platform(world)
    limits = Limits(seconds=5)
    async with listening(network) as url, client(private=True, limits=limits) as http:
        far = HttpPlatform(Access(checked_url(url, private=True), "demo", secret=SecretStr(SECRET)), Calls(http), clock)
        for buyer in world.buyers:
            assert await far.buyer(scope, buyer.id) == await near.buyer(scope, buyer.id)
            assert list(await far.orders(scope, buyer.id)) == list(await near.orders(scope, buyer.id))
            methods = await near.payment_methods(scope, buyer.id)
            assert list(await far.payment_methods(scope, buyer.id)) == list(methods)
        for order in world.orders[:20]:
            assert await far.order(scope, order.id) == await near.order(scope, order.id)
        for product in world.products:
            assert await far.product(scope, product.id) == await near.product(scope, product.id)
        for shop in world.shops:
            assert await far.shop(scope, shop.id) == await near.shop(scope, shop.id)
        assert await far.search_products(scope, "手机 phone", 3) == await near.search_products(scope, "手机 phone", 3)
        assert await far.order(scope, "nothing?x#y%2f") is None


async def test_a_platform_that_shows_too_much_is_not_believed(platform: HttpPlatform, router: respx.Router) -> None:
    """An order of another buyer, another order than was asked for, and somebody else's profile are not there."""
    mine = demo_order("xiaolin")
    router.get("/orders/1").respond(json=mine)
    router.get("/orders/2").respond(json=mine)
    router.get("/buyers/xiaolin").respond(json={"id": "dawei", "name": "Dawei", "credit_tier": 3})
    router.get("/buyers/xiaolin/orders").respond(json={"orders": [mine, demo_order("dawei")]})
    assert await platform.order(OTHER_BUYER, "1") is None
    assert await platform.order(BUYER, "2") is None
    assert await platform.buyer(BUYER, "xiaolin") is None
    assert [order.buyer_id for order in await platform.orders(BUYER, "xiaolin")] == ["xiaolin"]


def demo_order(buyer_id: str, **changed: Any) -> dict[str, Any]:
    """A small order, as a platform writes it."""
    item = {"id": "1-1", "product_id": "p", "title": {"zh": "杯子", "en": "Cup"}, "category": "home", "quantity": 1,
            "unit_price_fen": 100, "paid_fen": 100}
    order = {"id": "1", "buyer_id": buyer_id, "shop_id": "s-1", "state": "paid", "items": [item], "paid_fen": 100,
             "created_at": "2026-11-01T08:00:00+08:00", "a_field_of_next_year": True}
    return order | changed


@pytest.mark.parametrize("changed", [
    {"paid_fen": "100"}, {"paid_fen": -1}, {"paid_fen": 1.5}, {"paid_fen": True}, {"paid_fen": None},
    {"paid_fen": 10**15}, {"created_at": "2026-11-01T08:00:00"},
    {"created_at": "yesterday"}, {"created_at": 1762000000}, {"state": "lost"},
    {"items": None}, {"items": [{}]}, {"id": 1}, {"discounts": [{"kind": "coupon", "fen": "all"}]},
    {"facts": {"x": {"nested": 1}}}, {"parcels": [{"id": "x"}]},
], ids=str)
async def test_an_order_that_breaks_the_contract_is_not_used(
    platform: HttpPlatform, router: respx.Router, changed: dict[str, Any]
) -> None:
    """A text for a number, a negative amount, a time without a zone: the whole answer is refused, with the field."""
    router.get("/orders/1").respond(json=demo_order("xiaolin", **changed))
    with pytest.raises(Unavailable, match="can't be used"):
        await platform.order(BUYER, "1")


@pytest.mark.parametrize("answer", [
    httpx.Response(200, html="<h1>Welcome</h1>"), httpx.Response(200, text='{"id": "1"}'), httpx.Response(200),
    httpx.Response(200, headers={"content-type": "application/json"}, content=b"[" * 3000),
    httpx.Response(200, headers={"content-type": "application/json"}, content=b'{"id": "\xff"}'),
    httpx.Response(200, json={"x": "y" * 5000}), httpx.Response(302, headers={"location": "https://10.0.0.1/"}),
    httpx.Response(404, html="<h1>nginx</h1>"), httpx.Response(204), httpx.Response(401), httpx.Response(429),
    httpx.Response(500), httpx.Response(503), httpx.Response(418),
], ids=lambda answer: f"{answer.status_code}-{len(answer.content)}")
async def test_nonsense_is_unavailable(platform: HttpPlatform, router: respx.Router, answer: httpx.Response) -> None:
    """HTML, broken JSON, too much, redirects, another program's 404: the platform is away, nothing is made up."""
    router.get("/orders/1").mock(return_value=answer)
    with pytest.raises(Unavailable):
        await platform.order(BUYER, "1")


async def test_a_read_is_asked_again_and_a_command_is_not(
    platform: HttpPlatform, router: respx.Router, naps: Naps
) -> None:
    """A read survives two failures, with growing waits; a command is sent once, then asked about."""
    away = [httpx.ConnectTimeout("slow"), httpx.Response(503)]
    router.get("/orders/1").mock(side_effect=[*away, httpx.Response(200, json=demo_order("xiaolin"))])
    assert await platform.order(BUYER, "1")
    assert naps.seconds == [pytest.approx(0.075), pytest.approx(0.15)]
    sent = router.post("/effects").mock(side_effect=httpx.ReadTimeout("slow"))
    asked = router.get("/effects/k1").mock(side_effect=[*away, effect()])
    assert (await platform.perform(SYSTEM, REFUND, "k1")).reference == "PF-1"
    assert (sent.call_count, asked.call_count) == (1, 3)


@pytest.mark.parametrize(("answer", "error"), [
    (problem(404, "not_found"), NotFound), (problem(409, "conflict"), Conflict), (problem(410, "gone"), Conflict),
    (problem(422, "bad_input"), BadInput), (problem(400, "bad_input"), BadInput),
], ids=lambda case: str(getattr(case, "status_code", "")))
async def test_a_definite_no_is_told_with_its_reason(
    platform: HttpPlatform, router: respx.Router, answer: httpx.Response, error: type[FairdeskError]
) -> None:
    """What the platform refuses in the contract's words is final, and the reason is its own."""
    router.post("/effects").mock(return_value=answer)
    asked = router.get("/effects/k1").mock(return_value=effect())
    with pytest.raises(error, match="because of"):
        await platform.perform(SYSTEM, REFUND, "k1")
    assert asked.call_count == 0


UNCLEAR = [
    httpx.Response(500), httpx.Response(502, html="bad gateway"), httpx.Response(200, html="ok"), httpx.Response(401),
    httpx.Response(403), httpx.Response(404, html="nginx"), httpx.Response(429), problem(409, "in_flight"),
    effect(key="k2"), effect("in_flight"), httpx.Response(200, json={"key": "k1", "state": "done"}),
    httpx.Response(302), httpx.ReadError("cut"),
]


@pytest.mark.parametrize("unclear", UNCLEAR, ids=lambda one: f"{type(one).__name__}{getattr(one, 'status_code', '')}")
@pytest.mark.parametrize(("told", "ends"), [
    (effect(), "PF-1"), (effect("refused"), Conflict), (effect("in_flight"), Unavailable),
    (problem(404, "not_found"), Unavailable), (httpx.Response(404, html="nginx"), Unavailable),
    (effect(key="k2"), Unavailable), (httpx.Response(500), Unavailable),
], ids=["done", "refused", "in_flight", "unknown", "nginx", "another", "error"])
async def test_an_unclear_answer_is_cleared_up(
    platform: HttpPlatform, router: respx.Router, unclear: Any, told: httpx.Response, ends: Any
) -> None:
    """After any answer that leaves it open, what `GET /effects/{key}` says counts; the command is not sent again."""
    sent = router.post("/effects").mock(side_effect=[unclear])
    router.get("/effects/k1").mock(return_value=told)
    if isinstance(ends, str):
        assert (await platform.perform(SYSTEM, REFUND, "k1")).reference == ends
    else:
        with pytest.raises(ends):
            await platform.perform(SYSTEM, REFUND, "k1")
    assert sent.call_count == 1


async def test_requests_say_who_asks(platform: HttpPlatform, router: respx.Router, clock: FixedClock) -> None:
    """Token, tenant, scope, time and a signature over them go with each request; the key with each command."""
    sent = router.post("/effects").mock(return_value=effect())
    await platform.perform(SYSTEM, REFUND, "k1")
    request = sent.calls.last.request
    told = [request.headers[name] for name in SIGNED_HEADERS]
    assert told == ["demo", "system:gateway", str(int(clock().timestamp())), "k1"]
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    right = request_signature(SECRET, ["POST", "/fairdesk/effects", *told], request.content)
    assert request.headers["fairdesk-signature"] == right
    assert json.loads(request.content)["amount_fen"] == 12900


async def test_a_compressed_answer_is_not_unpacked(clock: FixedClock) -> None:
    """A platform that compresses without being asked could send a bomb: its answer is refused unread."""
    async def packed() -> AsyncIterator[bytes]:
        yield gzip.compress(b" " * 10**7)

    def answer(_request: httpx.Request) -> httpx.Response:
        kind = {"content-type": "application/json", "content-encoding": "gzip"}
        return httpx.Response(200, headers=kind, content=packed())

    limits = Limits(tries=1)
    async with client(private=False, limits=limits, transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(Unavailable, match="compressed"):
            await HttpPlatform(Access(checked_url(URL), "demo"), Calls(http, limits), clock).order(BUYER, "1")


@pytest.mark.parametrize("odd", ["..", ".", "...", "", "1/../2"])
async def test_no_id_leads_to_another_path(platform: HttpPlatform, router: respx.Router, odd: str) -> None:
    """Ids that would climb in the path are not there, and nobody is asked."""
    assert await platform.order(BUYER, odd) is None
    assert router.calls.call_count == 0


async def test_a_slow_platform_does_not_hold_anybody_for_long(clock: FixedClock) -> None:
    """An answer that drips is cut off after the time for one request, and a read after twice that."""
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    limits = Limits(seconds=0.2, first_wait=0.001)
    url = checked_url(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", private=True)
    async with client(private=True, limits=limits) as http:
        platform = HttpPlatform(Access(url, "demo"), Calls(http, limits), clock)
        with pytest.raises(Unavailable, match="did not answer within"):
            await asyncio.wait_for(platform.order(BUYER, "1"), 5)
    server.close()


async def test_so_many_calls_run_side_by_side_and_no_more(clock: FixedClock) -> None:
    """However many ask at once, the platform sees no more than the limit, and all get their answer."""
    running, most = 0, 0

    async def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return httpx.Response(200, json=demo_order("xiaolin"))

    limits = Limits(calls=3)
    async with client(private=False, limits=limits, transport=Streamed(answer)) as http:
        platform = HttpPlatform(Access(checked_url(URL), "demo"), Calls(http, limits), clock)
        found = await asyncio.gather(*(platform.order(BUYER, "1") for _ in range(20)))
    assert all(found)
    assert most == 3
