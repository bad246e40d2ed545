"""The catalogue of facts, its file, and what is said of a wrong value."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.decisions.facts import default_catalog, load_catalog
from knowledge.errors import BadInput, BadKnowledge

CATALOG = default_catalog()


@pytest.mark.parametrize(
    ("space", "key", "value"),
    [
        ("claim", "reason", "boredom"), ("claim", "reason", 3), ("item", "paid_fen", -1), ("item", "paid_fen", 1.5),
        ("item", "quantity", True), ("order", "delivered", "yes"), ("order", "paid_at", "yesterday"),
        ("shop", "promises", "size_swap"), ("shop", "score", float("nan")), ("item", "paid_fen", 2**63),
    ],
)
def test_a_value_of_the_wrong_type_names_its_fact(space: str, key: str, value: object) -> None:
    """Whoever sends a wrong fact is told which."""
    with pytest.raises(BadInput, match=f"{space}.{key}"):
        CATALOG.validated({space: {key: value}})


def test_an_unknown_fact_is_refused_with_the_nearest_name() -> None:
    """A typing error in a fact's name doesn't pass as silence."""
    with pytest.raises(BadInput, match=r"`claim\.resaon`; did you mean `claim\.reason`"):
        CATALOG.validated({"claim": {"resaon": "quality"}})


def test_flat_facts_are_refused() -> None:
    """Facts that are not nested by namespace are named."""
    with pytest.raises(BadInput, match="nested"):
        CATALOG.validated({"claim.reason": "quality"})  # type: ignore[dict-item]


def test_times_are_taken_as_shanghai_where_no_zone_is_given_and_kept_in_utc() -> None:
    """A day without a time is its midnight in Shanghai."""
    facts = CATALOG.validated({"order": {"paid_at": "2026-06-16T08:00:00", "created_at": "2026-06-16"}})
    assert facts["order"]["paid_at"] == datetime(2026, 6, 16, tzinfo=UTC)
    assert facts["order"]["created_at"] == datetime(2026, 6, 15, 16, tzinfo=UTC)


def test_none_means_not_known() -> None:
    """A fact given as None is left out rather than taken as a value."""
    assert CATALOG.validated({"claim": {"reason": None}}) == {"claim": {}}


def test_every_fact_that_the_buyer_knows_can_be_asked_in_both_languages() -> None:
    """Questions have wording, and chips have labels and phrases, in Chinese and English."""
    for fact in CATALOG.facts.values():
        if fact.known_by == "buyer":
            assert fact.ask
            assert fact.input
            for option in (one for one in fact.options if one.by == "buyer"):
                assert option.phrases["zh"], (fact.name, option.value)
                assert option.phrases["en"], (fact.name, option.value)


def test_no_phrase_stands_for_two_values_of_one_fact() -> None:
    """What people type is never ambiguous between the answers of one question."""
    for language in ("zh", "en"):
        for fact, values in CATALOG.phrases(language).items():
            phrases = [phrase for said in values.values() for phrase in said]
            assert len(phrases) == len(set(phrases)), (fact, {p for p in phrases if phrases.count(p) > 1})


def test_values_are_described_in_words() -> None:
    """Labels, money, times and yes or no are told as people read them."""
    assert CATALOG.describe("item.condition", "unopened", "en") == "unopened"
    assert CATALOG.describe("item.paid_fen", 123456, "zh") == "¥1,234.56"
    assert CATALOG.describe("order.delivered", True, "zh") == "是"
    assert CATALOG.describe("order.paid_at", datetime(2026, 6, 16, 4, tzinfo=UTC), "en") == "2026-06-16 12:00"
    assert CATALOG.describe("claim.reason", None, "en") == "not known"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("facts:\n  a.b:\n    type: int\n    known_by: moon\n    label: {zh: 甲, en: a}\n", 4, "known_by"),
        ("facts:\n  a.b: {type: int, known_by: buyer, label: {zh: 甲, en: a}}\n", 2, "needs `ask`"),
        ("facts:\n  ab: {type: int, known_by: order, label: {zh: 甲, en: a}}\n", 2, "namespace.fact"),
        ("facts:\n  a.b: {type: int, known_by: order, default: x, label: {zh: 甲, en: a}}\n", 2, "whole number"),
        ("facts:\n  a.b: {type: int}\n  a.b: {type: int}\n", 3, "twice"),
        ("facts: [\n", 2, "not YAML"),
        ("facts:\n  a.b: {type: int, known_by: order, label: {zh: 甲}}\n", 2, "label"),
    ],
)
def test_a_wrong_facts_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    """The error points at the place to repair."""
    path = tmp_path / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadKnowledge, match=message) as caught:
        load_catalog(path)
    assert (caught.value.path, caught.value.line) == (str(path), line)
