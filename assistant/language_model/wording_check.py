"""What a model may make of a draft: other words, and nothing else.

The draft has passed the checker of all replies; these rules compare the model's words with it and are stricter: the
same numbers, units and citation marks in the same order, no promise, no denial and no contact that the draft does not
have. They compare what can be compared; whether a sentence means the same they cannot tell, which is why only a few
kinds of steps are reworded at all. When in doubt the draft is sent.
"""

import re
import unicodedata
from collections.abc import Callable

from assistant.replies.checker import numbers_in
from assistant.understanding.language import language_of
from assistant.understanding.lexicon import shipped_lexicon
from knowledge.text import Language

SPARE = 80
"""Characters that new words may have beyond twice the draft's."""

_FIGURE = re.compile(
    r"\[\d+\]|\d[\d,.:]*(?:\s*(?:个?工作日|个?自然日|个?小时|分钟|[天日周月年元块折倍次件%％]|个月"
    r"|(?:(?:working|business|calendar) )?(?:day|week|month|year|hour|minute|yuan|percent)s?))?"
)
_COUNTS_EN = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundred|thousand|million|dozen|double|triple|twice|half)\b",
    re.IGNORECASE,
)
_WEIGHTY = re.compile(
    r"退款|退钱|退货|换货|维修|赔|补偿|补差|差价|免费|全额|保证|承诺|一定|肯定|放心|可以(?=[退换赔补办修])|能(?=[退换赔补办修])|已经?|通过|批准|同意|到账|提交|办好|完成|成功"
    r"|优惠|红包|券|积分|送您|赠|马上|立即|人工|真人|同事|客服"
    r"|\b(?:refund\w*|return\w*|exchang\w*|repair\w*|compensat\w*|free|full\w*|guarante\w*|promis\w*|certain\w*|definite\w*"
    r"|(?:i|we|you|it)(?:['’]ll| will| can| may)|already|approv\w*|accept\w*|submit\w*|done|complet\w*|success\w*"
    r"|coupon\w*|gift\w*|credit\w*"
    r"|immediate\w*|person|human|colleague|entitled)\b",
    re.IGNORECASE,
)
_POLITE = re.compile(r"不好意思|不客气|没关系|没问题|不用担心|别担心|no problem|no worries|not at all", re.IGNORECASE)
_DENIAL = re.compile(
    r"[不没未无非别勿]|除外|除了|\b(?:not|no|never|none|without|except|unless|cannot)\b|n['’]t\b", re.IGNORECASE
)
_CONTACT = re.compile(
    r"https?:|www\.|@|\b[\w-]+\.(?:com|cn|net|org|io|me|top|xyz|example|info|shop|link|cc)\b"
    r"|微信|薇信|(?<![a-z])(?:wx|vx|qq)(?![a-z])|whatsapp|telegram|wechat|支付宝|alipay|二维码|扫码|转账",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>{}`|\\]|\]\(|\*\*|^#", re.MULTILINE)


def why_not(words: str, draft: str, language: Language) -> str | None:
    """The first rule that the model's words for a draft break, or None when they may be sent."""
    return next((name for name, holds in _RULES.items() if not holds(words, draft, language)), None)


Rule = Callable[[str, str, Language], bool]


def _short(words: str, draft: str, _language: Language) -> bool:
    return 0 < len(words) <= 2 * len(draft) + SPARE


def _legible(words: str, _draft: str, _language: Language) -> bool:
    """No markup, nothing invisible."""
    visible = all(unicodedata.category(one)[0] != "C" for one in words if one != "\n")
    return visible and not _MARKUP.search(words)


def _same_language(words: str, _draft: str, language: Language) -> bool:
    return language_of(words, language) == language


def _same_figures(words: str, draft: str, _language: Language) -> bool:
    """All numbers, with their units, and all citation marks, in the draft's order."""
    return _figures(words) == _figures(draft)


def _no_new_counts(words: str, draft: str, _language: Language) -> bool:
    """No number in other signs: 三, ①, Ⅶ, seven. 一 is in every other Chinese sentence: it counts before units only."""
    signs = {one for one in words if _is_number_sign(one)} - set(draft)
    counted = {one.lower() for one in _COUNTS_EN.findall(words)} - {one.lower() for one in _COUNTS_EN.findall(draft)}
    return not signs and not counted and numbers_in(words) <= numbers_in(draft)


def _no_new_promise(words: str, draft: str, _language: Language) -> bool:
    return _found(_WEIGHTY, words) <= _found(_WEIGHTY, draft)


def _same_denials(words: str, draft: str, _language: Language) -> bool:
    """As many denials as the draft has: one more or less turns a clause around."""
    return len(_DENIAL.findall(_POLITE.sub("", words))) == len(_DENIAL.findall(_POLITE.sub("", draft)))


def _no_new_contact(words: str, draft: str, _language: Language) -> bool:
    return _found(_CONTACT, words) <= _found(_CONTACT, draft)


def _no_new_flag(words: str, draft: str, _language: Language) -> bool:
    """Nothing that would be flagged if a buyer said it: abuse, threats, trade off the platform."""
    lexicon = shipped_lexicon()
    return lexicon.flags_in(words) <= lexicon.flags_in(draft)


_RULES: dict[str, Rule] = {
    "length": _short, "legible": _legible, "language": _same_language, "figures": _same_figures,
    "counts": _no_new_counts, "promise": _no_new_promise, "denial": _same_denials, "contact": _no_new_contact,
    "flag": _no_new_flag,
}


def _figures(text: str) -> list[str]:
    return ["".join(found.split()).rstrip(",.:").lower() for found in _FIGURE.findall(text)]


def _is_number_sign(character: str) -> bool:
    if character.isascii() or character == "一":
        return False
    return character in "两半俩仨廿卅" or unicodedata.numeric(character, None) is not None


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return {one.lower() for one in pattern.findall(text)}
