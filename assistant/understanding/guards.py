"""What a message must be handled with care for: danger, threats, vulnerable people, attempts to misuse the assistant.

A flag comes from plain words (the lexicon) or from trained heads; either is enough. Personal data is found by its check
digits and can be masked before anything leaves the house.
"""

import re
from collections.abc import Sequence
from datetime import date

from assistant.understanding.extraction import find_mentions
from assistant.understanding.heads import Heads
from assistant.understanding.language import plain
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.reading import Mention, Vector

PERSONAL = ("phone", "id_card", "bank_card", "email", "address")
"""Kinds of mentions that are personal data."""
_SURE_ALONE = {"self_harm": 0.5, "safety": 0.6, "injection": 0.5, "threat": 0.7, "minor": 0.75, "elderly": 0.75}
"""From which probability the heads raise a flag without a plain word; the more harm in overlooking it, the lower."""
_SURE_OTHERS = 0.9
_ANY_DAY = date(2000, 1, 1)  # dates do not matter where only personal data is looked for


def trained_flags(text: str, vector: Vector, heads: Heads) -> frozenset[str]:
    """The flags that the trained heads raise."""
    return frozenset(
        score.name
        for score in heads.scores(text, vector)
        if score.probability >= _SURE_ALONE.get(score.name, _SURE_OTHERS)
    )


def worded_flags(text: str, mentions: Sequence[Mention], lexicon: Lexicon) -> frozenset[str]:
    """The flags that wording and mentions give: cues, personal data, empty, gibberish."""
    flags = set(lexicon.flags_in(text))
    if any(mention.kind in PERSONAL for mention in mentions):
        flags.add("personal_data")
    if not text.strip():
        flags.add("empty")
    elif is_gibberish(text):
        flags.add("gibberish")
    return frozenset(flags)


_LATIN_WORD = re.compile(r"[a-z]{5,}", re.IGNORECASE)
_REPEATED = re.compile(r"(.{1,3}?)\1{5,}", re.DOTALL)
_MASHED = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}|asdf|qwer|zxcv|hjkl|jkl;|fdsa|rewq", re.IGNORECASE)
_CRIES = re.compile(r"([啊哈呵嘿呃额嗯哦呜])\1{2,}")
_WORD_CHARACTER = re.compile(r"[\w\u4e00-\u9fff]")


def is_gibberish(text: str) -> bool:
    """True for keyboard mash ("asdfghjkl"), one thing repeated ("啊啊啊啊啊"), and signs without a word ("；；")."""
    said = text.strip()
    if not _WORD_CHARACTER.search(said):
        return bool(re.search(r"[^\W_]|[,.;:'\"\\|/，。；…、@#$%^&*=+<>-]", said))
    if re.search(r"[\u4e00-\u9fff]", said):
        rest = _CRIES.sub("", said)
        return bool(_REPEATED.fullmatch(said)) or (rest != said and bool(rest.strip()) and is_gibberish(rest))
    words = _LATIN_WORD.findall(said)
    mashed = [word for word in words if _MASHED.search(word) or not re.search(r"[aeiouy]", word, re.IGNORECASE)]
    return bool(_REPEATED.fullmatch(said)) or (bool(words) and len(mashed) >= max(1, (len(said.split()) + 1) // 2))


def mask_personal_data(text: str) -> str:
    """The text with personal data replaced by its kind: `[phone]`. Order numbers stay."""
    shown = plain(text).text
    for mention in reversed(find_mentions(shown, _ANY_DAY)):
        if mention.kind in PERSONAL:
            shown = f"{shown[: mention.start]}[{mention.kind}]{shown[mention.end :]}"
    return shown
