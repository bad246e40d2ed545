"""Words for goods and colours: what a text names, and whether an order's line is such a thing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from knowledge.errors import BadKnowledge

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Named:
    """`text[start:end]` names one of these things (numbers of lines), or anything of these categories."""

    start: int
    end: int
    things: frozenset[int]
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words to what they mean. `words` are lower case; each vocabulary is one of its own."""

    words: Mapping[str, tuple[frozenset[int], frozenset[str]]]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.words, key=len, reverse=True)
        return re.compile("|".join(_as_pattern(w) for w in longest_first), re.IGNORECASE)

    def named_in(self, text: str) -> tuple[Named, ...]:
        """What a text names, longest words first, from left to right."""
        return _named_in(self, text)

    def look_through(self, text: str) -> tuple[Named, ...]:
        """As `named_in`, without remembering."""
        return tuple(Named(m.start(), m.end(), *self._meaning(m[0].lower())) for m in self._pattern.finditer(text))

    def things_in(self, texts: Iterable[str]) -> frozenset[int]:
        """All things that these texts name."""
        return frozenset(thing for text in texts for named in self.named_in(text) for thing in named.things)

    def _meaning(self, word: str) -> tuple[frozenset[int], frozenset[str]]:
        for form in (word, word.removesuffix("s"), word.removesuffix("es")):
            if form in self.words:
                return self.words[form]
        return frozenset(), frozenset()


@lru_cache(maxsize=8192)
def _named_in(vocabulary: Vocabulary, text: str) -> tuple[Named, ...]:
    """Remembered, because the titles of a buyer's orders are looked through at every turn."""
    return vocabulary.look_through(text)


def _as_pattern(word: str) -> str:
    return rf"(?<![a-z0-9]){re.escape(word)}(?:s|es)?(?![a-z])" if word[0].isascii() else re.escape(word)


@dataclass(frozen=True, slots=True)
class Products:
    """The vocabularies of goods and of colours."""

    goods: Vocabulary
    colours: Vocabulary


def load_products(path: Path = DATA / "products.yaml") -> Products:
    """Read the vocabularies.

    Raises:
        BadKnowledge: the file is not such a file.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = _lines(content["things"])
        for family in content["families"]:
            things = frozenset(n for head in family["things"] for n in words[head.lower()][0])
            words |= {w.lower(): (things, frozenset(family["categories"])) for w in family["words"]}
        colours = _lines(content["colours"])
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as wrong:
        raise BadKnowledge(f"not a file of words for goods: {wrong!r}", str(path)) from wrong
    return Products(Vocabulary(words), Vocabulary(colours))


def _lines(lines: list[list[str]]) -> dict[str, tuple[frozenset[int], frozenset[str]]]:
    """Words to the number of their line."""
    return {str(word).lower(): (frozenset([n]), frozenset()) for n, line in enumerate(lines) for word in line}


@lru_cache(maxsize=1)
def shipped_products() -> Products:
    """The vocabularies that come with Fairdesk, read once."""
    return load_products()
