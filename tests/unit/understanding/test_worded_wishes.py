"""Wishes in their plainest words are read from the words alone, and not from what merely looks like them."""

import pytest

from assistant.understanding.lexicon import shipped_lexicon
from assistant.understanding.tree import intent_names

SAID = [
    ("帮我下单买两台，用礼品卡付", "order.place"), ("please order two of these for me", "order.place"),
    ("约周三上门安装", "order.book"), ("can you book a repair visit for friday", "order.book"),
    ("我晒单了返现还没给", "order.cashback"), ("where is my review cashback", "order.cashback"),
    ("这两款有什么区别", "ask.compare"), ("what's the difference between these", "ask.compare"),
    ("洗衣机显示E04", "ask.fault"), ("it shows error E04", "ask.fault"), ("安装要收费吗", "ask.service"),
    ("how much is the installation", "ask.service"), ("礼品卡还剩多少", "ask.payment"),
    ("what is my gift card balance", "ask.payment"), ("这手机什么配置", "ask.product"),
]
NOT_SAID = [
    ("我刚下单买了两台，发错了", "order.place"), ("昨天下的单能退吗", "order.place"), ("怎么预约安装", "order.book"),
    ("约好了安装师傅没来", "order.book"), ("要投诉他们只能写好评才返现", "order.cashback"),
    ("实物和图片有色差", "ask.compare"), ("师傅乱收了我安装费", "ask.service"),
]


@pytest.mark.parametrize(("text", "intent"), SAID)
def test_plain_words_are_enough(text: str, intent: str) -> None:
    """What is said outright is read without the encoder."""
    assert intent in shipped_lexicon().intents_in(text)


@pytest.mark.parametrize(("text", "intent"), NOT_SAID)
def test_what_only_looks_like_it_is_left_to_the_heads(text: str, intent: str) -> None:
    """Something done before, a question how, a complaint: none of them is the wish."""
    assert intent not in shipped_lexicon().intents_in(text)


def test_every_worded_wish_is_an_intent_of_the_tree() -> None:
    """No phrase stands for an intent that nobody knows."""
    assert shipped_lexicon().intents.keys() <= intent_names()
