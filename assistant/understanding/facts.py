"""Facts in what people say, by the phrases that the catalogue of facts lists for each value, with negation.

"没拆" says that it is unopened and "拆了" that it is opened; "不是质量问题" says nothing about quality. An answer
is read in the
light of what was asked: "第二个", "没拆", "嗯" or "昨天" mean something only then.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.understanding.acts import read_consent
from assistant.understanding.dates import parse_days
from assistant.understanding.numerals import ARABIC, ZH_NUMBER, parse_number
from assistant.understanding.reading import FactValue, Mention

Phrases = Mapping[str, Mapping[FactValue, Sequence[str]]]
"""What people type, by fact and value: `{"item.condition": {"unopened": ("没拆", …)}}`."""

_DENIED = re.compile(
    r"(?:(?<!是)(?:没有?|不是?|未|并非|并不|从未|别|无|唔系|冇)(?:什么|怎么|太|被|有|过|再|存在)?"
    r"|\b(?:not|isn't|wasn't|aren't|never|no|without|haven't|hasn't|didn't|don't|doesn't|nothing)(?: (?:a|an|any"
    r"|been|it|the|really|at all))*)\s?$",
    re.IGNORECASE,
)
_LOOK_BACK = 24  # characters before a phrase in which a denial may stand


@dataclass(frozen=True, slots=True)
class _Found:
    value: FactValue
    start: int
    length: int
    denied: bool


def read_facts(text: str, phrases: Phrases) -> dict[str, FactValue]:
    """The facts that a text states. For each fact the longest phrase counts, then the later one.

    A denied phrase counts for nothing, except that denying one side of a yes-or-no fact states the other.
    """
    facts: dict[str, FactValue] = {}
    for name, values in phrases.items():
        found = _longest(_occurrences(text, values))
        if found is None:
            continue
        if not found.denied:
            facts[name] = found.value
        elif isinstance(found.value, bool):
            facts[name] = not found.value
    return facts


def _occurrences(text: str, values: Mapping[FactValue, Sequence[str]]) -> list[_Found]:
    """All phrases found, but not those that stand inside a longer one: "用过" inside "没用过"."""
    lowered = text.lower()      # a plain look first: of thousands of phrases a message has a handful
    found = [
        _Found(value, match.start(), len(match[0]), _is_denied(text, match.start()))
        for value, words in values.items()
        for phrase in words
        if phrase.lower() in lowered
        for match in _pattern(phrase).finditer(text)
    ]
    return [f for f in found if not any(_inside(f, other) for other in found)]


def _inside(small: _Found, large: _Found) -> bool:
    return (
        large.length > small.length
        and large.start <= small.start
        and small.start + small.length <= large.start + large.length
    )


def _is_denied(text: str, start: int) -> bool:
    return bool(_DENIED.search(text[max(0, start - _LOOK_BACK) : start]))


def _longest(found: list[_Found]) -> _Found | None:
    """Stated before denied, then longer, then later."""
    return max(found, key=lambda f: (not f.denied, f.length, f.start), default=None)


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    escaped = re.escape(phrase.strip())
    if phrase[:1].isascii():
        escaped = rf"(?<![a-z0-9]){escaped}" + (r"(?![a-z])" if phrase[-1:].isalpha() else "")
    return re.compile(escaped, re.IGNORECASE)


# --- answers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """A value that may be answered, and the words (label and phrases, any language) that say it."""

    value: FactValue
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """What was just asked. `type` is a fact's type, or `choice` for a list of things; options stand as offered."""

    name: str
    type: str
    options: tuple[AnswerOption, ...] = ()


def read_answer(text: str, question: AskedQuestion, mentions: Sequence[Mention] = ()) -> FactValue | None:
    """The value that a message answers with, or None when it answers something else or nothing."""
    said = text.strip()
    for read in (_exactly, _by_place, _by_phrase, _yes_or_no, _by_kind):
        value = read(said, question, mentions)
        if value is not None:
            return value
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\s,，.。!！~～、]+|[吧啊呀呢哦哈的了]+$", "", text.lower())


def _exactly(text: str, question: AskedQuestion, _: Sequence[Mention]) -> FactValue | None:
    said = _bare(text)
    for option in question.options:
        if said and said in {_bare(word) for word in (*option.words, str(option.value))}:
            return option.value
    return None


def _by_place(text: str, question: AskedQuestion, mentions: Sequence[Mention]) -> FactValue | None:
    """A place ("the second one", "最后一个"), or a bare "2" where at least two are offered."""
    places = [m.value for m in mentions if m.kind == "ordinal" and isinstance(m.value, int)]
    if not places and question.type in ("choice", "enum") and re.fullmatch(r"[1-9]|10", _bare(text)):
        places = [int(_bare(text))]
    count = len(question.options)
    if len(places) != 1 or not -count <= places[0] <= count or places[0] == 0:
        return None
    return question.options[places[0] - 1 if places[0] > 0 else places[0]].value


def _by_phrase(text: str, question: AskedQuestion, _: Sequence[Mention]) -> FactValue | None:
    values = {option.value: option.words for option in question.options}
    return read_facts(text, {question.name: values}).get(question.name)


_HAS = re.compile(r"有(?:的|啊|呀|了|拍|照片)?|(?:都)?拍了|i do|i have|it (?:is|was|does|has)", re.IGNORECASE)
_HAS_NOT = re.compile(
    r"没有?(?:的|啊|呀|呢|拍|了)?|还没有?|无|冇|i (?:don't|haven't)|it (?:isn't|wasn't|doesn't|hasn't)|not yet",
    re.IGNORECASE,)


def _yes_or_no(text: str, question: AskedQuestion, _: Sequence[Mention]) -> FactValue | None:
    if question.type != "bool":
        return None
    said = _bare(text)
    if _HAS_NOT.fullmatch(said) or _HAS_NOT.fullmatch(text.strip(" .!。！")):
        return False
    if _HAS.fullmatch(said) or _HAS.fullmatch(text.strip(" .!。！")):
        return True
    return {"yes": True, "no": False}.get(read_consent(text))


def _by_kind(text: str, question: AskedQuestion, mentions: Sequence[Mention]) -> FactValue | None:
    """A day, a sum of money, a number, or any words, as the question's type wants it."""
    if question.type in ("date", "datetime"):
        days = [parse_days(str(m.value)) for m in mentions if m.kind == "date"]
        return days[0].last.isoformat() if days and (days[0].last - days[0].first).days <= 4 else None
    if question.type == "money":
        amounts = [m.value for m in mentions if m.kind == "amount"]
        number = _number_in(text)
        return amounts[0] if amounts else round(number * 100) if number is not None else None
    if question.type in ("int", "number"):
        number = _number_in(text)
        whole = number is not None and number == int(number)
        return None if number is None or (question.type == "int" and not whole) else int(number) if whole else number
    return text if question.type == "string" and text else None


_NUMBER_WORDS = re.compile(
    rf"{ARABIC}|{ZH_NUMBER}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twice|once)\b", re.IGNORECASE
)
_TIMES = {"once": 1.0, "twice": 2.0}
_LARGEST_NUMBER = 10**12


def _number_in(text: str) -> float | None:
    """The one number that a text names, once or again ("两份都臭了，2份"); None for none or several."""
    words = [word.lower() for word in _NUMBER_WORDS.findall(text)]
    numbers = {_TIMES[word] if word in _TIMES else parse_number(word) for word in words}
    number = numbers.pop() if len(numbers) == 1 else None
    return float(number) if number is not None and number < _LARGEST_NUMBER else None
