"""Figures that stand in a rule's words."""

import re
from collections.abc import Callable

import pytest

from assistant.decisions.book import RuleBook, load_book
from assistant.decisions.figures import with_figures
from knowledge.errors import BadKnowledge
from knowledge.text import Text


def test_a_text_tells_the_figure_in_force() -> None:
    """A number of days, a sum and a length of time are told as people write them, in both languages."""
    text = Text("{days}天，最低{least_fen}元，{within}上门", "{days} days, at least {least_fen} yuan, in {within}")
    told = with_figures(text, {"days": 9, "least_fen": 350, "within": "2h"})
    assert told == Text("9天，最低3.50元，2小时上门", "9 days, at least 3.50 yuan, in 2 hours")
    assert with_figures(Text("{a_fen}元", "{a_fen} yuan"), {"a_fen": 10000}).zh == "100元"


@pytest.mark.parametrize("figures", [{}, {"x": [1, 2]}, {"x": True}])
def test_a_figure_that_can_t_be_told_is_refused(figures: dict[str, object]) -> None:
    """A misspelt name, a list or a switch in a sentence is an error, not a gap in what the buyer reads."""
    with pytest.raises(ValueError, match="unknown figure"):
        with_figures(Text("{x}天", "{x} days"), figures)


def test_a_platform_s_own_figure_is_told() -> None:
    """Who gives ten days for a no-reason return reads of ten days in the reasons, not of our seven."""
    rule = load_book(parameters={"no_reason_days": 10}).rule("cn.return.seven-day")
    assert rule is not None
    assert "10天" in rule.because.zh
    assert "10 days" in rule.because.en


def test_a_misspelt_figure_is_named_with_its_line(write_book: Callable[..., RuleBook]) -> None:
    """The error says which file and line hold a figure that nothing declares."""
    with pytest.raises(BadKnowledge, match=r"unknown figure `\{dayz\}`") as wrong:
        write_book("""
            parameters: {days: {default: 7, about: {zh: 天, en: days}}}
            rules:
              - id: a.rule
                title: {zh: 甲, en: A}
                because: {zh: '{dayz}天', en: '{days} days'}
                rank: platform
                cites: [a#1]
                claim: [return]
                grant: {remedy: refund}
        """)
    assert wrong.value.line > 1


def test_no_shipped_text_keeps_a_blank(book: RuleBook) -> None:
    """Every figure named in the shipped reasons and titles is filled in."""
    texts = [text for rule in book.rules for text in (rule.title, rule.because)]
    texts += [part.because for rule in book.rules for part in (*rule.when, *rule.unless) if part.because]
    assert not [text for text in texts if re.search(r"[{}]", text.zh + text.en)]
