"""What an item is to be exchanged for, by the words that people use."""

import pytest

from assistant.commerce.model import Product
from assistant.planning.swaps import fitting
from knowledge.text import Text


def _heater(product_id: str, title: str, on_sale: bool = True) -> Product:
    return Product(product_id, "s", Text(title, title), "appliances", 10000, on_sale=on_sale)


OWN = _heater("own", "电热水器 60升 3200W")
LISTED = (
    _heater("small", "电热水器 50升 2000W"), _heater("big", "电热水器 80L 4000W"),
    _heater("gone", "电热水器 100升 4800W", on_sale=False),
)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("换成80升的", "big"), ("换个 80L 的", "big"), ("想要4000瓦的", "big"), ("换一个体积更大的", "big"),
        ("换个功率更小的", "small"), ("换一个大于60升的", "big"), ("换一个小于60升的", "small"),
        ("最好是100L", "gone"), ("换个容量大一点的，最好100", "gone"), ("a bigger volume please", "big"),
        ("换一个", None), ("换成300升的", None), ("我要退款", None), ("换2台", None), ("随便换一个", None),
    ],
)
def test_words_name_what_is_wanted(words: str, wanted: str | None) -> None:
    """A measure names a product even when it is gone; "bigger" takes one that is on sale; else nothing is guessed."""
    found = fitting(words, OWN, LISTED)
    assert (found.id if found else None) == wanted


def test_the_choice_is_ours_where_there_is_one() -> None:
    """"Recommend one" takes the only one on sale, and nothing where there are several or none."""
    one = fitting("你推荐一个型号吧", OWN, (LISTED[1], LISTED[2]))
    assert one is LISTED[1]
    assert fitting("你推荐一个型号吧", OWN, LISTED) is None
    assert fitting("你推荐一个型号吧", OWN, ()) is None
