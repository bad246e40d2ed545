"""The shop's books as values: orders, gift-card balances, invoices, visits, cashbacks.

Two ways to the same end give equal states: goods are kept in the order of their ids. Money is integer fen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

Status = Literal["待付款", "已付款", "处理中", "已发货", "运输中", "已送达", "已签收", "已退货", "已取消"]
UNSENT: tuple[Status, ...] = ("待付款", "已付款", "处理中")
ECARD = "京东E卡"
FIRST_NEW_ORDER = 1234567890
"""The number that the shop gives to an order placed for a buyer; the next one gets the next number."""

_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_WEEK = "一二三四五六日"


@dataclass(frozen=True, slots=True, order=True)
class Goods:
    """Units of a product in an order, at the price of that day."""

    product_id: str
    unit_fen: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as the shop's books have it.

    `paid_back_fen` is what price protection gave for it, `placed_at` when it was placed here: ours to remember, as the
    shop's books have no place for them.
    """

    id: str
    buyer_id: str
    status: str
    total_fen: int
    goods: tuple[Goods, ...]
    payment: str
    recipient: str = ""
    phone: str = ""
    address: str = ""
    urged: bool = False
    paid_back_fen: int = field(default=0, compare=False)
    placed_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "goods", tuple(sorted(self.goods)))


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that is booked; `day` is a weekday such as 周三, whatever words named it."""

    day: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of an order."""

    kind: str
    title: str
    phone: str


@dataclass(frozen=True, slots=True)
class Books:
    """All that writes can change: `visits` by order and service, `cashbacks` are orders with a registered review."""

    sales: Mapping[str, Sale]
    balances: Mapping[str, int]
    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    visits: Mapping[tuple[str, str], Visit] = field(default_factory=dict)
    cashbacks: frozenset[str] = frozenset()

    def with_sale(self, sale: Sale) -> "Books":
        """With an order as it is now."""
        return replace(self, sales={**self.sales, sale.id: sale})

    def with_balance(self, buyer_id: str, fen: int) -> "Books":
        """With so many fen more (or fewer) on a buyer's gift card."""
        return replace(self, balances={**self.balances, buyer_id: self.balances.get(buyer_id, 0) + fen})

    def with_visit(self, order_id: str, service: str, visit: Visit) -> "Books":
        """With a visit booked, or moved."""
        return replace(self, visits={**self.visits, (order_id, service): visit})

    def with_invoice(self, order_id: str, invoice: Invoice) -> "Books":
        """With an order's invoice issued, or issued anew."""
        return replace(self, invoices={**self.invoices, order_id: invoice})

    def with_cashback(self, order_id: str) -> "Books":
        """With an order's review registered."""
        return replace(self, cashbacks=self.cashbacks | {order_id})

    @property
    def next_number(self) -> str:
        """The number of the next order that is placed."""
        number = FIRST_NEW_ORDER
        while str(number) in self.sales:
            number += 1
        return str(number)


def weekday_of(text: str) -> str:
    """The weekday that a day names, written 周一 to 周日; other words stay as they are.

    >>> weekday_of("2025-06-18"), weekday_of("星期天上午")
    ('周三', '周日')
    """
    try:
        return f"周{_WEEK[date.fromisoformat(text[:10]).weekday()]}"
    except ValueError:
        named = _WEEKDAY.search(text)
    return f"周{named[1].replace('天', '日')}" if named else text.strip()


def next_day(weekday: str, today: date) -> date | None:
    """The next day after today that a weekday's name means; None for words that name none.

    >>> next_day("周一", date(2025, 6, 16))
    datetime.date(2025, 6, 23)
    """
    named = _WEEKDAY.search(weekday)
    if named is None:
        return None
    ahead = _WEEK.index(named[1].replace("天", "日")) - today.weekday()
    return today + timedelta(days=ahead if ahead > 0 else ahead + 7)
