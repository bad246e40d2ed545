"""The door for what a platform answers: JSON of the contract's shapes becomes values, or is refused as a whole.

The shapes are those of `assistant.commerce.model`, read strictly: no number out of a text, no time without a zone, no
negative amount. Fields that we don't know are passed over, so a platform may tell more than we ask.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from assistant.commerce.http.calls import Answer
from assistant.commerce.model import Buyer, Order, PaymentMethod, Product, Shop
from assistant.commerce.platform import Command
from knowledge.errors import Unavailable

T = TypeVar("T")
MOST_FEN = 10**13
"""A hundred billion yuan: an amount above it is a fault, not money."""
EffectState = Literal["done", "refused", "in_flight"]


@dataclass(frozen=True, slots=True)
class Orders:
    """A list of orders, newest first."""

    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Products:
    """A list of products, the best fitting first."""

    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class PaymentMethods:
    """The ways in which a buyer can pay."""

    payment_methods: tuple[PaymentMethod, ...]


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """What became of a command: `reference` is the platform's number once it is done, `reason` why it was refused."""

    key: str
    state: EffectState
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something can't be: a code for programs (`not_found`, `conflict`, `in_flight` …), a message for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ProblemBody:
    """The body of every answer that is not a success."""

    error: Problem


BUYER: TypeAdapter[Buyer] = TypeAdapter(Buyer)
ORDER: TypeAdapter[Order] = TypeAdapter(Order)
PRODUCT: TypeAdapter[Product] = TypeAdapter(Product)
SHOP: TypeAdapter[Shop] = TypeAdapter(Shop)
ORDERS: TypeAdapter[Orders] = TypeAdapter(Orders)
PRODUCTS: TypeAdapter[Products] = TypeAdapter(Products)
PAYMENT_METHODS: TypeAdapter[PaymentMethods] = TypeAdapter(PaymentMethods)
EFFECT: TypeAdapter[EffectRecord] = TypeAdapter(EffectRecord)
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
PROBLEM: TypeAdapter[ProblemBody] = TypeAdapter(ProblemBody)


def decoded(shape: TypeAdapter[T], answer: Answer) -> T:
    """The value in a success.

    Raises:
        Unavailable: the answer is not JSON, or not of this shape; names the field.
    """
    if answer.status not in (200, 201, 202) or answer.media_type != "application/json":
        raise Unavailable(f"the platform answers {answer.status} {answer.media_type or 'without a type'}")
    try:
        return cast(T, _sound(shape.validate_json(answer.body, strict=True), ""))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise Unavailable(f"the platform's answer can't be used: {place or 'it'}: {first['msg']}") from error
    except ValueError as error:
        raise Unavailable(f"the platform's answer can't be used: {error}") from error


def problem(answer: Answer) -> Problem | None:
    """The problem in an answer, or None where it is not in the contract's words: those of something in between."""
    try:
        return PROBLEM.validate_json(answer.body, strict=True).error
    except ValidationError:
        return None


def _sound(value: Any, name: str) -> Any:
    """The value with its times in UTC; ValueError for what its types alone let through."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name} has no time zone")
        return value.astimezone(UTC)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _sound(getattr(value, field.name), field.name) for field in fields(value)})
    if isinstance(value, Mapping):
        return {key: _sound(inner, f"{name}.{key}") for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_sound(inner, name) for inner in value)
    return _sound_number(value, name) if isinstance(value, int | float) else value


def _sound_number(value: float, name: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{name} is not a number")
    if name.endswith("_fen") and "." not in name and not 0 <= value <= MOST_FEN:
        raise ValueError(f"{name} is {value}")
    return value
