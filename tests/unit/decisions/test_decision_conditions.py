"""Conditions: three truth values, and errors that say what is wrong."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decisions.conditions import compile_condition, make_context, names_in
from assistant.decisions.judging import kleene
from assistant.decisions.jurisdiction import default_jurisdiction

CHINA = default_jurisdiction().calendar
NAMES = {"claim.reason", "claim.at", "order.paid_at", "item.quantity", "a.x", "a.y"}
TRUTHS = st.sampled_from(["true", "false", "open"])


def truth(expression: str, facts: dict[str, dict[str, object]]) -> str:
    """What an expression comes to over some facts."""
    return compile_condition(expression, NAMES).evaluate(make_context(facts, ["claim", "order", "item", "a"], CHINA))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a.x", "true"), ("!a.x", "false"), ("a.y", "open"), ("a.x || a.y", "true"), ("a.y || a.x", "true"),
        ("!a.x && a.y", "false"), ("a.y && !a.x", "false"), ("a.x && a.y", "open"), ("!a.y", "open"),
        ("has(a.y)", "false"),
    ],
)
def test_unknown_facts_leave_a_condition_open_unless_the_rest_settles_it(expression: str, expected: str) -> None:
    """An unknown fact makes a condition open, and `||` and `&&` absorb it in either order."""
    assert truth(expression, {"a": {"x": True}}) == expected


@given(st.lists(TRUTHS, max_size=6), st.lists(TRUTHS, max_size=4))
def test_all_of_when_and_none_of_unless_follow_kleene(when: list[str], unless: list[str]) -> None:
    """A rule is false as soon as one part says so, true only when every part agrees, and open otherwise."""
    result = kleene(tuple(when), tuple(unless))  # type: ignore[arg-type]
    blocked = "false" in when or "true" in unless
    settled = "open" not in when and "open" not in unless
    assert result == ("false" if blocked else "true" if settled else "open")


def test_a_sum_that_fails_is_open_not_false() -> None:
    """An expression that cannot be computed neither grants nor refuses; it is left to a person."""
    assert truth("10 / item.quantity > 1", {"item": {"quantity": 0}}) == "open"


def test_a_whole_namespace_may_be_unknown() -> None:
    """A claim without any parcel or shop is merely unknown, not an error."""
    assert truth("claim.reason == 'quality'", {}) == "open"


def test_parameters_are_constants_in_the_program_and_names_in_the_proof() -> None:
    """The proof shows `param.n`, the program computes with its value."""
    condition = compile_condition("item.quantity <= param.most", NAMES, {"most": 3})
    assert condition.expression == "item.quantity <= param.most"
    assert condition.source == "item.quantity <= 3"
    assert condition.evaluate(make_context({"item": {"quantity": 3}})) == "true"


def test_missing_names_the_facts_to_ask_but_not_those_in_has() -> None:
    """A fact that stands in `has()` counts when said and is never asked."""
    condition = compile_condition("a.x && (has(a.y) && a.y) && item.quantity > 1", NAMES)
    assert condition.missing({}) == ("a.x", "item.quantity")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("claim.reason ==", "not a CEL expression"), ("claim.reson == 'x'", "unknown fact `claim.reson`"),
        ("reason == 'x'", "unknown name `reason`"), ("weeks(claim.at, order.paid_at) > 1", "unknown function `weeks`"),
        ("item.quantity < param.none", "unknown parameter `param.none`"),
    ],
)
def test_a_wrong_condition_says_what_is_wrong(expression: str, message: str) -> None:
    """Syntax errors, unknown facts, functions and parameters are named when a rule is loaded."""
    with pytest.raises(ValueError, match=message):
        compile_condition(expression, NAMES)


def test_names_inside_text_are_not_facts() -> None:
    """A dotted word in quotes is text."""
    assert names_in("claim.reason == 'a.b' || a.x") == ("claim.reason", "a.x")


def test_lists_can_be_searched() -> None:
    """CEL's macros work over lists, with names of their own."""
    condition = compile_condition("['q', 'r'].exists(r, r == claim.reason)", NAMES)
    assert condition.evaluate(make_context({"claim": {"reason": "r"}})) == "true"


def test_days_are_natural_days_in_shanghai() -> None:
    """From 23:50 on one day to 00:10 on the next is one day, although it is twenty minutes."""
    facts = {
        "order": {"paid_at": datetime(2026, 6, 1, 15, 50, tzinfo=UTC)},
        "claim": {"at": datetime(2026, 6, 1, 16, 10, tzinfo=UTC)},
    }
    assert truth("days(order.paid_at, claim.at) == 1", facts) == "true"
