"""What an errand needs, read from one message: addresses, phones, names, visits, invoices, grounds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.arguments import answer_in_words, arguments_of
from assistant.understanding.extraction import find_mentions
from assistant.understanding.reading import Reading

TODAY = date(2026, 11, 20)      # a Friday
EVERYTHING = (
    "claim.address", "claim.phone", "claim.recipient", "claim.service", "claim.visit_day", "claim.visit_time",
    "claim.invoice_for", "claim.invoice_title", "claim.tax_number", "claim.appeal_reason",
)


def read(text: str) -> Reading:
    """A message with what it names."""
    return Reading(text, "zh", mentions=find_mentions(text, TODAY))


def told(text: str, *names: str) -> dict[str, object]:
    """What a message tells of these facts, by their short names."""
    wanted = [f"claim.{name}" for name in names] or EVERYTHING
    return {name.partition(".")[2]: value for name, value in arguments_of(read(text), wanted, TODAY).items()}


@pytest.mark.parametrize(("text", "address"), [
    ("地址改成杭州市余杭区文一西路969号3幢", "杭州市余杭区文一西路969号3幢"),
    ("帮我改到上海市徐汇区武康路100弄5号602室，谢谢", "上海市徐汇区武康路100弄5号602室"),
    ("送到学校南门菜鸟驿站二号柜吧", "学校南门菜鸟驿站二号柜吧"),
    ("please change the address to 12 Baker Street, London", "12 Baker Street, London"),
])
def test_a_new_address_is_read(text: str, address: str) -> None:
    """Where to send it is taken as it was written, to the house number."""
    assert told(text, "address")["address"] == address


@pytest.mark.parametrize("text", ["地址写错了能改吗", "改成红色的", "电话换成13812345678", "换成大一号"])
def test_what_is_no_address_is_none(text: str) -> None:
    """A colour, a size or a phone is never taken for a place."""
    assert "address" not in told(text, "address")


@pytest.mark.parametrize(("text", "phone", "person"), [
    ("收件人改成王芳，电话13812345678", "13812345678", "王芳"),
    ("电话不是13912345678，是13812345678", "13812345678", None),
    ("收货人：欧阳明月 138 1234 5678", "13812345678", "欧阳明月"),
    ("recipient is Anna Lee, phone +44 20 7946 0958", "+442079460958", "Anna Lee"),
])
def test_whom_to_call_is_read(text: str, phone: str, person: str | None) -> None:
    """The phone that is right comes last; a name stands after what it is the name of."""
    found = told(text, "phone", "recipient")
    assert found["phone"] == phone
    assert found.get("recipient") == person


@pytest.mark.parametrize(("text", "visit"), [
    ("约周三下午上门安装", ("installation", "2026-11-25", "afternoon")),
    ("后天上午找师傅来修一下", ("repair", "2026-11-22", "morning")),
    ("下周一晚上来取件", ("pick_up", "2026-11-23", "evening")),
    ("12月3号上门量尺", ("measuring", "2026-12-03", None)),
    ("book the fitter for next Tuesday morning", ("installation", "2026-11-24", "morning")),
    ("安装的时候顺便把旧机拉走", ("removal", None, None)),
])
def test_a_visit_is_read_in_one_go(text: str, visit: tuple[str, str | None, str | None]) -> None:
    """What for, which day to come and which part of it are all taken from one sentence."""
    found = told(text, "service", "visit_day", "visit_time")
    assert (found.get("service"), found.get("visit_day"), found.get("visit_time")) == visit


@pytest.mark.parametrize(("text", "invoice"), [
    ("开个人发票就行", ("personal", None, None)),
    ("开发票 个人 抬头李雨桐", ("personal", "李雨桐", None)),
    ("抬头写杭州云栖科技有限公司，税号91330100MA27XYZ123", ("company", "杭州云栖科技有限公司", "91330100MA27XYZ123")),
    ("公司的，上海山海医院，税号12310000425006790T", ("company", "上海山海医院", "12310000425006790T")),
    ("made out to Blue Harbour Ltd, tax number 91330100MA27XYZ123",
     ("company", "Blue Harbour Ltd", "91330100MA27XYZ123")),
])
def test_an_invoices_parts_are_read(text: str, invoice: tuple[str, str | None, str | None]) -> None:
    """For whom, the title and the tax number come out of one line, each where it belongs."""
    found = told(text, "invoice_for", "invoice_title", "tax_number")
    assert (found.get("invoice_for"), found.get("invoice_title"), found.get("tax_number")) == invoice


def test_an_order_number_is_no_tax_number() -> None:
    """Eighteen digits without a letter are an order, unless the words say that they are a tax number."""
    assert told("订单260145263787004386开发票", "tax_number") == {}
    assert told("税号 260145263787004386", "tax_number") == {"tax_number": "260145263787004386"}


def test_grounds_are_what_comes_after_because() -> None:
    """The reason of an appeal is passed on in the buyer's own words; without one there is none."""
    assert told("我不服，因为开箱视频能看到裂痕", "appeal_reason") == {"appeal_reason": "开箱视频能看到裂痕"}
    assert told("我不服 要申诉", "appeal_reason") == {}


def test_only_what_is_wanted_is_looked_for() -> None:
    """An address in a complaint is nobody's new address: what no errand wants is not read."""
    assert arguments_of(read("送到文三路5号的那个少了一件"), (), TODAY) == {}


@pytest.mark.parametrize(("name", "text", "comes_to"), [
    ("claim.address", "文三路478号华星时代广场A座", "文三路478号华星时代广场A座"),
    ("claim.address", "为什么要地址？", ""),
    ("claim.recipient", "王芳", "王芳"),
    ("claim.tax_number", "91330100MA27XYZ123", "91330100MA27XYZ123"),
    ("claim.tax_number", "我没有税号啊怎么办", ""),
    ("claim.appeal_reason", "照片里明明能看到裂痕", "照片里明明能看到裂痕"),
    ("claim.basket", "随便什么都行", ""),
])
def test_an_answer_in_words_is_one_only_where_it_can_be(name: str, text: str, comes_to: str) -> None:
    """Asked in words, a message is the answer when it can be one; a question back never is."""
    assert answer_in_words(name, text) == comes_to


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    """Whatever is written, reading it raises nothing and gives no empty value."""
    assert all(arguments_of(read(text), EVERYTHING, TODAY).values())
