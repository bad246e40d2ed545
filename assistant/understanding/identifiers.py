"""Numbers that name a person, a card, an order or a parcel, told apart by their check digits and by the words around.

Sources: resident identity numbers, GB 11643-1999 (ISO 7064 MOD 11-2); payment cards, ISO/IEC 7812-1 (Luhn).
"""

import re
from collections.abc import Iterator
from datetime import date

from assistant.understanding.reading import Mention

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82]
)

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}", re.ASCII)
_ZH_MOBILE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[- ]?)?1[3-9]\d([- ]?)\d{4}\1\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?!\d)")
_FOREIGN = re.compile(r"(?<![\w+])\+(?!86)\d[\d ()-]{7,17}\d")
_LONG_DIGITS = re.compile(r"(?<![\dA-Za-z.])\d(?:[ -]?\d){9,23}[xX]?(?![\dA-Za-z])")
_LETTERED = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)([A-Za-z]{1,5}\d{8,18}[A-Za-z]{0,2})(?![A-Za-z0-9])")

_PRODUCT = re.compile(
    r"https?://[\w.-]*/(?:[\w-]+/)*(?P<page>[A-Za-z0-9][\w-]*)\.html?(?:\?[\w=&%.-]*)?"
    r"|https?://[\w.-]+/(?:products?|items?|goods)/(?P<path>[A-Za-z0-9][\w-]*)"
    r"|(?:商品|产品)(?:的)?(?:id|编号|编码|号码?)\s*(?:是|为|：|:)?\s*(?P<zh>[A-Za-z0-9][\w-]{2,31})"
    r"|\b(?:product|item) (?:id|number|no\.?)(?: is|:)?\s*(?P<en>[A-Za-z0-9][\w-]{2,31})"
    r"|商品(?P<bare>\d{6,20})",
    re.IGNORECASE | re.ASCII,
)
_NEAR_ORDER = re.compile(r"订单|单号|编号|order|订購|#", re.IGNORECASE)
_NEAR_PARCEL = re.compile(
    r"快递|物流|运单|面单|包裹|顺丰|中通|圆通|申通|韵达|track|parcel|waybill|shipment", re.IGNORECASE
)
_NEAR_CARD = re.compile(r"银行|卡号|信用卡|储蓄卡|\bcard\b|visa|bank", re.IGNORECASE)
_NEAR_PERSON = re.compile(r"身份证|证件|\bid (?:card|number)\b|identity", re.IGNORECASE)
_WINDOW = 16  # characters before a number whose words may say what it is


def is_id_card(text: str) -> bool:
    """True for a resident identity number: province, a real birth date, and the check character."""
    if not re.fullmatch(r"\d{17}[\dXx]", text) or int(text[:2]) not in _PROVINCES:
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(c) * w for c, w in zip(text, _ID_WEIGHTS, strict=False))
    return 1900 <= born.year <= 2100 and _ID_CHECKS[total % 11] == text[17].upper()


def is_bank_card(text: str) -> bool:
    """True for 13 to 19 digits that begin like a payment card and pass the Luhn check."""
    if not re.fullmatch(r"[2-6]\d{12,18}", text):
        return False
    doubled = (int(c) * 2 if i % 2 else int(c) for i, c in enumerate(reversed(text)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def find_identifiers(text: str) -> Iterator[Mention]:
    """E-mail addresses, phones, identity and card numbers, product, order and tracking numbers, in no order."""
    for match in _EMAIL.finditer(text):
        yield _mention("email", match, match[0].lower())
    for match in _PRODUCT.finditer(text):
        yield _mention("product_id", match, match[match.lastgroup or 0])
    for match in _ZH_MOBILE.finditer(text):
        yield _mention("phone", match, re.sub(r"\D", "", match[0])[-11:])
    for match in _LANDLINE.finditer(text):
        yield _mention("phone", match, match[0])
    for match in _FOREIGN.finditer(text):
        yield _mention("phone", match, "+" + re.sub(r"\D", "", match[0]), 0.8)
    for match in _LETTERED.finditer(text):
        yield _mention("tracking_number", match, match[0].upper(), 0.9)
    for match in _LONG_DIGITS.finditer(text):
        kind, confidence = _kind_of_digits(text, match)
        if kind:
            yield _mention(kind, match, re.sub(r"[ -]", "", match[0]).upper(), confidence)


def _kind_of_digits(text: str, match: re.Match[str]) -> tuple[str, float]:
    """What a long run of digits is: the check digits first, then the words before it, then its length alone."""
    digits = re.sub(r"[ -]", "", match[0])
    before = text[max(0, match.start() - _WINDOW) : match.start()]
    if is_id_card(digits) and not _NEAR_ORDER.search(before):
        return "id_card", 0.99
    if _NEAR_PERSON.search(before) and len(digits) == 18:
        return "id_card", 0.7
    if is_bank_card(digits) and (_NEAR_CARD.search(before) or (len(digits) in (16, 19) and not _is_ours(before))):
        return "bank_card", 0.95
    if _NEAR_PARCEL.search(before) and len(digits) != 18:
        return "tracking_number", 0.9
    if _NEAR_ORDER.search(before) or len(digits) == 18:
        return "order_number", 0.98 if len(digits) == 18 else 0.85
    return ("tracking_number", 0.5) if 12 <= len(digits) <= 15 else ("", 0.0)


def _is_ours(before: str) -> bool:
    return bool(_NEAR_ORDER.search(before) or _NEAR_PARCEL.search(before))


def _mention(kind: str, match: re.Match[str], value: str, confidence: float = 0.98) -> Mention:
    return Mention(kind, match[0], match.start(), match.end(), value, confidence)
