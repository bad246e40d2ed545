"""What an item is to be exchanged for: the product that the words fit, of those that the shop allows for it.

People say it by a specification ("the 60 l one"), by how it should differ ("one with more power") or leave the choice
to us ("recommend one"). Pure: words and products in, a product or none out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.commerce.model import Product

_UNITS: Mapping[str, str] = {
    "升": "l", "l": "l", "毫升": "ml", "ml": "ml", "瓦": "w", "w": "w", "千瓦": "kw", "kw": "kw", "风量": "m3",
    "寸": "in", "英寸": "in", "inch": "in", "套": "set", "匹": "hp", "公斤": "kg", "千克": "kg", "kg": "kg",
    "gb": "gb", "g": "gb", "tb": "tb", "码": "size",
}
_MEASURE = re.compile(
    rf"(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![a-z])", re.IGNORECASE
)
_BARE = re.compile(
    r"(?<![a-z\d.-])(?P<value>\d{1,4}(?:\.\d+)?)(?![a-z\d.-])(?!\s*(?:个|台|件|次|天|号|月|年|元|块))", re.IGNORECASE
)
_BOUND = re.compile(r"(?:大于|超过|高于|多于|不低于|至少|more than|over|above)\s*$", re.IGNORECASE)
_UPPER_BOUND = re.compile(r"(?:小于|低于|少于|不超过|至多|less than|under|below)\s*$", re.IGNORECASE)
_MORE = re.compile(r"更大|大一[点些号]|大点|再大|更高|更强|更多|bigger|larger|more powerful|stronger", re.IGNORECASE)
_LESS = re.compile(r"更小|小一[点些号]|小点|再小|更低|更少|smaller|less", re.IGNORECASE)
_ANY = re.compile(
    r"推荐|随便|都行|都可以|你看着|你选|其[他它]|哪[个款]好|recommend|any (?:other|of)|whichever|you choose",
    re.IGNORECASE,
)
_DIMENSIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"功率|瓦|\bpower", re.IGNORECASE), "w"), (re.compile(r"风量|吸力"), "m3"),
    (re.compile(r"体积|容量|容积|升|\bvolume|\bcapacity", re.IGNORECASE), "l"),
)

Fits = Callable[[Product], bool]


@dataclass(frozen=True, slots=True)
class _Measure:
    value: float
    unit: str
    start: int


def fitting(words: str, own: Product, listed: Sequence[Product]) -> Product | None:
    """The one product that the words ask for; None where they fit none, or several alike.

    What is named outright is taken even where it is not on sale, so that the buyer is told so; what only has to be
    bigger, or is left to us, is taken from what is on sale.
    """
    named = [one for one in listed if _is_named(words, own, one)]
    if named:
        return _single(named)
    on_sale = [one for one in listed if one.on_sale]
    differs = _differs(words, own)
    if differs:
        return _single([one for one in on_sale if differs(one)])
    return _single(on_sale) if _ANY.search(words) else None


def _single(products: Sequence[Product]) -> Product | None:
    return products[0] if len(products) == 1 else None


def _is_named(words: str, own: Product, product: Product) -> bool:
    """True when the words give a measure of this product that the buyer's own one hasn't."""
    theirs = {(one.value, one.unit) for one in _measures(_title(product))}
    mine = {(one.value, one.unit) for one in _measures(_title(own))}
    asked = [one for one in _measures(words) if not _is_bound(words, one)]
    if any((one.value, one.unit) in theirs - mine for one in asked):
        return True
    if asked:
        return False
    unit = _dimension(words)
    bare = {float(one["value"]) for one in _BARE.finditer(words) if not _is_bound(words, _Measure(0, "", one.start()))}
    return any(value in bare and kind == unit for value, kind in theirs - mine)


def _differs(words: str, own: Product) -> Fits | None:
    """The test that "bigger", "smaller" or "over 60 l" comes to; None where the words say no such thing."""
    bound = next((one for one in _measures(words) if _is_bound(words, one)), None)
    unit = bound.unit if bound else _dimension(words)
    least = _value(own, unit)
    if bound and _UPPER_BOUND.search(words[: bound.start]):
        return lambda product: (_value(product, unit) or bound.value) < bound.value
    if bound:
        return lambda product: (_value(product, unit) or 0) > bound.value
    if least is None or not unit:
        return None
    if _MORE.search(words):
        return lambda product: (_value(product, unit) or 0) > least
    return (lambda product: (_value(product, unit) or least) < least) if _LESS.search(words) else None


def _is_bound(words: str, measure: _Measure) -> bool:
    before = words[: measure.start]
    return bool(_BOUND.search(before) or _UPPER_BOUND.search(before))


def _measures(text: str) -> Iterator[_Measure]:
    for found in _MEASURE.finditer(text):
        yield _Measure(float(found["value"]), _UNITS[found["unit"].lower()], found.start())


def _dimension(words: str) -> str:
    """Which measure the words are about, by its name."""
    return next((unit for name, unit in _DIMENSIONS if name.search(words)), "")


def _value(product: Product, unit: str) -> float | None:
    return next((one.value for one in _measures(_title(product)) if one.unit == unit), None)


def _title(product: Product) -> str:
    return product.title.zh if product.title.zh == product.title.en else f"{product.title.zh} {product.title.en}"
