"""Language and plain form of messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.language import MAX_CHARACTERS, language_of, plain, to_simplified


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我要退货", "zh"), ("where is my order", "en"), ("帮我check一下my order的status", "zh"),
        ("what does 七天无理由 mean", "en"), ("iPhone坏了", "zh"), ("唔该帮我睇下", "zh"), ("refund pls", "en"),
    ],
)  # fmt: skip
def test_language_goes_by_the_words_that_carry_the_sentence(text: str, language: str) -> None:
    """A buyer who mixes languages is answered in the one that the sentence is built in."""
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["123", "👍", "", "?!"])
def test_language_without_words_is_the_conversations(text: str) -> None:
    """A number or an emoji does not switch the conversation's language."""
    assert plain(text, "en").language == "en"
    assert plain(text, "zh").language == "zh"


def test_traditional_characters_are_read_as_simplified() -> None:
    """Buyers who write traditional characters are understood, and positions stay the same."""
    assert to_simplified("我想退貨，這個手機壞了") == "我想退货，这个手机坏了"


def test_full_width_letters_and_digits_are_read_as_plain_ones() -> None:
    """Full-width input methods do not hide an order number."""
    assert plain("订单１２３ＡＢ　急").text == "订单123AB 急"


def test_control_characters_disappear() -> None:
    """Invisible characters can't hide words from the reader."""
    assert plain("转\u200b人\x00工\u202e").text == "转人工"


def test_long_messages_are_cut_and_say_so() -> None:
    """Fifty thousand characters are read as far as the limit, and the cut is known."""
    said = plain("退" * 50_000)
    assert len(said.text) == MAX_CHARACTERS
    assert said.cut
    assert not plain("退货").cut


@given(st.text(max_size=300))
def test_any_text_has_a_plain_form(text: str) -> None:
    """No string, however odd, breaks reading, and the plain form is stable."""
    said = plain(text)
    assert plain(said.text).text == said.text
    assert len(to_simplified(text)) == len(text)
