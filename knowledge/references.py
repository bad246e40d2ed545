"""Clauses named in a question by their number: `消费者权益保护法第二十五条`, `article 25`, `6.3.1.2`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.clauses import Clause
from knowledge.words import plain

_ARTICLE = re.compile(r"第\s*(\d+)\s*条|(?:\barticle|\bart\.|\bsection|\bclause|§)\s*(\d+(?:\.\d+)*)")
_SECTION = re.compile(r"(?<![\d.])\d+(?:\.\d+){1,4}(?![\d.]*[元块%折kKgG])")
_SPOKEN = {
    "consumer-law": (
        "消费者权益保护法",
        "消保法",
        "消法",
        "consumer law",
        "consumer protection law",
        "consumer rights",
    ),
    "ecommerce-law": ("电子商务法", "电商法", "e-commerce law", "ecommerce law"),
    "after-sales-standard": ("售后服务标准", "售后标准", "标准", "standard"),
}
"""How people call the documents whose numbers are quoted; others are known by their id or their source's name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Numbers of articles or sections, and the documents named beside them."""

    numbers: frozenset[str]
    documents: frozenset[str]

    def names(self, clause: Clause) -> bool:
        """True when the clause has one of the numbers, in one of the documents if any is named."""
        return clause.anchor in self.numbers and (not self.documents or clause.document in self.documents)


def reference(question: str, documents: Sequence[str]) -> Reference:
    """The clauses that `question` names by number. A bare `6.3` counts only with three parts, or it may be a price."""
    text = plain(question)
    numbers = {number for pair in _ARTICLE.findall(text) for number in pair if number}
    numbers |= {number for number in _SECTION.findall(text) if number.count(".") >= 2}
    named = {d for d in documents if any(name in text for name in (d, *_SPOKEN.get(d, ())))}
    return Reference(frozenset(numbers), frozenset(named) if numbers else frozenset())
