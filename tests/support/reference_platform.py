"""A small platform that keeps the contract in `docs/openapi/platform.yaml`, over a world in memory, on a real port."""

import asyncio
import hmac
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar

import uvicorn
from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from assistant.commerce.http import wire
from assistant.commerce.http.wire import EffectRecord
from assistant.commerce.platform import Command
from assistant.commerce.static import StaticPlatform
from assistant.commerce.world import World
from assistant.scope import Scope
from assistant.signing import request_signature
from knowledge.errors import BadInput, Conflict, FairdeskError, NotFound
from tests.support.faulty_network import CuttableProtocol, FaultyNetwork

TOKEN = "t" * 40
SECRET = "s" * 40
STATUS = {NotFound: 404, Conflict: 409, BadInput: 422}
T = TypeVar("T")


class Books:
    """What the platform did, by key: `done` counts how often, `fen` how much, `records` what it says about it."""

    def __init__(self, shop: StaticPlatform, *, keeps_keys: bool = True, work_seconds: float = 0.002) -> None:
        self.shop, self._keeps_keys, self._work = shop, keeps_keys, work_seconds
        self.done: Counter[str] = Counter()
        self.fen: Counter[str] = Counter()
        self.records: dict[str, EffectRecord] = {}

    async def perform(self, scope: Scope, command: Command, key: str) -> EffectRecord:
        """Do it, once for each key unless this platform is one that keeps no keys; a refusal is kept as well."""
        if key in self.records and self._keeps_keys:
            return self.records[key]
        self.records[key] = EffectRecord(key, "in_flight")
        await asyncio.sleep(self._work)
        try:
            effect = await self.shop.perform(scope, command, f"{key}/{self.done[key]}")
        except FairdeskError as error:
            self.records[key] = EffectRecord(key, "refused", reason=str(error))
            raise
        self.done[key] += 1
        self.fen[key] += command.amount_fen
        self.records[key] = EffectRecord(key, "done", effect.reference)
        return self.records[key]


def _json(shape: TypeAdapter[T], value: T, status: int = 200) -> Response:
    return Response(shape.dump_json(value), status, media_type="application/json")


def _fault(code: str, message: str, status: int) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


class NotKnown(FairdeskError):
    """The request does not say, or not truly, who asks."""


async def asked_by(request: Request, fairdesk_scope: Annotated[str, Header()] = "") -> Scope:
    """Who asks, once they have shown that they may."""
    tenant: str = request.app.state.tenant
    await _check_asker(request, tenant)
    role, _, subject = fairdesk_scope.partition(":")
    return Scope(tenant, role, subject, subject if role == "merchant" else None)  # type: ignore[arg-type]


Asker = Annotated[Scope, Depends(asked_by)]


def reference_app(books: Books, tenant: str = "demo") -> FastAPI:
    """The platform as an application."""
    app = FastAPI()
    app.state.tenant = tenant

    @app.exception_handler(FairdeskError)
    async def refused(_request: Request, error: FairdeskError) -> JSONResponse:
        if isinstance(error, NotKnown):
            return _fault("unauthorised", str(error), 401)
        return _fault(error.code, str(error), STATUS[type(error)])

    _add_reads(app, books.shop)
    _add_effects(app, books)
    return app


async def _one(found: Awaitable[T | None], shape: TypeAdapter[T]) -> Response:
    value = await found
    return _json(shape, value) if value is not None else _fault("not_found", "no such thing", 404)


def _add_reads(app: FastAPI, shop: StaticPlatform) -> None:
    @app.get("/buyers/{buyer_id}")
    async def buyer(buyer_id: str, scope: Asker) -> Response:
        return await _one(shop.buyer(scope, buyer_id), wire.BUYER)

    @app.get("/buyers/{buyer_id}/orders")
    async def orders(buyer_id: str, scope: Asker) -> Response:
        return _json(wire.ORDERS, wire.Orders(tuple(await shop.orders(scope, buyer_id))))

    @app.get("/buyers/{buyer_id}/payment-methods")
    async def methods(buyer_id: str, scope: Asker) -> Response:
        found = await shop.payment_methods(scope, buyer_id)
        return _json(wire.PAYMENT_METHODS, wire.PaymentMethods(tuple(found)))

    @app.get("/orders/{order_id}")
    async def order(order_id: str, scope: Asker) -> Response:
        return await _one(shop.order(scope, order_id), wire.ORDER)

    @app.get("/products/{product_id}")
    async def product(product_id: str, scope: Asker) -> Response:
        return await _one(shop.product(scope, product_id), wire.PRODUCT)

    @app.get("/products")
    async def search(words: str, scope: Asker, limit: int = 8) -> Response:
        return _json(wire.PRODUCTS, wire.Products(tuple(await shop.search_products(scope, words, limit))))

    @app.get("/shops/{shop_id}")
    async def shop_of(shop_id: str, scope: Asker) -> Response:
        return await _one(shop.shop(scope, shop_id), wire.SHOP)


def _add_effects(app: FastAPI, books: Books) -> None:
    @app.post("/effects")
    async def perform(request: Request, scope: Asker, idempotency_key: Annotated[str, Header()]) -> Response:
        command = wire.COMMAND.validate_json(await request.body())
        record = await books.perform(scope, command, idempotency_key)
        if record.state == "in_flight":
            return _fault("in_flight", "still at work on it", 409)
        return _json(wire.EFFECT, record)

    @app.get("/effects/{key}")
    async def effect(key: str, scope: Asker) -> Response:
        known = books.records.get(key)
        return _json(wire.EFFECT, known) if known else _fault("not_found", "no such key", 404)


async def _check_asker(request: Request, tenant: str) -> None:
    """By token or by signature, as the contract says."""
    headers, body = request.headers, await request.body()
    names = ("fairdesk-tenant", "fairdesk-scope", "fairdesk-timestamp", "idempotency-key")
    query = request.scope["query_string"].decode()
    target = request.scope["raw_path"].decode() + (f"?{query}" if query else "")
    right = request_signature(SECRET, [request.method, target, *(headers.get(name, "") for name in names)], body)
    signed = hmac.compare_digest(right, headers.get("fairdesk-signature", ""))
    if headers.get("fairdesk-tenant") != tenant or not (signed or headers.get("authorization") == f"Bearer {TOKEN}"):
        raise NotKnown("who are you?")


@asynccontextmanager
async def listening(network: FaultyNetwork) -> AsyncIterator[str]:
    """The URL of an application behind a network, served on a free port of this machine, in this event loop."""
    config = uvicorn.Config(network, port=0, http=CuttableProtocol, log_level="critical", lifespan="off",
                            timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:       # noqa: ASYNC110  (uvicorn offers no event)
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await network.settle()
        server.should_exit = True
        await serving


def reference_platform(world: Callable[[], World] | World, *, keeps_keys: bool = True) -> tuple[Books, FaultyNetwork]:
    """The platform's books, and its application behind a network that is good until told otherwise."""
    shop = StaticPlatform(world() if callable(world) else world)
    books = Books(shop, keeps_keys=keeps_keys)
    return books, FaultyNetwork(reference_app(books))
