"""What a message names: numbers, money, people's data, places in a list."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.extraction import find_mentions
from assistant.understanding.identifiers import is_bank_card, is_id_card

TODAY = date(2026, 11, 20)


def found(text: str) -> list[tuple[str, object]]:
    """Kinds and values of all mentions."""
    return [(m.kind, m.value) for m in find_mentions(text, TODAY)]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("订单260949724722410130到哪了", ("order_number", "260949724722410130")),
        ("order 1234567890", ("order_number", "1234567890")),
        ("SF1234567890123到哪了", ("tracking_number", "SF1234567890123")),
        ("快递单号 773312345678901", ("tracking_number", "773312345678901")),
        ("电话13812345678", ("phone", "13812345678")),
        ("+86 138-1234-5678", ("phone", "13812345678")),
        ("身份证11010519491231002X", ("id_card", "11010519491231002X")),
        ("卡号6222021234567890128", ("bank_card", "6222021234567890128")),
        ("写信到 Lin.M@example.com", ("email", "lin.m@example.com")),
        ("地址改成上海市浦东新区张江路88弄3号楼502", ("address", "上海市浦东新区张江路88弄3号楼502")),
        ("ship to 12 Baker Street", ("address", "12 Baker Street")),
    ],
)
def test_identifiers_are_told_apart(text: str, mention: tuple[str, str]) -> None:
    """Order, parcel, phone, identity and card numbers are not mistaken for one another."""
    assert found(text) == [mention]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("199块9", 19_990), ("一百九十九块五毛", 19_950), ("退我50", 5_000), ("¥1,299.00", 129_900),
        ("1.2w的包", 1_200_000),
        ("他赔我3k就行", 300_000), ("五毛钱", 50), ("八分钱", 8), ("三百元", 30_000), ("20 bucks", 2_000),
        ("$35.5", 3_550),
        ("one hundred dollars", 10_000), ("两块五", 250),
    ],
)  # fmt: skip
def test_amounts_are_whole_fen(text: str, fen: int) -> None:
    """Money in any spelling becomes fen without rounding errors."""
    assert ("amount", fen) in found(text)


@given(st.integers(0, 10**9))
def test_any_sum_written_in_yuan_is_read_exactly(fen: int) -> None:
    """No sum of money loses a fen on its way in."""
    assert found(f"¥{fen // 100}.{fen % 100:02d}") == [("amount", fen)]
    assert found(f"{fen / 100:,.2f}元") == [("amount", fen)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("第二个", 2), ("第2单", 2), ("the second one", 2), ("3rd order", 3), ("最后一个", -1), ("the last one", -1),
        ("最近那单", "latest"),
        ("最后一单", "latest"), ("刚买的耳机", "latest"), ("my latest order", "latest"),
        ("the one I just bought", "latest"),
        ("option 2", 2),
    ],
)  # fmt: skip
def test_places_in_a_list(text: str, place: int | str) -> None:
    """Both "the second one" and "my latest order" can be followed."""
    assert found(text) == [("ordinal", place)]


@pytest.mark.parametrize(("text", "count"), [("两件都退", 2), ("买了3双", 3), ("two pairs", 2), ("2斤虾", 2)])
def test_quantities(text: str, count: int) -> None:
    """How many is understood with Chinese measure words and English ones."""
    assert ("quantity", count) in found(text)


@pytest.mark.parametrize("text", ["第24条", "七天内", "50% off", "一个月", "一个问题", "第二次了", "第一时间"])
def test_look_alikes_are_not_mentions(text: str) -> None:
    """Articles of law, periods and turns of phrase are no orders, sums or places."""
    assert found(text) == []


def test_check_digits_tell_real_numbers_from_typos() -> None:
    """A wrong digit makes an identity or card number invalid."""
    assert is_id_card("11010519491231002X")
    assert not is_id_card("110105194912310021")
    assert not is_id_card("11010519491331002X")
    assert is_bank_card("6222021234567890128")
    assert not is_bank_card("6222021234567890129")


@given(st.text(max_size=120))
def test_spans_are_exact_and_do_not_overlap(text: str) -> None:
    """Whatever the text, a mention's words stand exactly where it says."""
    mentions = find_mentions(text, TODAY)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))


CROWD = ["退", "199块9", "昨天", "第二个", "13812345678", "两件", "，", " ", "SF1234567890", "号", "万"]


@given(st.lists(st.sampled_from(CROWD), max_size=14))
def test_spans_stay_exact_when_mentions_crowd(parts: list[str]) -> None:
    """Mentions side by side do not run into each other."""
    text = "".join(parts)
    mentions = find_mentions(text, TODAY)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
