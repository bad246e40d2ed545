"""Yes or no to a proposal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.acts import read_consent

YES = (
    "确认|可以，退吧|行|ok go ahead|嗯|好的谢谢|yes please|确认退款|行吧就这么办|那就退了吧|退吧|是的，确认申请|"
    "没问题，办吧|yes, refund it please|ok 换吧|👌|OK|sure|冇问题"
)
NO = "不用了|算了|no thanks|不|不要|I don't want it|不同意|先不办了|no|cancel it|never mind"
UNCLEAR = (
    "嗯?|嗯？|好吧但是…|可以吗|等一下|可以退200吗|可以退200吧|好的，那运费谁出|不错|不客气|不急|行不行|好不好|"
    "可以但是我要全额|"
    "yes but not this one|sure, how long does it take|知道了|要不算了|no, go ahead|不，确认|取消订单吧|随便|收到|ok?|"
    "可以换成红色吧|"
    "是不是可以|yes if shipping is free|确认一下金额|not yes||我同意他的看法"
)


@pytest.mark.parametrize("text", YES.split("|"))
def test_an_unambiguous_yes_is_yes(text: str) -> None:
    """A buyer who agrees plainly is not asked again."""
    assert read_consent(text) == "yes"


@pytest.mark.parametrize("text", NO.split("|"))
def test_a_plain_no_is_no(text: str) -> None:
    """A buyer who declines is taken at their word."""
    assert read_consent(text) == "no"


@pytest.mark.parametrize("text", UNCLEAR.split("|"))
def test_anything_else_moves_no_money(text: str) -> None:
    """Questions, conditions, hesitation and other wishes are never a yes."""
    assert read_consent(text) == "unclear"


@given(st.sampled_from(YES.split("|")),
st.sampled_from(["?", "？", "吗", "，但是等等", " but wait", "，退500", "，不过先别", " how much"]))
def test_a_yes_with_a_doubt_behind_it_is_no_yes(yes: str, doubt: str) -> None:
    """One doubtful word after a yes takes it back."""
    assert read_consent(yes + doubt) == "unclear"


@given(st.text(alphabet="好的是行嗯吧了确认退 ,，!ok yes不", max_size=200))
def test_reading_consent_ends_for_any_text(text: str) -> None:
    """Long runs of agreement are read without delay or error."""
    assert read_consent(text) in ("yes", "no", "unclear")
