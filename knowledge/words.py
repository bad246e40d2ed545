"""Search by words: BM25 over Chinese words, character pairs and English stems, and exact codes and article numbers.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with k1 = 1.2 and b = 0.4. A score is
given as a share of the best that any text could reach for the query, so that it means the same for every collection.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray

Scores = NDArray[np.float32]

K1, B = 1.2, 0.4

_CJK = "\u3400-\u9fff"
_LATIN = re.compile(r"[a-z][a-z']*")
_NUMBER = re.compile(r"\d+(?:\.\d+)*%?")
_CHINESE = re.compile(f"[{_CJK}]+")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9-]*\d)(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千]+(?=[个]?[天日周月年倍次条款项章元块小分]|成)")
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_STOP = frozenset((Path(__file__).parent / "data" / "stop-words.txt").read_text(encoding="utf-8").split())


def plain(text: str) -> str:
    """`text` in one form: full width to half, lower case, numbers before units in digits (`七天` becomes `7天`)."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _NUMERAL.sub(lambda m: str(chinese_number(m[0])), folded)


def chinese_number(numeral: str) -> int:
    """The value of a Chinese numeral below ten thousand: `二十五` is 25, `一百零三` is 103, `二零` is 20."""
    if not any(unit in numeral for unit in _UNITS):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def terms(text: str) -> list[str]:
    """The words of `text` that search goes by, repeated as they are; in no useful order."""
    folded = plain(text)
    found = [_stem(w) for w in _LATIN.findall(folded)] + _NUMBER.findall(folded)
    for run in _CHINESE.findall(folded):
        found += [w for w in rjieba.cut_for_search(run) if len(w) > 1]
        found += [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 1 else [run]
    return [term for term in found if term not in _STOP]


def codes(text: str) -> frozenset[str]:
    """The codes in `text`: letters and digits together, such as a SKU or an error code; in upper case."""
    return frozenset(m[0].upper() for m in _CODE.finditer(unicodedata.normalize("NFKC", text)))


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """An English word without its commonest endings: rough, and the same for query and text."""
    word = word.removesuffix("'s").strip("'")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


class WordIndex:
    """BM25 over a fixed list of texts, which scores go by in the same order."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(terms(text)) for text in texts]
        self._size = len(counts)
        self._weights = _weights(counts)
        self._rarity = {t: _idf(len(rows), self._size) for t, (rows, _) in self._weights.items()}
        self._unseen = _idf(0, max(self._size, 1))

    def scores(self, query: str) -> Scores:
        """How well each text matches, 0 to 1: the share of the query's weight that it earns."""
        total = np.zeros(self._size, np.float32)
        possible = 0.0
        for term in set(terms(query)):
            rarity = self._rarity.get(term, self._unseen)
            possible += rarity * (K1 + 1)
            if term in self._weights:
                rows, weights = self._weights[term]
                total[rows] += rarity * weights
        return total / possible if possible else total


def overlap(query: str, text: str) -> float:
    """The share of the query's terms that `text` has, 0 to 1; 0 for a query without terms."""
    wanted = set(terms(query))
    return len(wanted & set(terms(text))) / len(wanted) if wanted else 0.0


def _idf(texts_with: int, texts: int) -> float:
    """How much a term tells (Robertson and Sparck Jones, kept above zero)."""
    return math.log1p((texts - texts_with + 0.5) / (texts_with + 0.5))


def _weights(counts: Sequence[Counter[str]]) -> dict[str, tuple[NDArray[np.int32], Scores]]:
    """For each term, the texts that have it and its saturated weight in each."""
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / max(len(lengths), 1) or 1.0
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for row, (count, length) in enumerate(zip(counts, lengths, strict=True)):
        norm = K1 * (1 - B + B * length / mean)
        for term, times in count.items():
            postings[term].append((row, times * (K1 + 1) / (times + norm)))
    return {
        term: (np.array([r for r, _ in rows], np.int32), np.array([w for _, w in rows], np.float32))
        for term, rows in postings.items()
    }
