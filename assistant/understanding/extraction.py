"""Everything that a message names: numbers, money, quantities, days, places in a list, people's data, addresses.

`find_mentions` never raises and its spans are exact: `text[m.start:m.end] == m.text`. Where two readings overlap, the
surer kind wins, in the order of `_PRECEDENCE`.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from assistant.understanding.dates import find_dates
from assistant.understanding.identifiers import find_identifiers
from assistant.understanding.numerals import ARABIC, EN_NUMBER, ZH_NUMBER, parse_number
from assistant.understanding.reading import FactValue, Mention

_PRECEDENCE = (
    "email", "product_id", "id_card", "bank_card", "phone", "order_number", "tracking_number", "amount", "date",
    "ordinal", "quantity", "address",
)  # fmt: skip
MAX_FEN = 10**13
"""Amounts beyond a hundred billion yuan are not amounts."""


def find_mentions(text: str, today: date) -> tuple[Mention, ...]:
    """All mentions, from left to right, none overlapping another."""
    found = [
        *find_identifiers(text), *_amounts(text), *_dates(text, today),
        *_ordinals(text), *_quantities(text), *_addresses(text),
    ]  # fmt: skip
    found.sort(key=lambda m: (_PRECEDENCE.index(m.kind), m.start - m.end))
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= k.start or mention.start >= k.end for k in kept):
            kept.append(mention)
    return tuple(sorted(kept, key=lambda m: m.start))


def _mention(kind: str, match: re.Match[str], value: FactValue, confidence: float = 0.95) -> Mention:
    return Mention(kind, match[0], match.start(), match.end(), value, confidence)


def _dates(text: str, today: date) -> Iterator[Mention]:
    for span in find_dates(text, today):
        words = text[span.start : span.end]
        yield Mention("date", words, span.start, span.end, span.days.value, 0.95)


# --- money ----------------------------------------------------------------------------------------

_NUMBER = rf"(?:(?:{ARABIC})(?:[kKwW千万百]\d?)?|{ZH_NUMBER})"
_AMOUNT_ZH = re.compile(
    rf"(?P<yuan>{_NUMBER})(?:元|块钱?|圆|塊)(?:(?P<jiao>[\d一二两三四五六七八九])(?:毛"
    rf"|角)?(?:(?P<fen>[\d一二两三四五六七八九])分?)?(?!\d))?"
)
_AMOUNT_JIAO = re.compile(rf"(?P<jiao>{_NUMBER})(?:毛|角)钱?(?:(?P<fen>[\d一二两三四五六七八九])分?)?")
_AMOUNT_FEN = re.compile(rf"(?P<fen>{_NUMBER})分钱")
_AMOUNT_SIGN = re.compile(
    rf"(?:[¥$€£]|\b(?:RMB|CNY|USD) ?)(?P<yuan>(?:{ARABIC})[kKwW万千]?)(?![\d.]*\d)", re.IGNORECASE
)
_AMOUNT_EN = re.compile(
    rf"\b(?P<yuan>(?:{ARABIC})k?|{EN_NUMBER}(?: hundred)?) ?(?:yuan|rmb|cny|kuai|dollars?|bucks|usd"
    rf"|euros?)\b", re.IGNORECASE
)
_AMOUNT_SHORT = re.compile(r"(?<![\w.])(?P<yuan>\d{1,3}(?:\.\d{1,2})?[wW])(?![A-Za-z0-9])", re.ASCII)
_AMOUNT_AFTER = re.compile(
    rf"(?:退(?:了|款|我|还)?|赔(?:偿|我)?|补(?:了|我|偿)?|差价?|只(?:要|卖)|花了?|付了?|卖|降到?|涨到?|价格|金额"
    rf"|一共)(?:是|到|成|了)?"
    rf"(?P<yuan>(?:{ARABIC})[wWkK万千]|\d+\.\d{{1,2}}|\d{{2,6}})(?![\d年月日号天个件次点%小单双岁楼块元-])"
)


def _amounts(text: str) -> Iterator[Mention]:
    for pattern in (_AMOUNT_ZH, _AMOUNT_JIAO, _AMOUNT_FEN, _AMOUNT_SIGN, _AMOUNT_EN, _AMOUNT_SHORT):
        for match in pattern.finditer(text):
            fen = _fen(match.groupdict())
            if fen is not None:
                yield _mention("amount", match, fen)
    for match in _AMOUNT_AFTER.finditer(text):  # "退我50": a bare number after a word of money
        fen, start, end = _fen(match.groupdict()), *match.span("yuan")
        if fen is not None:
            yield Mention("amount", text[start:end], start, end, fen, 0.7)


def _fen(parts: dict[str, str | None]) -> int | None:
    """Whole fen from yuan, jiao and fen; None when it is no number or beyond reason."""
    total = Decimal(0)
    for name, worth in (("yuan", 100), ("jiao", 10), ("fen", 1)):
        written = parts.get(name)
        if written:
            number = _number(written)
            if number is None:
                return None
            total += number * worth
    return round(total) if 0 <= total < MAX_FEN else None


def _number(written: str) -> Decimal | None:
    hundreds = re.fullmatch(r"(.+) hundred", written, re.IGNORECASE)
    number = parse_number(hundreds[1] if hundreds else written)
    return number * 100 if number is not None and hundreds else number


# --- places in a list, and quantities -------------------------------------------------------------

_EN_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_LATEST = re.compile(
    r"(?:最近|最新)(?:的|买的?|下的?|那|这|一)*(?:个|单|笔|件|次|订单)|刚(?:刚|才)?(?:买|下单|拍|下|付)(?:的|了"
    r"|那)*(?:单|个|件|订单)?"
    r"|最后(?:那|这)?一?(?:单|笔|次)|上(?:一|面)?(?:单|笔订单)|(?:my |the )?(?:latest|newest|most recent"
    r"|last) (?:order|purchase)"
    r"|(?:the )?(?:one|thing|item|order) (?:i )?(?:have )?just (?:bought|ordered|placed|got)|just (?:bought"
    r"|ordered|placed)"
    r"|(?:the )?(?:latest|most recent|newest)(?: one)?\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?:最后|最末|最下面|末尾)(?:的|那|这)?一?(?:个|件|条|款)|倒数第一[个单件]?"
    r"|\bthe (?:very )?last(?: one| item)\b", re.IGNORECASE)
_NTH_ZH = re.compile(
    rf"第(?P<n>\d{{1,2}}|{ZH_NUMBER})(?:个|单|件|笔|款|项|张|种|行|台|双)?(?![次天点章条部季代方者名人期时\d])"
)
_NTH_EN = re.compile(
    rf"\b(?:the )?(?:(?P<word>{'|'.join(_EN_ORDINALS)})|(?P<n>\d{{1,2}})(?:st|nd|rd|th))(?P<what> one| order| item"
    rf"| option)?\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:\bnumber |\bno\. ?|\boption |选项?|(?<!\w)#)(?P<n>\d{1,2}|one|two|three|four|five)\b(?![-/.\d])",
    re.IGNORECASE,)
_QUANTITY_ZH = re.compile(
    rf"(?<![第上下这那哪几每再])(?P<n>(?<!\d)\d{{1,4}}|{ZH_NUMBER})(?:多)?(?P<unit>件|个|双|副|对|把|只|台|套|条|瓶|盒|箱|袋|斤"
    rf"|公斤|包|本|张|支|罐|份|部|块(?!钱"
    rf"|\d|[一二两三四五六七八九]))"
    r"(?!月|星期|礼拜|小时|工作日|钟|人|问题|办法|说法|字|意思|价|身份)"
)
_QUANTITY_EN = re.compile(
    rf"\b(?P<n>\d{{1,4}}|{EN_NUMBER}) (?:of (?:them|these|those)|pieces?|pairs?|items?|units?|bottles?|boxes|box"
    rf"|bags?|packs?|sets?|cans?)\b",
    re.IGNORECASE,
)


def _ordinals(text: str) -> Iterator[Mention]:
    """Places in a list: 1, 2, … from the top, -1 for the last one, `latest` for the most recent order."""
    for match in _LATEST.finditer(text):
        yield _mention("ordinal", match, "latest", 0.9)
    for match in _LAST.finditer(text):
        yield _mention("ordinal", match, -1, 0.9)
    for pattern in (_NTH_ZH, _NUMBERED):
        for match in pattern.finditer(text):
            number = parse_number(match["n"])
            if number and number < 100:
                yield _mention("ordinal", match, int(number), 0.9)
    for match in _NTH_EN.finditer(text):
        place = _EN_ORDINALS.index(match["word"].lower()) + 1 if match["word"] else int(match["n"])
        if place:
            yield _mention("ordinal", match, place, 0.9 if match["what"] else 0.6)


def _quantities(text: str) -> Iterator[Mention]:
    for pattern in (_QUANTITY_ZH, _QUANTITY_EN):
        for match in pattern.finditer(text):
            number = parse_number(match["n"])
            if number and number == int(number):
                yield _mention("quantity", match, int(number), 0.8)


# --- addresses ------------------------------------------------------------------------------------

_ADDRESS_ZH = re.compile(
    r"(?:[\u4e00-\u9fff]{2,7}(?:省|自治区))?(?:[\u4e00-\u9fff]{2,7}(?:市|自治州))?(?:[\u4e00-\u9fff]{1,6}[区县镇乡])?"
    r"[\u4e00-\u9fff0-9]{1,12}(?:路|街|大道|巷|胡同|村|小区|花园|大厦|公寓|学校|大学|广场|弄|苑)"
    r"(?:[\u4e00-\u9fff]{0,8}?[0-9一二三四五六七八九十A-Za-z-]{1,8}(?:号楼|号|弄|栋|幢|座|室|楼|单元"
    r"|层)(?:[0-9A-Za-z-]{1,6}室?)?)+"
)
_ADDRESS_EN = re.compile(
    r"\b\d{1,5}[A-Za-z]? (?:[A-Z][\w'.]+ ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd"
    r"|Court|Way|Close)\b\.?"
)
_LEAD_IN = re.compile(r"^.{0,8}(?:地址|寄到|改成|改到|送到|换成|住在|发到|搬到|是|在|到|:|：)(?=[\u4e00-\u9fff])")


def _addresses(text: str) -> Iterator[Mention]:
    for match in _ADDRESS_ZH.finditer(text):
        lead = _LEAD_IN.match(match[0])
        start = match.start() + (lead.end() if lead else 0)
        yield Mention("address", text[start : match.end()], start, match.end(), text[start : match.end()], 0.7)
    for match in _ADDRESS_EN.finditer(text):
        yield _mention("address", match, match[0], 0.7)
