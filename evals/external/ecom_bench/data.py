"""Reading the shop's data: its books, its catalogue, its parcels, from the folder of the published files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.clock import SHANGHAI
from assistant.commerce.goods import Fault, ProductSheet, Promotion, ServiceInfo
from assistant.commerce.model import Parcel, ParcelEvent, ParcelState, Product
from evals.external.ecom_bench.state import Books, Goods, Invoice, Sale, Visit, weekday_of
from knowledge.errors import BadInput
from knowledge.text import Text

ON_SALE = "已上架"
_SCANS: Mapping[str, ParcelState] = {
    "已创建": "packed", "已揽收": "in_transit", "运输中": "in_transit", "派送中": "out_for_delivery",
    "已送达": "delivered", "已签收": "delivered",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A buyer as the shop knows them."""

    id: str
    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the shop sells, by id: its own goods, and those that exist only to be exchanged for."""

    products: Mapping[str, Product]

    def get(self, product_id: str) -> Product | None:
        """A product by its id."""
        return self.products.get(product_id)


@dataclass(frozen=True, slots=True)
class ShopData:
    """Everything that the folder holds, read once."""

    shop_id: str
    platform: str
    people: Mapping[str, Person]
    catalogue: Catalogue
    parcels: Mapping[str, Parcel]
    books: Books


def read_shop(folder: Path) -> ShopData:
    """Read a folder with `orders.json`, `products.json` and the others of the benchmark.

    Raises:
        BadInput: the folder or a file of it is not there, or isn't JSON.
    """
    raw = {name: _json(folder / f"{name}.json") for name in (
        "orders", "products", "users_info", "logistics", "invoices", "register_cashback", "service", "discount",
    )}
    platform = next(iter(raw["orders"]))
    shop_id = next(iter(raw["orders"][platform]))
    here = {name: part.get(platform, {}).get(shop_id, {}) for name, part in raw.items() if name not in _FLAT}
    promotions = tuple(_promotions(here["discount"]))
    books = Books(
        sales={one.id: one for one in map(_sale, _rows(here["orders"]))},
        balances={key: _fen(one.get("电子卡余额", 0)) for key, one in raw["users_info"].items()},
        invoices={key: _invoice(one) for key, one in raw["invoices"].items()},
        visits={(one["订单ID"], one["服务类型"]): _visit(one) for one in _rows(here["service"])},
        cashbacks=frozenset(key for one in here["register_cashback"].values() for key, done in one.items() if done),
    )
    people = {key: _person(key, one) for key, one in raw["users_info"].items()}
    catalogue = Catalogue(dict(_products(here["products"].values(), shop_id, promotions)))
    parcels = {key: _parcel(one) for rows in here["logistics"].values() for key, one in rows.items()}
    return ShopData(shop_id, platform, people, catalogue, parcels, books)


_FLAT = ("users_info", "invoices")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise BadInput(f"{path}: {wrong}") from wrong


def _rows(by_buyer: Mapping[str, Mapping[str, Any]]) -> Iterator[Any]:
    return (row for rows in by_buyer.values() for row in rows.values())


def _fen(yuan: float) -> int:
    return round(yuan * 100)


def _sale(row: Mapping[str, Any]) -> Sale:
    to = row["收货地址"]
    goods = tuple(Goods(one["商品ID"], _fen(one["单价"]), one["数量"]) for one in row["订单商品列表"])
    return Sale(
        row["订单ID"], row["用户ID"], row["订单状态"], _fen(row["订单总金额"]), goods, row["支付方式"],
        to["收件人姓名"], to["电话号码"], to["详细地址"], row["是否加急"],
    )


def _invoice(row: Mapping[str, Any]) -> Invoice:
    return Invoice(row["发票类型"], row["发票抬头"], row["电话号码"])


def _visit(row: Mapping[str, Any]) -> Visit:
    return Visit(weekday_of(row["预约日期"]), row["用户姓名"], row["电话号码"])


def _person(key: str, row: Mapping[str, Any]) -> Person:
    return Person(key, row["用户姓名"], row["电话号码"], row["地址信息"]["详细地址"])


def _promotions(row: Mapping[str, Any]) -> Iterator[Promotion]:
    for one in row.get("详情", ()):
        about = "；".join(str(value) for key, value in one.items() if key != "类型")
        yield Promotion(_zh(one["类型"]), _zh(about))


def _products(
    rows: Iterable[Mapping[str, Any]], shop_id: str, promotions: tuple[Promotion, ...]
) -> Iterator[tuple[str, Product]]:
    """The goods to be exchanged for first, so that the shop's own pages win where both tell of a product."""
    everything = list(rows)
    for row in everything:
        for one in row["可换货商品"]:
            on_sale = one["商品状态"] == ON_SALE
            yield one["商品ID"], Product(
                one["商品ID"], shop_id, _zh(one["商品描述"]), "appliances", 0, on_sale=on_sale
            )
    for row in everything:
        yield row["商品ID"], _product(row, shop_id, promotions)


def _product(row: Mapping[str, Any], shop_id: str, promotions: tuple[Promotion, ...]) -> Product:
    title = _zh(row["商品名称"])
    return Product(
        row["商品ID"], shop_id, title, "appliances", _fen(row["商品价格"]), description=_zh(row["商品描述"]),
        on_sale=row["商品状态"] == ON_SALE, exchange_for=tuple(one["商品ID"] for one in row["可换货商品"]),
        sheet=_sheet(row, promotions),
    )


def _sheet(row: Mapping[str, Any], promotions: tuple[Promotion, ...]) -> ProductSheet:
    materials = "；".join("：".join(map(str, one.values())) for one in row["辅材材料"])
    faults = {
        str(one["故障代码"]).upper(): Fault(_zh(one["故障名称"]), _zh(one["故障解决方案"])) for one in row["常见故障"]
    }
    return ProductSheet(
        gifts=tuple(_zh(f"{one['赠品名称']}：{one['赠品描述']}") for one in row["赠品信息"]),
        promotions=promotions, faults=faults,
        services=(
            ServiceInfo("installation", _zh(row["安装说明"]), _zh(materials) if materials else None),
            ServiceInfo("repair", _zh(row["维修说明"])),
        ),
    )


def _parcel(row: Mapping[str, Any]) -> Parcel:
    scans = tuple(ParcelEvent(_time(one["时间"]), _zh(str(one["描述"]))) for one in row["物流轨迹"])
    states = [str(one.get("状态") or one.get("status")) for one in row["物流轨迹"]]
    state = _SCANS.get(states[-1], "in_transit") if states else "packed"
    return Parcel(row["物流单号"], _zh(row["物流公司"]), row["物流单号"], state, scans)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _zh(text: str) -> Text:
    """The shop tells everything in Chinese only."""
    return Text(text, text)
