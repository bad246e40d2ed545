"""The warning on a return: each signal speaks when it should, none is a verdict, and nothing unknown counts."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.integrity.book import REPORT_FACTS, SIGNAL_FACTS, default_risk, load_risk
from assistant.integrity.risk import ADVICE, assess
from knowledge.corpus import load_corpus
from knowledge.errors import BadKnowledge

TRIED: dict[str, tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]] = {
    "parcel.empty": ({"order": {"sent_weight_g": 800, "returned_weight_g": 159}},
                     {"order": {"sent_weight_g": 800, "returned_weight_g": 160}}),
    "parcel.light": ({"order": {"sent_weight_g": 800, "returned_weight_g": 559}},
                     {"order": {"sent_weight_g": 800, "returned_weight_g": 560}}),
    "buyer.returns_often": ({"buyer": {"returns_12m": 9, "returns_percent": 61}, "shop": {"returns_percent": 20}},
                            {"buyer": {"returns_12m": 4, "returns_percent": 90}, "shop": {"returns_percent": 20}}),
    "address.shared": ({"address": {"accounts": 3}}, {"address": {"accounts": 2}}),
    "picture.reused": ({"picture": {"reused": 1}}, {"picture": {"reused": 0}}),
    "picture.generated": ({"picture": {"labelled_generated": True}}, {"picture": {"labelled_generated": False}}),
    "picture.edited": ({"picture": {"edited": True}}, {"picture": {"edited": False}}),
    "picture.before_delivery": ({"picture": {"days_before_delivery": 2}}, {"picture": {"days_before_delivery": 1}}),
    "picture.other_device": ({"picture": {"devices": 2}}, {"picture": {"devices": 1}}),
}
ACCUSING = ("骗", "作弊", "恶意", "欺诈", "羊毛", "fraud", "cheat", "scam", "liar", "abuse")


@pytest.mark.parametrize("signal", [one.id for one in default_risk().signals])
def test_each_signal_speaks_at_its_edge_and_not_before(signal: str) -> None:
    """Every shipped signal is tried on both sides of its edge."""
    holds, fails = TRIED[signal]
    assert signal in [one.signal for one in assess(default_risk(), holds).noticed]
    assert signal not in [one.signal for one in assess(default_risk(), fails).noticed]


def test_what_is_not_known_adds_nothing() -> None:
    """Without any facts there is no weight, no hint, and the mildest advice."""
    found = assess(default_risk(), {})
    assert (found.level, found.weight, found.noticed) == ("low", 0, ())


@given(st.lists(st.sampled_from(sorted(TRIED)), unique=True))
def test_weights_add_up_to_a_hundred_at_most_and_levels_follow(chosen: list[str]) -> None:
    """More signals never make a warning lighter, it never exceeds 100, and the heaviest reason comes first."""
    facts: dict[str, dict[str, Any]] = {}
    for signal in chosen:
        for space, values in TRIED[signal][0].items():
            facts[space] = {**facts.get(space, {}), **values}
    found = assess(default_risk(), facts)
    weights = [one.weight for one in found.noticed]
    assert found.weight == min(100, sum(weights))
    assert weights == sorted(weights, reverse=True)
    levels = default_risk().levels
    expected = "check" if found.weight >= levels["check"] else "look" if found.weight >= levels["look"] else "low"
    assert found.level == expected


def test_no_single_signal_reaches_the_highest_level() -> None:
    """One hint alone never makes the gravest warning."""
    assert all(one.weight < default_risk().levels["check"] for one in default_risk().signals)


def test_words_do_not_accuse() -> None:
    """Nothing that merchants read about a return calls the buyer names."""
    said = [one.reason for one in default_risk().signals] + list(ADVICE.values())
    assert not [text for text in said for word in ACCUSING if word in text.zh or word in text.en.lower()]


def test_reports_cannot_see_signals() -> None:
    """The rules that decide reports look at evidence and the buyer's account, not at habits or pictures' traces."""
    assert {"order.sent_weight_g", "order.returned_weight_g"} == REPORT_FACTS & SIGNAL_FACTS


def test_everything_rests_on_clauses_that_exist() -> None:
    """Signals, rules and consequences name clauses of the shipped policies."""
    book, known = default_risk(), {clause.id for clause in load_corpus()}
    cited = {id_ for part in (book.signals, book.decides, book.consequences) for one in part for id_ in one.citations}
    assert cited <= known


def test_a_platform_lays_its_own_figures_over(tmp_path: Path) -> None:
    """A file with a known id replaces that signal; figures it sets count; the others stay."""
    own = tmp_path / "risk.yaml"
    own.write_text("parameters: {accounts_at_address: 10}\n", encoding="utf8")
    book = load_risk(own)
    assert not assess(book, {"address": {"accounts": 9}}).noticed
    assert len(book.signals) == len(default_risk().signals)


@pytest.mark.parametrize(
    "wrong",
    [
        "signals: [{id: x, when: 'buyer.name == 1', weight: 5, reason: {zh: 甲, en: a}, cites: [a#1]}]",
        "signals: [{id: x, when: 'picture.edited', weight: 90, reason: {zh: 甲, en: a}, cites: [a#1]}]",
        "decides: [{id: x, when: 'picture.reused > 0', decides: upheld, because: {zh: 甲, en: a}, cites: [a#1]}]",
        "consequences: [{id: x, when: 'file.findings > 0', level: 2, lasts: soon, label: {zh: 甲, en: a},"
        " because: {zh: 甲, en: a}, cites: [a#1]}]",
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    """Unknown facts, too great a weight, a verdict by a signal and a span that is none name file and line."""
    own = tmp_path / "risk.yaml"
    own.write_text(wrong, encoding="utf8")
    with pytest.raises(BadKnowledge, match=r"risk\.yaml:1"):
        load_risk(own)
