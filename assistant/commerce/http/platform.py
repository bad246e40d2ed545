"""A platform behind HTTP: reads are asked for again, commands are sent once and asked about.

What a command came to is one of three: done, refused, or not known. Not known (no answer, a server's error, a broken
body) is settled by asking `GET /effects/{key}`, and as long as that gives no answer either, by asking again later: see
`HttpPlatform.outcome`. A command is sent a second time only after the platform said that it does not know its key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import SecretStr, TypeAdapter

from assistant.clock import Clock
from assistant.commerce.http import wire
from assistant.commerce.http.calls import Answer, Calls
from assistant.commerce.model import Buyer, Order, PaymentMethod, Product, Shop
from assistant.commerce.platform import Command, Effect, Platform
from assistant.scope import Scope
from assistant.signing import request_signature
from knowledge.errors import BadInput, Conflict, NotFound, Unavailable

T = TypeVar("T")
MOST_ORDERS = 200
_REFUSALS = {400: BadInput, 404: NotFound, 409: Conflict, 410: Conflict, 412: Conflict, 422: BadInput}
"""What a definite no is. Other answers of 4xx (401, 403, 429 …) are about us and not about the command: it waits."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the platform is and how we prove who we are: a bearer token, a secret that signs requests, or both."""

    url: httpx.URL
    tenant: str
    token: SecretStr | None = None
    secret: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is asked for, before it is known when it is sent."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    key: str = ""


class HttpPlatform(Platform):
    """The platform protocol over the contract in `docs/openapi/platform.yaml`.

    The platform checks the scope that each request names; what it answers is checked here once more.
    """

    def __init__(self, access: Access, calls: Calls, clock: Clock) -> None:
        self._access, self._calls, self._clock = access, calls, clock

    async def buyer(self, scope: Scope, buyer_id: str) -> Buyer | None:
        """The buyer, or None when there is none or it isn't this scope's to see."""
        if scope.buyer_id not in (None, buyer_id):
            return None
        if scope.role == "merchant" and not await self.orders(scope, buyer_id):
            return None
        found = await self._read(scope, ("buyers", buyer_id), wire.BUYER)
        return found if found and found.id == buyer_id else None

    async def orders(self, scope: Scope, buyer_id: str) -> Sequence[Order]:
        """The buyer's orders, newest first; empty when they aren't this scope's to see."""
        if scope.buyer_id not in (None, buyer_id):
            return ()
        found = await self._read(scope, ("buyers", buyer_id, "orders"), wire.ORDERS, limit=str(MOST_ORDERS))
        theirs = [order for order in found.orders if order.buyer_id == buyer_id] if found else []
        return sorted((one for one in theirs if _may_see(scope, one)), key=lambda one: one.created_at, reverse=True)

    async def order(self, scope: Scope, order_id: str) -> Order | None:
        """One order, or None when it does not exist or isn't this scope's to see."""
        found = await self._read(scope, ("orders", order_id), wire.ORDER)
        return found if found and found.id == order_id and _may_see(scope, found) else None

    async def product(self, scope: Scope, product_id: str) -> Product | None:
        """A product by id."""
        found = await self._read(scope, ("products", product_id), wire.PRODUCT)
        return found if found and found.id == product_id else None

    async def shop(self, scope: Scope, shop_id: str) -> Shop | None:
        """A shop by id."""
        found = await self._read(scope, ("shops", shop_id), wire.SHOP)
        return found if found and found.id == shop_id else None

    async def search_products(self, scope: Scope, words: str, limit: int = 8) -> Sequence[Product]:
        """The products on sale that fit the words best."""
        found = await self._read(scope, ("products",), wire.PRODUCTS, words=words[:200], limit=str(limit))
        return found.products[:limit] if found else ()

    async def payment_methods(self, scope: Scope, buyer_id: str) -> Sequence[PaymentMethod]:
        """How the buyer can pay, with balances; empty when it isn't this scope's to see."""
        if not (scope.is_staff or scope.buyer_id == buyer_id):
            return ()
        found = await self._read(scope, ("buyers", buyer_id, "payment-methods"), wire.PAYMENT_METHODS)
        return found.payment_methods if found else ()

    async def perform(self, scope: Scope, command: Command, key: str) -> Effect:
        """Send the command, once; where its answer is lost, ask what became of it.

        Raises:
            Unavailable: it is not known whether it was done, or the platform does not take it now.
            Conflict, NotFound, BadInput: the platform says no, and why.
        """
        self._check_tenant(scope)
        body = wire.COMMAND.dump_json(command)
        asking = _Ask("POST", ("effects",), body=body, key=key)
        try:
            answer = await self._calls.once(lambda: self._request(scope, asking))
            return self._effect(answer, key)
        except Unavailable:
            done = await self.outcome(scope, command, key)
            if done is None:
                raise
            return done

    async def outcome(self, scope: Scope, command: Command, key: str) -> Effect | None:  # noqa: ARG002
        """What the platform did under a key; None when it does not know the key.

        Raises:
            Unavailable: it does not answer, or is still at work on it.
            Conflict: it refused.
        """
        self._check_tenant(scope)
        record = await self._read(scope, ("effects", key), wire.EFFECT)
        return _settled(record, key) if record else None

    def _effect(self, answer: Answer, key: str) -> Effect:
        """What an answer to a command says; Unavailable where it leaves the outcome open."""
        told = wire.problem(answer) if 400 <= answer.status < 500 else None
        if told and told.code != "in_flight" and answer.status in _REFUSALS:
            raise _REFUSALS[answer.status](told.message)
        return _settled(wire.decoded(wire.EFFECT, answer), key)

    async def _read(self, scope: Scope, path: tuple[str, ...], shape: TypeAdapter[T], **query: str) -> T | None:
        """What is at a path, or None where the platform says, in the contract's words, that it is not there."""
        if scope.tenant != self._access.tenant or not all(part.strip(".") and "/" not in part for part in path):
            return None
        asking = _Ask("GET", path, query)
        answer = await self._calls.again_and_again(lambda: self._request(scope, asking))
        if answer.status == 404:
            told = wire.problem(answer)
            if told and told.code == "not_found":
                return None
        return wire.decoded(shape, answer)

    def _check_tenant(self, scope: Scope) -> None:
        if scope.tenant != self._access.tenant:
            raise NotFound("there is no such order")

    def _request(self, scope: Scope, asking: _Ask) -> httpx.Request:
        """A request with everything that says who asks, signed now."""
        base, tail = self._access.url, "/".join(quote(part, safe="") for part in asking.path)
        url = httpx.URL(f"{str(base).rstrip('/')}/{tail}", params=dict(asking.query) or None)
        subject = scope.shop_id if scope.role == "merchant" else scope.subject
        headers = {
            "Fairdesk-Tenant": quote(self._access.tenant), "Fairdesk-Scope": f"{scope.role}:{quote(subject or '')}",
            "Fairdesk-Timestamp": str(int(self._clock().timestamp())), "Accept": "application/json",
        }
        headers |= {"Idempotency-Key": asking.key, "Content-Type": "application/json"} if asking.body else {}
        if self._access.secret:
            told = [headers.get(name, "") for name in SIGNED_HEADERS]
            parts = [asking.method, url.raw_path.decode("ascii"), *told]
            secret = self._access.secret.get_secret_value()
            headers["Fairdesk-Signature"] = request_signature(secret, parts, asking.body)
        if self._access.token:
            headers["Authorization"] = f"Bearer {self._access.token.get_secret_value()}"
        return httpx.Request(asking.method, url, headers=headers, content=asking.body)


SIGNED_HEADERS = ("Fairdesk-Tenant", "Fairdesk-Scope", "Fairdesk-Timestamp", "Idempotency-Key")
"""The headers that a request's signature covers, in the order in which it does, after method and path."""


def _settled(record: wire.EffectRecord, key: str) -> Effect:
    """The effect of a record; Unavailable while it is open, Conflict when it was refused."""
    if record.key != key:
        raise Unavailable("the platform answers about another command")
    if record.state == "in_flight" or (record.state == "done" and not record.reference):
        raise Unavailable("the platform is still at work on it")
    if record.state == "refused":
        raise Conflict(record.reason or "the platform refused")
    return Effect(record.reference)


def _may_see(scope: Scope, order: Order) -> bool:
    """True when the order is the scope's to see, whatever the platform thinks."""
    if scope.role == "merchant":
        return order.shop_id == scope.shop_id
    return scope.is_staff or order.buyer_id == scope.buyer_id
