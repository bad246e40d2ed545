"""Figures in words: `{no_reason_days}` in a rule's text becomes the figure in force, so no reply tells another one."""

import re
from collections.abc import Mapping

from assistant.decisions.workdays import parse_span
from knowledge.text import Language, Text

_FIGURE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_UNITS: Mapping[Language, Mapping[str, str]] = {
    "zh": {"h": "小时", "d": "天", "wd": "个工作日", "m": "个月"},
    "en": {"h": " hours", "d": " days", "wd": " working days", "m": " months"},
}


def with_figures(text: Text, figures: Mapping[str, object]) -> Text:
    """The text with each `{name}` replaced by that figure: numbers as they are, `_fen` in yuan, spans in words.

    Raises:
        ValueError: there is no such figure, or it is a list or a switch, which no sentence can hold.
    """
    return Text(_filled(text.zh, "zh", figures), _filled(text.en, "en", figures))


def _filled(words: str, language: Language, figures: Mapping[str, object]) -> str:
    return _FIGURE.sub(lambda match: _in_words(match[1], figures, language), words)


def _in_words(name: str, figures: Mapping[str, object], language: Language) -> str:
    value = figures.get(name)
    if value is None or isinstance(value, bool | list):
        raise ValueError(f"unknown figure `{{{name}}}` in a text")
    if isinstance(value, str):
        span = parse_span(value)
        return f"{span.count}{_UNITS[language][span.unit]}"
    if name.endswith("_fen") and isinstance(value, int):
        return f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}"
    return str(value)
