"""Which language a message is in, and the plain form in which the program reads it.

The plain form keeps what the buyer said and drops what only gets in the way: control characters, full-width letters
and digits, traditional characters (read as simplified ones). Positions in a Reading refer to this form.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from knowledge.text import Language

MAX_CHARACTERS = 4_000
"""What one turn may say; the rest is cut. The encoder itself looks at about the first 700 characters."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()} | {
    0x3000: " ", ord("＠"): "@", ord("－"): "-", ord("．"): ".", ord("／"): "/", ord("＋"): "+", ord("＃"): "#",
    ord("￥"): "¥", ord("＄"): "$", ord("％"): "%",
}  # fmt: skip
LINK = re.compile(r"https?://[^\s，。；！？、）」』\u4e00-\u9fff]+", re.IGNORECASE)
"""A link: a place to look at, and no words of the buyer's."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_ZH_FUNCTION = re.compile(r"[的了吗呢吧我你您是不没有怎么这那给要帮请在就还都能可]")
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_EN_FUNCTION = frozenset(
    re.findall(
        r"\S+",
        "a an the i i'm i've my me we you your it it's is are was were be do does did don't can can't how what when "
        "where why who which this that to of for in on at with and or but not no yes please have has want",
    )
)


@dataclass(frozen=True, slots=True)
class PlainText:
    """A message as the program reads it. `cut` says that the message was longer than `MAX_CHARACTERS`."""

    text: str
    language: Language
    cut: bool = False


def plain(text: str, hint: Language | None = None) -> PlainText:
    """Bring any string into its plain form; `hint` decides the language where the text can't ("123", "👍")."""
    kept = text[: 4 * MAX_CHARACTERS].translate(_FULL_WIDTH)
    kept = re.sub(r"[ \t\r\f\v\u00a0]+", " ", "".join(c for c in kept if _is_visible(c))).strip()
    shown = to_simplified(kept[:MAX_CHARACTERS])
    cut = len(text) > 4 * MAX_CHARACTERS or len(kept) > MAX_CHARACTERS
    return PlainText(shown, language_of(shown, hint), cut)


def _is_visible(character: str) -> bool:
    return character in " \t\r\n\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def language_of(text: str, hint: Language | None = None) -> Language:
    """Chinese or English, by weighing Han characters (two to a word) against Latin words; function words weigh more.

    So "帮我 check 一下 my order" is Chinese and "what does 七天无理由 mean" is English.
    """
    text = LINK.sub(" ", text)
    words = [word.lower() for word in _WORD.findall(text)]
    latin = len(words) + sum(word in _EN_FUNCTION for word in words)
    han = len(_HAN.findall(text)) / 2 + len(_ZH_FUNCTION.findall(text))
    if han == latin:
        return hint or "zh"
    return "zh" if han > latin else "en"


def to_simplified(text: str) -> str:
    """The same text in simplified characters, of the same length, so that positions stay true."""
    if not any(_is_traditional(c) for c in text):
        return text
    converted = str(_opencc().convert(text))
    if len(converted) == len(text):
        return converted
    return "".join(_simplified_character(c) for c in text)


@lru_cache(maxsize=8192)
def _is_traditional(character: str) -> bool:
    # GB 2312 holds the common simplified characters, Big5 the traditional ones: in Big5 only means traditional.
    return character > "\u33ff" and not _encodable(character, "gb2312") and _encodable(character, "big5hkscs")


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=8192)
def _simplified_character(character: str) -> str:
    converted = str(_opencc().convert(character))
    return converted if len(converted) == 1 else character


@lru_cache(maxsize=1)
def _opencc() -> Any:
    from opencc import OpenCC  # loads its dictionaries, so only when traditional characters have come

    return OpenCC("t2s")
