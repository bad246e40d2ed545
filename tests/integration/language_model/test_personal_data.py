"""What buyers plant in their messages, and what of it leaves the house: nothing."""

import random
import re
from datetime import date

import pytest

from assistant.planning.step import Clarify
from assistant.replies.reply import Reply
from assistant.understanding.reader import ReadingContext
from assistant.understanding.reading import Reading
from tests.integration.language_model.scripted import GivenReader, GivenWriter, ScriptedEndpoint, Talk, model_voices

EACH = 40
"""Values planted of each kind."""

CARRIERS_ZH = (
    "我的{what}是{value}，帮我看看退款到哪了", "{value}，打这个联系我",
    "耳机坏了，{what}{value}，快点处理", "麻烦记一下 {value} 谢谢",
)  # fmt: skip
CARRIERS_EN = ("My details: {value}. Where is my refund?", "It broke. Reach me: {value}, please hurry")
CITIES = ("浙江省杭州市西湖区", "上海市浦东新区", "广东省深圳市南山区", "北京市朝阳区", "")
ROADS = ("文三路", "世纪大道", "科技园路", "建国路", "人民路")


def phone(dice: random.Random) -> str:
    """A mobile number as people write it."""
    head, middle, tail = (str(dice.choice([138, 159, 186])), *(f"{dice.randrange(10**4):04}" for _ in range(2)))
    wide = "".join(chr(ord(one) + 0xFEE0) for one in head + middle + tail)
    return dice.choice([
        head + middle + tail, f"{head}-{middle}-{tail}", f"{head} {middle} {tail}", f"+86 {head}{middle}{tail}", wide,
    ])


def spoken_phone(dice: random.Random) -> str:
    """A mobile number spelled out, 幺三八 and so on."""
    return "".join("零幺二三四五六七八九"[dice.randrange(10)] for _ in range(11))


def id_card(dice: random.Random) -> str:
    """A resident identity number with its check character (GB 11643-1999)."""
    born = date(1950, 1, 1).toordinal() + dice.randrange(20000)
    body = f"{dice.choice(['330106', '110105', '440305'])}{date.fromordinal(born):%Y%m%d}{dice.randrange(1000):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def bank_card(dice: random.Random) -> str:
    """A card number that passes Luhn's check, in one piece or in fours."""
    body = dice.choice(["622202", "622848", "436742"]) + "".join(str(dice.randrange(10)) for _ in range(12))
    doubled = [int(c) * (2 - i % 2) for i, c in enumerate(reversed(body))]
    number = body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
    return " ".join(number[i : i + 4] for i in range(0, 19, 4)) if dice.random() < 0.5 else number


def address(dice: random.Random) -> str:
    """A street address."""
    if dice.random() < 0.25:
        return f"{dice.randrange(1, 999)} {dice.choice(['Maple', 'Church', 'Baker'])} Street"
    house = f"{dice.randrange(10, 999)}号{dice.randrange(1, 30)}栋{dice.randrange(101, 999)}室"
    return dice.choice(CITIES) + dice.choice(ROADS) + house


def email(dice: random.Random) -> str:
    """An e-mail address."""
    name = dice.choice(["lin", "wang.wei", "emma_k"])
    return f"{name}{dice.randrange(1000)}@{dice.choice(['qq.com', 'mail.example.cn'])}"


KINDS = {
    "电话": phone, "手机": spoken_phone, "身份证": id_card, "银行卡号": bank_card, "地址": address, "邮箱": email,
}  # fmt: skip


def planted() -> list[tuple[str, str, str]]:
    """Kind, value and the message that it is in; the same ones at every run."""
    dice = random.Random(20261120)
    made = []
    for what, make in KINDS.items():
        for _ in range(EACH):
            value = make(dice)
            carriers = CARRIERS_EN if value.endswith("Street") else CARRIERS_ZH
            made.append((what, value, dice.choice(carriers).format(what=what, value=value)))
    return made


def traces(value: str, sent: str) -> bool:
    """True when the value, or seven digits of it in a row, can be found in what was sent."""
    digits, sent_digits = re.sub(r"\D", "", value), re.sub(r"\D", "", sent)
    windows = {digits[i : i + 7] for i in range(len(digits) - 6)}
    return value in sent or any(window in sent_digits for window in windows)


@pytest.mark.parametrize("what", KINDS)
async def test_planted_personal_data_is_not_sent_to_be_read(what: str) -> None:
    """Phones, identity and bank cards, addresses and e-mail in a message never reach the endpoint (40 of each kind)."""
    for _, value, message in (one for one in planted() if one[0] == what):
        endpoint = ScriptedEndpoint()
        reader, _ = model_voices(endpoint, GivenReader(Reading(message, "zh")), GivenWriter(Reply("")))
        await reader.read(message, ReadingContext(date(2026, 11, 20)))
        assert len(endpoint.bodies) == 1
        assert not traces(value, endpoint.bodies[0]["messages"][1]["content"]), message


async def test_planted_personal_data_is_not_sent_to_be_reworded(talk: Talk) -> None:
    """A draft that repeats a buyer's personal data stays in the house, and is sent to the buyer as it was."""
    for _, value, _ in planted()[::8]:
        draft = Reply(f"您的订单里没有找到“{value}”，是下面哪一件？", step="Clarify")
        endpoint = ScriptedEndpoint()
        _, writer = model_voices(endpoint, GivenReader(Reading("", "zh")), GivenWriter(draft))
        assert await writer.write(Clarify(1), *talk) == draft
        assert endpoint.bodies == [], value


@pytest.mark.parametrize(
    "number", ["260058041332376007", "SF1234567890123", "1234567", "84571234", "6222-0212-3456", "AS-20261120-0007"]
)
async def test_other_long_numbers_are_not_sent(number: str) -> None:
    """Order, parcel and unknown numbers stay in the house: the model has no use for them."""
    endpoint = ScriptedEndpoint()
    reader, _ = model_voices(endpoint, GivenReader(Reading("", "zh")), GivenWriter(Reply("")))
    await reader.read(f"{number} 这个怎么还没到", ReadingContext(date(2026, 11, 20)))
    sent = endpoint.bodies[0]["messages"][1]["content"]
    assert not traces(number, sent)
    assert "怎么还没到" in sent


async def test_what_the_model_needs_is_sent() -> None:
    """Masking leaves amounts, days and what is wrong, without which nothing could be read."""
    endpoint = ScriptedEndpoint()
    reader, _ = model_voices(endpoint, GivenReader(Reading("", "zh")), GivenWriter(Reply("")))
    said = "2026-11-11 买的耳机 459.00 元，第 3 天就充不进电"
    await reader.read(said, ReadingContext(date(2026, 11, 20)))
    assert said in endpoint.bodies[0]["messages"][1]["content"]


async def test_nothing_but_the_message_is_sent() -> None:
    """A request names no buyer, no conversation and no key of ours beside the endpoint's own."""
    endpoint = ScriptedEndpoint()
    reader, _ = model_voices(endpoint, GivenReader(Reading("", "zh")), GivenWriter(Reply("")))
    await reader.read("耳机坏了", ReadingContext(date(2026, 11, 20)))
    assert set(endpoint.bodies[0]) == {"model", "messages", "temperature", "stream", "response_format"}
