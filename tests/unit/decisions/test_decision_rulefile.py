"""Rule files: what is wrong in one is named with file and line; figures can be set within the law."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from assistant.decisions.book import RuleBook, load_book
from knowledge.errors import BadInput, BadKnowledge

WriteBook = Callable[..., RuleBook]

RULE = """\
rules:
  - id: a.rule
    title: {zh: 甲, en: A}
    because: {zh: 因为, en: because}
    rank: platform
    cites: [returns#1.1]
    claim: [return]
    when:
      - order.delivered
      - %s
    grant: {remedy: return_and_refund, amount: item.refundable}
"""


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("claim.reason ==", "not a CEL expression"),
        ("claim.resaon == 'quality'", "unknown fact `claim.resaon`"),
        ("claim.reason == 'qualty'", "never 'qualty'"),
        ("claim.reason in ['quality', 'dull']", "never 'dull'"),
        ("claim.reason == 3", "`claim.reason` is enum"),
        ("item.quantity == '3'", "`item.quantity` is int"),
        ("order.delivered == 1", "`order.delivered` is bool"),
        ("order.paid_at < 5", "`order.paid_at` is datetime"),
        ("claim.reason + 1 < 2", "Unsupported operation"),
        ("item.quantity", "comes to int, not bool"),
        ("days(order.paid_at) < 3", "days"),
        ("item.quantity < param.nothing", "unknown parameter"),
    ],
)
def test_a_wrong_condition_is_named_with_file_and_line(write_book: WriteBook, condition: str, message: str) -> None:
    """Syntax errors, unknown facts and ill-typed comparisons point at their own line."""
    quoted = '"' + condition.replace('"', '\\"') + '"'
    with pytest.raises(BadKnowledge, match=message) as caught:
        write_book(RULE % quoted)
    assert caught.value.line == 10
    assert caught.value.path.endswith("rules.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("claim: [return]", "claim: [retrun]", 7, "unknown claim `retrun`"),
        ("rank: platform", "rank: king", 5, "rank"),
        ("remedy: return_and_refund", "remedy: hug", 11, "unknown remedy `hug`"),
        ("amount: item.refundable", "amount: item.refundible", 11, "unknown fact `item.refundible`"),
        ("amount: item.refundable", "amount: item.paid_fen > 3", 11, "comes to bool, not int"),
        ("amount: item.refundable", "deadlines: {refund: soon}", 11, "not a length of time"),
        ("    cites: [returns#1.1]\n", "", 2, "cites"),
        ("    rank: platform\n", "    rank: platform\n    colour: red\n", 6, "colour"),
    ],
)
def test_a_wrong_part_is_named_with_file_and_line(
    write_book: WriteBook, old: str, new: str, line: int, message: str
) -> None:
    """Unknown claims, remedies, facts and keys point at their own line."""
    text = (RULE % "item.custom_made").replace(old, new)
    with pytest.raises(BadKnowledge, match=message) as caught:
        write_book(text)
    assert caught.value.line == line


def test_an_example_with_an_unknown_fact_is_named(write_book: WriteBook) -> None:
    """An example can't pass by asking about a fact that isn't there."""
    text = RULE % "item.custom_made" + indent(dedent("""\
        examples:
          - name: one
            given: {item.colour: red}
            expect: {outcome: grant}
        """), "    ")
    with pytest.raises(BadKnowledge, match=r"item\.colour"):
        write_book(text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that isn't there is an error, not an empty book."""
    with pytest.raises(BadKnowledge, match="no such file"):
        load_book(tmp_path / "none.yaml")


def test_a_file_that_is_not_a_mapping_is_refused(write_book: WriteBook) -> None:
    """A list where rules are expected is named."""
    with pytest.raises(BadKnowledge, match="holds `rules:`"):
        write_book("- 1\n")


def test_a_platform_may_give_more_days_than_the_law_but_not_fewer() -> None:
    """Figures with a statutory minimum can only be raised."""
    assert load_book(parameters={"no_reason_days": 15}).parameters["no_reason_days"].value == 15
    with pytest.raises(BadInput, match="may not be below 7"):
        load_book(parameters={"no_reason_days": 3})


@pytest.mark.parametrize(
    ("given", "message"),
    [({"no_such": 1}, "parameter `no_such` is unknown"), ({"no_reason_days": "15"}, "must be int")],
)
def test_unknown_and_ill_typed_figures_are_refused(given: dict[str, object], message: str) -> None:
    """A platform's own figures are checked as well."""
    with pytest.raises(BadInput, match=message):
        load_book(parameters=given)  # type: ignore[arg-type]
