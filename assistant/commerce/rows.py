"""The door for shops, products, buyers and orders from YAML: shapes, and errors that name the wrong key.

Amounts are written as people do (`199.00`) and become whole fen (of an order's own `currency`);
moments are offsets from now such as `-5d 14:30` and become aware UTC times.
"""

import difflib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from assistant.commerce.dates import moment
from assistant.commerce.goods import ServiceKind
from assistant.commerce.model import Category, OrderState, ParcelState, Payer
from assistant.currency import fen_of
from knowledge.errors import BadInput
from knowledge.text import Language, Text


def _moment(value: object, info: ValidationInfo) -> datetime:
    """The time that `value` means, seen from the `now` that the validation was given."""
    return moment(value, (info.context or {})["now"])


def _fen(value: object, info: ValidationInfo) -> int:
    """An amount in the currency that the validation was given, or in yuan."""
    return fen_of(value, (info.context or {}).get("currency", "CNY"))


def _refund(value: object, info: ValidationInfo) -> int | Literal["all"]:
    """An amount, or `all` of what was paid."""
    return "all" if value == "all" else _fen(value, info)


def _as_discount(value: object) -> object:
    """A discount, which may be written as its amount alone."""
    return value if isinstance(value, Mapping) else {"amount": value}


Fen = Annotated[int, BeforeValidator(_fen)]
Refund = Annotated[int | Literal["all"], BeforeValidator(_refund)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Traits = dict[str, bool | int | str]
Facts = dict[str, bool | int | float | str | list[str]]
"""Further facts by their names in the catalogue, as `assistant.commerce.model.Known` says."""
AnyRow = TypeVar("AnyRow", bound="Row")

# PyYAML's C parser is several times faster than its Python one, which does where it was built without C.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Row(BaseModel):
    """A mapping in a file; unknown keys are errors, since they are mostly misspelt ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextRow(Row):
    """Words in both languages."""

    zh: str
    en: str

    def text(self) -> Text:
        """The words as a Text."""
        return Text(self.zh, self.en)


class CategoryRow(Row):
    """A category's name and what differs from the default traits."""

    label: TextRow
    traits: Traits = {}


class CategoriesFile(Row):
    """`categories.yaml`."""

    defaults: Traits
    categories: dict[Category, CategoryRow]


class ShopRow(Row):
    """A shop; `carrier` is who it usually ships with, `score` its experience score from 0 to 5."""

    id: str
    name: TextRow
    score: float = Field(ge=0, le=5)
    promises: tuple[str, ...] = ()
    carrier: str = "sf"
    facts: Facts = {}


class PairRow(Row):
    """A name and what is said under it."""

    name: TextRow
    text: TextRow


class ServiceRow(Row):
    """What is told of a visit that can be booked."""

    about: TextRow
    materials: TextRow | None = None


class FaultRow(Row):
    """A fault code's meaning, and what to do."""

    meaning: TextRow
    advice: TextRow


class SheetRow(Row):
    """What a product's page tells beyond title and price."""

    attributes: tuple[PairRow, ...] = ()
    in_the_box: tuple[TextRow, ...] = ()
    gifts: tuple[TextRow, ...] = ()
    promotions: tuple[PairRow, ...] = ()
    services: dict[ServiceKind, ServiceRow] = {}
    faults: dict[str, FaultRow] = {}


class PaymentRow(Row):
    """A way to pay; with a `balance` in yuan where it holds money."""

    id: str
    title: TextRow
    balance: Fen | None = None


class ProductRow(Row):
    """A product; `price` is today's in yuan, `traits` what differs from its category's."""

    id: str
    shop: str
    title: TextRow
    category: Category
    price: Fen
    aliases: tuple[str, ...] = ()
    traits: Traits = {}
    description: TextRow | None = None
    on_sale: bool = True
    stock: int | None = Field(default=None, ge=0)
    exchange_for: tuple[str, ...] = ()


class SheetsFile(Row):
    """`sheets.yaml`: what products' pages tell, by product."""

    sheets: dict[str, SheetRow]


class BuyerRow(Row):
    """A buyer."""

    id: str
    name: str
    credit_tier: int = Field(ge=1, le=5)
    language: Language = "zh"
    phone_masked: str = ""
    address: str = ""
    facts: Facts = {}
    payments: tuple[PaymentRow, ...] = ()


class ItemRow(Row):
    """A line of an order: a known `product`, or a `title` and a `category`.

    `price` is the unit price in yuan on the day of purchase (left out: today's); `paid` is what
    was paid for the whole line (left out: the price less its share of the discounts). `refunded_quantity` is how
    many units `refunded` was for, `gift` the price shown at checkout for the gift that came with the line.
    """

    product: str | None = None
    title: str | TextRow | None = None
    category: Category | None = None
    quantity: int = Field(default=1, ge=1)
    price: Fen | None = None
    paid: Fen | None = None
    options: dict[str, str] = {}
    traits: Traits = {}
    refunded: Refund = 0
    refunded_quantity: int | None = Field(default=None, ge=0)
    gift: Fen = 0


class ScanRow(Row):
    """A scan of a parcel that the usual ones don't tell."""

    at: Moment
    text: TextRow


class ParcelRow(Row):
    """A parcel; what is left out follows from the order: its state, its number and its usual scans."""

    carrier: str | None = None
    number: str | None = None
    state: ParcelState | None = None
    scans: tuple[ScanRow, ...] = ()
    held_by_weather: bool = False


class DiscountRow(Row):
    """A discount; of one that is written as a bare amount, the rest follows from its kind.

    `items` are the numbers of the lines that it is for (all, when left out); a coupon that `expires` can be given back
    until then.
    """

    amount: Fen
    payer: Payer | None = None
    items: tuple[int, ...] = ()
    expires: Moment | None = None


class OrderRow(Row):
    """An order, read with `now` in the validation's context; `timeline` infers the dates that are left out.

    `discounts` are taken off in the order in which they stand; `paid_at` is left out of an order that nobody paid.
    """

    id: str | None = None
    buyer: str | None = None
    shop: str | None = None
    state: OrderState | None = None
    created: Moment | None = None
    paid_at: Moment | None = None
    dispatch_due: Moment | None = None
    dispatched: Moment | None = None
    delivery_due: Moment | None = None
    delivered: Moment | None = None
    completed: Moment | None = None
    freight: Fen = 0
    freight_refunded: Fen = 0
    discounts: dict[str, Annotated[DiscountRow, BeforeValidator(_as_discount)]] = {}
    currency: str = "CNY"
    address: str | None = None
    payment: str = ""
    parcels: tuple[ParcelRow, ...] = ()
    facts: Facts = {}
    items: tuple[ItemRow, ...] = Field(min_length=1)


def read_order(raw: object, where: str, now: datetime) -> OrderRow:
    """An order as a file writes it, seen from `now`; `where` names it in errors, such as `orders[2]`.

    Raises:
        BadInput: names the key that is unknown, missing or holds something else than it should.
    """
    if not isinstance(raw, Mapping):
        raise BadInput(f"{where}: an order is a mapping such as {{product: nova-12, delivered: -3d}}")
    return _checked(OrderRow, _with_items(raw), where, {"now": now, "currency": str(raw.get("currency", "CNY"))})


def read_yaml(path: Path, shape: type[AnyRow]) -> AnyRow:
    """The file at `path` in the form of `shape`.

    Raises:
        BadInput: it is not YAML, or a key in it is wrong; the message names the file and the key.
    """
    return _checked(shape, load_yaml(path), path.name)


def read_list(path: Path, shape: type[AnyRow]) -> tuple[AnyRow, ...]:
    """The file at `path` as a list of `shape`.

    Raises:
        BadInput: as for `read_yaml`.
    """
    return tuple(_checked(shape, raw, f"{path.name}[{i}]") for i, raw in enumerate(load_yaml(path)))


def load_yaml(path: Path) -> Any:
    """What the YAML at `path` holds.

    Raises:
        BadInput: it is not YAML; the message names the file and the line.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a SafeLoader in C
    except yaml.YAMLError as error:
        raise BadInput(f"{path.name} is not YAML: {error}") from error


def _with_items(raw: Mapping[str, object]) -> dict[str, object]:
    """The order with an item that was written straight into it moved under `items`."""
    if "items" in raw:
        return dict(raw)
    inline = {key: value for key, value in raw.items() if key in ItemRow.model_fields}
    return {**{key: value for key, value in raw.items() if key not in inline}, "items": [inline]}


def _checked(
    shape: type[AnyRow], raw: object, where: str, context: Mapping[str, object] | None = None
) -> AnyRow:
    """`raw` as a `shape`, or a BadInput that says which key of `where` is wrong and how."""
    try:
        return shape.model_validate(raw, context=context)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadInput(f"{where}{_complaint(first['loc'], first['type'], first['msg'])}") from error


def _complaint(place: tuple[int | str, ...], kind: str, message: str) -> str:
    """One of pydantic's findings in words: the path to the key, what is wrong, which was perhaps meant."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    if kind != "extra_forbidden":
        return f"{path}: {message.removeprefix('Value error, ')}"
    near = difflib.get_close_matches(str(place[-1]), _known_keys(), n=1)
    return f"{path}: unknown key" + (f", did you mean {near[0]!r}?" if near else "")


@cache
def _known_keys() -> tuple[str, ...]:
    """Every key that some row has."""
    return tuple(sorted({key for row in Row.__subclasses__() for key in row.model_fields}))

