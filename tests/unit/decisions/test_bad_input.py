"""Bad input at the door: what can't be meant is refused with its place, what contradicts itself goes to a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.conditions import compile_condition, make_context
from assistant.decisions.engine import decide
from assistant.decisions.sources import parse_source
from assistant.decisions.yaml_limits import MOST_BYTES, MOST_DEPTH
from knowledge.errors import BadInput, BadKnowledge

Delivered = Callable[..., dict[str, dict[str, Any]]]
NAMES = ["order.paid_fen", "order.refunded_fen", "shop.promises", "item.category"]

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("rules:\n  - " + "[" * 1_000_000, 2, f"more than {MOST_DEPTH} deep"),
        ("rules:\n" + "- " * 900_000, 2, f"more than {MOST_DEPTH} deep"),
        ("{a: " * 400_000, 1, f"more than {MOST_DEPTH} deep"),
        ("\n".join(" " * n + "a:" for n in range(200)), MOST_DEPTH, f"more than {MOST_DEPTH} deep"),
        (BOMB, 6, "aliases written out"),
        ("a: 1\nb: &b [*b]\n", 2, "stands inside of what it stands for"),
        ("a: *nothing\n", 1, "undefined alias"),
        ("rules: []\n#" + "x" * 5_000_000, 1, "more than 2 MB"),
        ("a: \x00\n", 1, "not YAML"),
    ],
    ids=["flow", "block", "mappings", "lines", "bomb", "itself", "undefined", "5 MB", "control character"],
)
def test_a_file_that_is_too_much_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    """Bombs of aliases, a million levels, five megabytes: named at once, and the process lives on."""
    with pytest.raises(BadKnowledge, match=message) as caught:
        parse_source(text, "own.yaml")
    assert (caught.value.path, caught.value.line) == ("own.yaml", line)


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    """A file of gigabytes isn't taken into memory to be refused."""
    path = tmp_path / "huge.yaml"
    with path.open("wb") as out:
        out.truncate(MOST_BYTES * 10_000)
    with pytest.raises(BadKnowledge, match="more than 2 MB"):
        load_book(path)


def test_aliases_as_rule_files_use_them_are_read(write_book: Callable[..., RuleBook]) -> None:
    """Shared conditions and merged rules stay possible."""
    assert parse_source("a: &a {b: 1}\nc: {<<: *a}\nd: [*a, *a]\n", "own.yaml").data["c"] == {"b": 1}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[1, 2].all(x, [1, 2].all(y, x < y))", "a loop .* inside a loop"),
        ("shop.promises.exists(p, shop.promises.exists(q, q == p))", "a loop .* inside a loop"),
        ("[1].map(x, [2].filter(y, y > x)) == []", "a loop .* inside a loop"),
        ("true" + " && true" * 400, "longer than"),
        ("(" * 900 + "true" + ")" * 900, "not a CEL expression"),
        ("secret == 1", "unknown name `secret`"),
        ("[1].all(x, secret == x)", "unknown name `secret`"),
        ("order['paid_fen'] > 3", "unknown name `order`"),
        ("order.paid_fen > 3 && order['secret'] == 1", "unknown name `order`"),
        ("has(order.secret)", "unknown fact `order.secret`"),
        ("order.paid_fen.secret == 1", "unknown name `secret`"),
        ("size(order) > 3", "unknown name `order`"),
        ("open('/etc/passwd') == ''", "unknown function `open`"),
        ("order.__class__ == 1", "unknown"),
    ],
)
def test_an_expression_that_may_not_be_is_named(expression: str, message: str) -> None:
    """Loops in loops, endless length, and whatever reads more than the facts it names."""
    with pytest.raises(ValueError, match=message):
        compile_condition(expression, NAMES)


@pytest.mark.parametrize(
    "expression",
    [
        "shop.promises.exists(p, p.startsWith('size')) && shop.promises.all(q, q != '')",
        "item.category in ['a', 'b']",
        "has(order.paid_fen) && order.paid_fen > 3", "'order.secret' == item.category",
        "[1, 2].map(x, x + 1) == [2, 3]",
    ],
)
def test_an_expression_as_rules_write_it_compiles(expression: str) -> None:
    """One loop after another, names in quotes, lists."""
    assert compile_condition(expression, NAMES)


@pytest.mark.parametrize("expression", ["order.paid_fen / order.refunded_fen > 2", "order.paid_fen % 0 == 1"])
def test_a_sum_that_fails_is_open(expression: str) -> None:
    """A division by nought neither grants nor refuses."""
    condition = compile_condition(expression, NAMES)
    assert condition.evaluate(make_context({"order": {"paid_fen": 4, "refunded_fen": 0}})) == "open"


def test_the_longest_loop_comes_to_an_end() -> None:
    """The largest list that a fact may hold is looked through once, and no pattern takes it back and forth."""
    condition = compile_condition("shop.promises.all(p, p.contains('x') || p.matches('^(a+)+$'))", NAMES)
    context = make_context({"shop": {"promises": ["a" * 100 + "b"] * 1_000}})
    assert condition.evaluate(context) == "false"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("order__paid_fen", -1, "0 to 10\\^12"),
        ("order__paid_fen", 10**15, "0 to 10\\^12"),
        ("order__paid_fen", 10**30, "must be"),
        ("item__quantity", 0, "1 or more"),
        ("item__quantity", -3, "0 to 10\\^12"),
        ("claim__quantity", 2, "2, and 1 were bought"),
        ("shop__score", float("inf"), "must be"),
        ("item__category", "weapons", "knows apparel"),
        ("order__currency", "yuan", "a code such as CNY"),
        ("order__created_at", "0001-01-01", "years 1970 to 2199"),
        ("shop__promises", ["x"] * 1_001, "1,001 entries"),
        ("order__currency", "x" * 10_001, "10,001 letters"),
    ],
)
def test_facts_that_nobody_can_mean_are_refused(
    book: RuleBook, delivered: Delivered, now: datetime, name: str, value: object, message: str
) -> None:
    """Negative and absurd amounts, more claimed than bought, unknown categories and currencies: the fact is named."""
    with pytest.raises(BadInput, match=message) as caught:
        decide(book, delivered(claim__reason="quality", **{name: value}), now)
    assert name.replace("__", ".") in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"order__dispatched_at": -1}, "order.delivered_at,order.dispatched_at"),
        ({"order__paid_at": -30}, "order.paid_at,order.created_at"),
        ({"order__delivered_at": 2}, "order.delivered_at"),
        ({"claim__at": -9}, "claim.at,order.created_at"),
        ({"order__state": "paid"}, "order.delivered_at,order.state"),
        ({"order__state": "unpaid", "order__paid_at": -5}, "order.paid_at,order.state"),
        ({"item__refunded_fen": 20000}, "item.refunded_fen,item.paid_fen"),
        ({"order__refunded_fen": 30000}, "order.refunded_fen,order.paid_fen"),
        ({"item__paid_fen": 30000}, "item.paid_fen,order.paid_fen"),
        ({"order__currency": "USD"}, "order.currency"),
    ],
)
def test_records_that_contradict_themselves_go_to_a_person(
    book: RuleBook, delivered: Delivered, now: datetime, changes: dict[str, Any], named: str
) -> None:
    """No rule applies to what can't be; the decision names the facts, in words too."""
    values = {
        name: now + timedelta(days=value) if name.endswith("_at") or name.endswith("__at") else value
        for name, value in changes.items()
    }
    decision = decide(book, delivered(claim__reason="quality", **values), now)
    assert decision.outcome == "review"
    assert named in decision.notes["contradictory"]
    assert "需人工核实" in decision.because[0].zh
    assert "a person must check" in decision.because[0].en


def test_clocks_that_differ_by_minutes_contradict_nothing(book: RuleBook, delivered: Delivered, now: datetime) -> None:
    """A parcel scanned a moment before the order's own clock says so is no contradiction."""
    facts = delivered(days_ago=0, claim__reason="quality", order__dispatched_at=now + timedelta(minutes=5))
    assert decide(book, facts, now).outcome != "review"
