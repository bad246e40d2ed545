"""A task's text as a buyer's words, and when each wish is told."""

import pytest

from evals.external.ecom_bench.conditions import Heard, holds, is_known
from evals.external.ecom_bench.wording import Wish, in_first_person, spoken, wishes_of

TEXT = """前言
<意图一>
你买了一台风扇（商品ID：9001，禁止透露这一信息），想让客服查物流（订单ID：8001）
<\\意图一>
<意图二>
如果还在运输中，你希望客服帮你催一下其他人
<\\意图二>
<意图二>
客服确认不会收费后，你会预约安装
<\\意图二>
"""


def test_wishes_are_told_in_the_first_person_and_in_order() -> None:
    """A wish says "I" of the buyer and "you" of the assistant, keeps its numbers, and leaves what is secret unsaid."""
    first, second, third = wishes_of(TEXT)
    assert first.words == "我买了一台风扇，想让你查物流（订单ID：8001）"
    assert "9001" in first.unsaid
    assert (second.condition, second.words) == ("如果还在运输中", "我希望你帮我催一下其他人")
    assert (third.condition, third.words) == ("客服确认不会收费后", "我会预约安装")


def test_others_are_not_spoken_to() -> None:
    """"他" is the one spoken to, "其他" is a word of its own."""
    assert in_first_person("你要求他换其他的") == "我要求你换其他的"


def test_three_ways_of_speaking_say_the_same() -> None:
    """A wish may come as it is, sentence by sentence, or with courtesies; the words stay."""
    wish = Wish("我想退货，请快点。")
    assert spoken(wish, 0) == "我想退货，请快点。"
    assert spoken(wish, 1).splitlines() == ["我想退货", "请快点"]
    assert wish.words in spoken(wish, 2)


def test_pictures_are_counted_by_their_links() -> None:
    """A link to a picture is a picture that is sent; a product's page is none."""
    assert Wish("看图 https://a.b/c.jpg 和 https://item.x.com/1.html").photos == 1


@pytest.mark.parametrize(
    ("condition", "lately", "refused", "told"),
    [
        ("", "", False, True),
        ("如果还在运输中", "包裹在运输中", False, True),
        ("如果还没有送达", "已签收", False, False),
        ("如果该订单没有发货", "您提交了订单，请等待系统确认", False, True),
        ("如果该订单没有发货", "包裹在运输中", False, False),
        ("如果客服说无法换货", "抱歉", True, True),
        ("如果客服说可以换货", "抱歉", True, False),
        ("如果是余额不够的问题", "E卡余额不够", True, True),
        ("如果是余额不够的问题", "没有上架", True, False),
        ("如果收货地址不是\"新街1号\"", "地址：新街1号", False, False),
        ("如果收货地址不是\"新街1号\"", "地址：旧街2号", False, True),
        ("如果客服说可以免费安装", "基础安装免费", False, True),
        ("如果天气好", "", False, True),
    ],
)
def test_a_wish_is_told_when_its_condition_came_true(condition: str, lately: str, refused: bool, told: bool) -> None:
    """What the assistant said decides; a condition that nothing can judge counts as come true."""
    assert holds(Wish("说", condition), Heard(lately, lately, refused)) is told


def test_prices_are_compared_with_what_the_buyer_keeps_secret() -> None:
    """"If it is cheaper now" holds by the price that was told and the one that stays unsaid."""
    wish = Wish("我要价保", "如果现在的价格低于你之前购买的价格", "（你买的价格是100元，禁止透露）")
    assert holds(wish, Heard("现价 ¥99.00"))
    assert not holds(wish, Heard("现价 ¥100.00"))
    assert not holds(wish, Heard("没有价格"))


def test_unknown_conditions_are_named() -> None:
    """The trace can say which condition nothing here judged."""
    assert is_known(Wish("说", "如果不行"))
    assert not is_known(Wish("说", "如果天气好"))
