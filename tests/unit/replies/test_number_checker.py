"""The checker: a number that no source has is found, whatever it looks like; one that has a source passes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.conversation import QueuePlace
from assistant.decisions.decision import Amount, AmountLine, Decision
from assistant.replies.checker import figures_in, numbers_in, unsupported
from assistant.replies.wording import day, moment, money, wait
from knowledge.text import Language, Text
from tests.fakes.scenes import decided

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))
LANGUAGES = st.sampled_from(["zh", "en"])
CLAUSE = Text("签收后7天内可退，运费最高赔12元，按实付的5%赔付。", "Within seven days; at most 12 yuan; 5% is due.")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("退您 ¥269.01", ("¥269.01",)), ("退您269.5元", ("¥269.5",)), ("退您二百七十元", ("¥270",)),
        ("满300元减30元", ("¥30", "¥300")), ("退您1万元", ("¥10000",)), ("20块", ("¥20",)), ("270 yuan", ("¥270",)),
        ("$5 back", ("¥5",)), ("EUR 12.50", ("¥12.5",)),
        ("11月22日前", ("11-22",)), ("by 22 Nov", ("11-22",)), ("by November 22", ("11-22",)),
        ("2026-11-22", ("11-22",)),
        ("18:30 前", ("18:30",)), ("十五天内", ("15",)), ("within fifteen days", ("15",)), ("3个工作日", ("3",)),
        ("三天", ("3",)), ("第 41 条", ("41",)), ("赔三倍", ("3",)), ("8.5折", ("8.5",)), ("twelve months", ("12",)),
    ],
)
def test_a_number_without_a_source_is_found(text: str, wrong: tuple[str, ...]) -> None:
    """Sums, days, times, counts and percentages that nobody decided never pass, in digits or in words."""
    sources = [decided(26900, datetime(2026, 11, 20, 6, 0, tzinfo=UTC)), CLAUSE]
    assert unsupported(text, sources) == wrong


@pytest.mark.parametrize(
    "text",
    [
        "退您 ¥269.00", "退您269元", "二百六十九元", "269 yuan", "11月23日前", "by 23 Nov", "by Nov 23", "14:00 前",
        "签收后七天", "within 7 days", "seven days", "最高12元", "十二元", "按5%赔", "2026年", "没有数字", "",
        "请问是哪一件商品？", "[1][2]",
    ],
)
def test_a_number_with_a_source_passes(text: str) -> None:
    """What the decision, its dates or a clause say may be said, in any of the usual ways of writing it."""
    sources = [decided(26900, datetime(2026, 11, 20, 6, 0, tzinfo=UTC)), CLAUSE]
    assert unsupported(text, sources) == ()


@settings(deadline=None)
@given(st.integers(1, 10**9), MOMENTS, LANGUAGES)
def test_what_a_decision_says_always_passes(fen: int, at: datetime, language: Language) -> None:
    """A decision's own amount and deadlines are never held back."""
    decision = decided(fen, at)
    deadline = decision.deadlines[0].at
    text = f"{money(fen)} {money(-fen)} {moment(deadline, language)} {day(deadline, language)}"
    assert unsupported(text, [decision]) == ()


@settings(deadline=None)
@given(st.integers(2, 10**9), MOMENTS, st.sampled_from([-1, 1]))
def test_an_amount_off_by_a_fen_never_passes(fen: int, at: datetime, off: int) -> None:
    """One fen more or less than the decision's is found, however it happens to look like a day or an hour."""
    wrong = f"¥{(fen + off) / 100:.2f}".rstrip("0").rstrip(".")
    assert unsupported(f"退您 {money(fen + off)}", [decided(fen, at)]) == (wrong,)
    assert unsupported(f"退您 {(fen + off) / 100:.2f} 元", [decided(fen, at)]) == (wrong,)


@settings(deadline=None)
@given(st.integers(1, 10**9), MOMENTS, st.integers(1, 300), LANGUAGES)
def test_a_date_that_was_not_decided_never_passes(fen: int, at: datetime, days: int, language: Language) -> None:
    """A deadline put off by a day, or by many, is found, though its month and its day may stand elsewhere."""
    decision = Decision("grant", "refund", at, "refund", amount=Amount(fen))
    assert unsupported(day(at + timedelta(days=days), language), [decision])


@settings(deadline=None)
@given(st.integers(0, 100_000), LANGUAGES)
def test_a_wait_is_told_in_minutes(seconds: int, language: Language) -> None:
    """The estimate in the queue's seconds may be said in minutes."""
    assert unsupported(wait(seconds, language), [QueuePlace(1, seconds)]) == ()


@settings(deadline=None)
@given(st.integers(61, 10**7))
def test_only_seconds_turn_into_minutes_and_only_fen_into_yuan(number: int) -> None:
    """A sum is no count of minutes, and a count is no sum."""
    assert unsupported(f"{number * 60} 分钟", [Amount(number * 3600)])
    assert unsupported(f"¥{number}", [QueuePlace(number, 0)])
    assert unsupported(f"{number * 100} 件", [Amount(number * 10_000)])


def test_the_lines_of_a_sum_are_sources() -> None:
    """What was paid and what is taken off may be named beside the amount."""
    lines = (AmountLine(Text("实付", "Paid"), 20900), AmountLine(Text("运费", "Freight"), -1000))
    assert unsupported("实付 ¥209.00，减运费 ¥10.00，退您 ¥199.00", [Amount(19900, lines=lines)]) == ()


def test_sums_are_compared_in_their_own_currency() -> None:
    """A thousand yen are no ten yen, in the amount and in its lines, and euros keep their cents."""
    lines = (AmountLine(Text("实付", "Paid"), 1500), AmountLine(Text("已退", "Refunded"), -201))
    yen = Amount(1299, "JPY", lines)
    assert unsupported("JP¥1,500 less JP¥201 is JP¥1,299", [yen]) == ()
    assert unsupported("JP¥12.99", [yen]) == ("¥12.99",)
    assert unsupported("€12.99", [Amount(1299, "EUR")]) == ()


def test_facts_of_a_proof_are_sources() -> None:
    """Money inside a mapping of facts counts as money by its name."""
    assert unsupported("¥32.00", [{"item.current_price_fen": 3200}]) == ()
    assert unsupported("¥32.00", [{"item.warranty_months": 3200}]) == ("¥32",)


def test_marks_are_no_numbers() -> None:
    """The mark of a citation says nothing about amounts or days."""
    assert figures_in("可以退[1]，运费由商家承担。[12]") == set()
    assert numbers_in("[3] 天") == set()


def test_truth_is_no_number() -> None:
    """A fact that is true does not allow a one in the text."""
    assert unsupported("第 1 条", [True, None, {"has_photo": True}]) == ("1",)


def test_forms_of_the_same_number_are_one() -> None:
    """Thousands separators, cents that are nought and words in two languages change nothing."""
    assert numbers_in("1,299.00") == numbers_in("1299") == {"1299"}
    assert numbers_in("三天") == numbers_in("three days") == numbers_in("3 天") == {"3"}
    assert figures_in("¥1,299.00") == figures_in("1299元") == figures_in("1299 yuan") == {"¥1299"}
    assert unsupported("2026年3月5日", [date(2026, 3, 5)]) == ()
