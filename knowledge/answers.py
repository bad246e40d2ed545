"""A short answer taken from clauses, word for word, so that no number in it can be wrong unless a clause is.

Of a long clause the one or two sentences are kept that share most with the question and have what its kind asks
for: a time for "when", money for "how much", a party for "who". Each is followed by the number of its citation.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.clauses import Clause
from knowledge.search import Hit
from knowledge.text import Language
from knowledge.words import overlap, plain, terms

SHORT: Mapping[Language, int] = {"zh": 120, "en": 320}
"""Clauses up to this many characters are given whole."""

NEARLY_AS_GOOD = 0.93
"""A second clause is quoted beside the first when its score is at least this share of the first one's."""

_SENTENCE = re.compile(r"(?<=[。！？!?])|(?<=[.])\s+(?=[A-Z0-9])|\n+")
# What a kind of question asks with, and what a sentence that answers it has.
_KINDS = (
    (
        re.compile(r"几天|多久|多长时间|什么时候|何时|几号|期限|时效|when|how long|how many days|deadline"),
        re.compile(r"\d+\s*(个)?(工作日|自然日|小时|分钟|天|日|周|月|年)|\d+.{0,12}(day|hour|month|year|week|minute)"),
    ),
    (
        re.compile(r"多少钱|多少|几倍|比例|赔多少|how much|how many|percent"),
        re.compile(r"\d+(\.\d+)?\s*(元|%|倍|成|分|次|件)|[¥￥]\s*\d|yuan|percent|times|per cent"),
    ),
    (
        re.compile(r"谁|哪个出|哪边|归谁|who|whose"),
        re.compile(r"由.{1,12}(承担|负责|支付|出)|buyer|seller|merchant|platform|borne"),
    ),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences of clauses, each with its mark; mark `[n]` stands for `citations[n - 1]`, a clause id."""

    text: str
    citations: tuple[str, ...]
    language: Language


def answer(question: str, hits: Sequence[Hit], language: Language) -> Answer | None:
    """The answer that `hits`, best first, hold; None when there are none. Whether they hold it, coverage says."""
    if not hits:
        return None
    quotes = [(hits[0].clause, _quote(question, hits[0].clause, language, sentences=2))]
    if second := _second(hits):
        quote = _quote(question, second, language, sentences=1)
        if sum(map(len, (quotes[0][1], quote))) <= SHORT[language] * 1.5:
            quotes.append((second, quote))
    gap = " " if language == "en" else ""
    text = gap.join(f"{quote}{gap}[{number}]" for number, (_, quote) in enumerate(quotes, 1))
    return Answer(text, tuple(clause.id for clause, _ in quotes), language)


def _second(hits: Sequence[Hit]) -> Clause | None:
    """The next clause, if it is nearly as good as the first and of a document of its own."""
    if len(hits) < 2 or hits[1].score < NEARLY_AS_GOOD * hits[0].score:
        return None
    return hits[1].clause if hits[1].clause.document != hits[0].clause.document else None


def _quote(question: str, clause: Clause, language: Language, sentences: int) -> str:
    """The clause whole when it is short; otherwise its best sentences, in their order."""
    text = clause.text.in_(language).strip()
    if len(text) <= SHORT[language] and sentences > 1:
        return text
    parts = [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]
    best = sorted(range(len(parts)), key=lambda i: (-_fit(question, parts[i]), i))[:sentences]
    gap = " " if language == "en" else ""
    return gap.join(parts[i] for i in sorted(best))


def _fit(question: str, sentence: str) -> float:
    """How well a sentence answers: the words that it shares, and whether it has what the kind of question wants."""
    asked, said = plain(question), plain(sentence)
    wanted = [has for ask, has in _KINDS if ask.search(asked)]
    typed = sum(bool(has.search(said)) for has in wanted) / len(wanted) if wanted else 0.0
    return overlap(question, sentence) + 0.35 * typed - (0.2 if len(terms(sentence)) < 3 else 0.0)
