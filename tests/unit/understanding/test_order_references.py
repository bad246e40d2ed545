"""How buyers refer to their orders; today is Friday, 20 November 2026."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.understanding.extraction import find_mentions
from assistant.understanding.orders import Candidate, OrderView, resolve_order
from knowledge.text import Text

TODAY = date(2026, 11, 20)


def days_ago(days: float) -> datetime:
    """Noon in Shanghai, so many days ago."""
    return datetime(2026, 11, 20, 4, tzinfo=UTC) - timedelta(days=days)


def line(name: str, zh: str, en: str, category: str, bought: float, **more: object) -> OrderView:
    """An order line called `name`, delivered two days after it was bought unless told otherwise."""
    given = {
        "aliases": (), "shop": Text("好店", "Good Shop"), "state": "delivered", "delivered_at": days_ago(bought - 2),
        "order_id": name * 18, "item_id": name, "title": Text(zh, en),
        "category": category, "created_at": days_ago(bought),
    }  # fmt: skip
    return OrderView(**(given | more))  # type: ignore[arg-type]


ORDERS = (
    line("1", "暖屋 V9 无线吸尘器", "Hearth V9 cordless vacuum", "appliances", 1, state="paid", delivered_at=None),
    line("2", "渔港 鲜活基围虾 2斤", "Live greasyback shrimp", "fresh", 4, paid_fen=9_900),
    line("3", "法式碎花连衣裙", "French floral dress", "apparel", 6, options={"颜色": "红色", "尺码": "M"},
         shop=Text("半夏女装旗舰店", "Banxia")),
    line("4", "星野 Nova 12 5G手机", "Nova 12 5G phone", "digital", 8, options={"颜色": "曜石黑"}),
    line("5", "波点连衣裙", "Polka dot dress", "apparel", 30, options={"颜色": "蓝色"}, paid_fen=29_900),
    line("6", "星野 Nova 10 手机", "Nova 10 phone", "digital", 200, options={"colour": "white"}, state="completed"),
    line("7", "手机壳", "phone case", "digital", 9, aliases=("保护壳",)),
)  # fmt: skip


def resolved(text: str) -> tuple[Candidate, ...]:
    """The candidates for a text."""
    return resolve_order(find_mentions(text, TODAY), text, ORDERS, TODAY)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("上周买的手机", "4"), ("那个红色的裙子", "3"), ("the phone I bought last week", "4"), ("最近那单", "1"),
        ("几天前到的虾", "2"),
        ("那条蓝裙子", "5"), ("还没发货的那个", "1"), ("the white phone", "6"), ("刚买的吸尘器", "1"),
        ("my last order", "1"),
        ("昨天下的单", "1"), ("the dress that arrived four days ago", "3"), ("海鲜臭了", "2"), ("保护壳裂了", "7"),
        ("手机壳黄了", "7"),
        ("半夏那件", "3"), ("M码的那条", "3"), ("订单" + "5" * 18, "5"), ("尾号6666那单", "6"), ("第二个", "2"),
        ("299那条裙子", "5"),
        ("我前几天收到的衣服", "3"), ("the blue one", "5"), ("今年5月买的手机", "6"),
    ],
)  # fmt: skip
def test_the_order_that_is_meant_comes_first_and_clearly(text: str, item: str) -> None:
    """Buyers need no order number: what, when, which colour or which place will do."""
    best, *others = resolved(text)
    assert best.item_id == item
    assert best.score >= 0.6
    assert all(best.score - other.score >= 0.15 for other in others)


def test_two_orders_that_fit_alike_are_both_named() -> None:
    """Where the words fit two orders, neither is taken for meant."""
    assert {c.item_id for c in resolved("手机坏了")} == {"4", "6"}


@pytest.mark.parametrize("text", ["冰箱坏了", "订单" + "9" * 18, "第九个", "我要退货", "你好"])
def test_nothing_is_found_where_nothing_fits(text: str) -> None:
    """What names none of the orders, or contradicts them all, points to none."""
    assert resolved(text) == ()


def test_reasons_tell_which_clues_fit() -> None:
    """A choice can be explained to the buyer."""
    assert resolved("那个红色的裙子")[0].why[:2] == ("thing", "colour")


def test_a_buyer_without_orders_is_no_error() -> None:
    """Somebody who never bought anything can still write."""
    assert resolve_order((), "上周买的手机", (), TODAY) == ()
