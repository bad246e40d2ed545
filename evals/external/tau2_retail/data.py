"""Reading the shop's database and its tasks from the published files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.external.tau2_retail.state import Address, Books, Bought, Method, Payment, Profile, Sale, Variant
from knowledge.errors import BadInput

_ADDRESS = ("address1", "address2", "city", "state", "country", "zip")


@dataclass(frozen=True, slots=True)
class ShopData:
    """The database, read once: the variants of all products by their ids, and the books."""

    variants: Mapping[str, Variant]
    books: Books


@dataclass(frozen=True, slots=True)
class Task:
    """One task's gold actions, reads among them: name and arguments."""

    id: str
    actions: tuple[tuple[str, Mapping[str, Any]], ...]


def read_shop(path: Path) -> ShopData:
    """Read the database file.

    Raises:
        BadInput: it can't be read, or isn't JSON.
    """
    raw = _json(path)
    variants = {
        key: Variant(key, product["product_id"], cents(one["price"]), one["available"], one["options"])
        for product in raw["products"].values() for key, one in product["variants"].items()
    }
    profiles = {key: _profile(one) for key, one in raw["users"].items()}
    return ShopData(variants, Books(profiles, {key: _sale(one) for key, one in raw["orders"].items()}))


def read_tasks(path: Path) -> tuple[Task, ...]:
    """Read a file of tasks.

    Raises:
        BadInput: it can't be read, or isn't JSON.
    """
    return tuple(
        Task(str(one["id"]), tuple((act["name"], act["arguments"]) for act in one["evaluation_criteria"]["actions"]))
        for one in _json(path)
    )


def address_of(said: Mapping[str, Any]) -> Address:
    """An address by its parts."""
    return tuple(str(said.get(part, "")) for part in _ADDRESS)


def cents(amount: float) -> int:
    """An amount in dollars as cents."""
    return round(amount * 100)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise BadInput(f"{path}: {wrong}") from wrong


def _profile(row: Mapping[str, Any]) -> Profile:
    methods = {
        key: Method(key, one["source"], cents(one.get("balance", 0))) for key, one in row["payment_methods"].items()
    }
    name = f"{row['name']['first_name']} {row['name']['last_name']}"
    return Profile(row["user_id"], name, address_of(row["address"]), methods)


def _sale(row: Mapping[str, Any]) -> Sale:
    items = tuple(Bought(one["item_id"], one["product_id"], cents(one["price"]), one["name"]) for one in row["items"])
    payments = tuple(
        Payment(one["payment_method_id"], cents(one["amount"]) * (1 if one["transaction_type"] == "payment" else -1))
        for one in row["payment_history"]
    )
    return Sale(row["order_id"], row["user_id"], row["status"], address_of(row["address"]), items, payments)
