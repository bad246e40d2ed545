"""Yes or no to a proposal. Money moves on a yes, so only words that can mean nothing else count as one.

"嗯?", "好吧但是…" and "可以吗" are no yes; "行", "可以，退吧" and "ok go ahead" are. Everything else is unclear, and an
unclear answer is asked again. The whole message must be made of the words in `data/consent.yaml`: one other word, or
a question mark, and it is unclear. A yes has at least one word of agreement and none of refusal; a no the reverse.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

Consent = Literal["yes", "no", "unclear"]
CONSENT_FILE = Path(__file__).parent / "data" / "consent.yaml"

_LONGEST_MESSAGE = 60
_LONGEST_WORD = 16
_BESIDE = ("action", "urged", "filler")
_ALLOWED = {said: frozenset({said, *_BESIDE}) for said in ("yes", "no")}
_BETWEEN = re.compile(r"[\s,，.。!！~～、;；…]")
_LATIN = re.compile(r"[a-z]")


def read_consent(text: str) -> Consent:
    """What a message says to a proposal that is on the table."""
    said = text.strip().lower().replace("’", "'")
    if not said or len(said) > _LONGEST_MESSAGE:
        return "unclear"
    if {"no"} in _made_of(said, _ALLOWED["no"]):
        return "no"
    made = _made_of(said, _ALLOWED["yes"])
    return "yes" if {"yes"} in made or {"action", "urged"} in made else "unclear"


def _made_of(said: str, allowed: frozenset[str]) -> set[frozenset[str]]:
    """The telling classes of words that a text can be made of, one set for each way to cut it into allowed words.

    Works from left to right and remembers, for each place, what the text up to there can be made of; so the time
    grows with the length alone, however the words overlap.
    """
    reached: list[set[frozenset[str]]] = [set() for _ in range(len(said) + 1)]
    reached[0].add(frozenset())
    for start in range(len(said)):
        if not reached[start]:
            continue
        if _BETWEEN.match(said, start):
            reached[start + 1] |= reached[start]
        for end in range(start + 1, min(start + _LONGEST_WORD, len(said)) + 1):
            for kind in _words().get(said[start:end], frozenset()) & allowed:
                if not _inside_word(said, end):
                    reached[end] |= {_with(made, kind) for made in reached[start]}
    return reached[-1]


def _with(made: frozenset[str], kind: str) -> frozenset[str]:
    """A yes or no outweighs what stands around it; of action and urging both are needed."""
    decided = made & {"yes", "no"}
    if kind in ("yes", "no"):
        return frozenset({kind})
    return made if decided or kind == "filler" else made | {kind}


def _inside_word(said: str, at: int) -> bool:
    """True between two Latin letters: "sook" is not "so ok"."""
    return at < len(said) and bool(_LATIN.match(said[at - 1]) and _LATIN.match(said[at]))


@lru_cache(maxsize=1)
def _words() -> Mapping[str, frozenset[str]]:
    """Words to their classes."""
    content = yaml.safe_load(CONSENT_FILE.read_text(encoding="utf-8"))
    classes: dict[str, set[str]] = {}
    for kind, words in content.items():
        for word in words:
            classes.setdefault(str(word).lower(), set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in classes.items()}
