"""What may leave the house: text without personal data. All that goes to a model, or to a merchant, passes here."""

import re

from assistant.understanding.guards import mask_personal_data
from assistant.understanding.language import plain

_LONG_NUMBER = re.compile(
    r"\d{7,}|\d(?:[ .-]?\d){8,}|[零〇一二三四五六七八九幺]{7,}|(?<![A-Za-z0-9])[A-Za-z]{1,5}\d{6,}[A-Za-z]{0,2}"
)
"""Seven digits and more without a break, nine and more with breaks (a date has eight), the same spelled in Chinese."""

_HOUSE = r"[\dA-Za-z一二三四五六七八九十-]{1,6}(?:号楼|号|弄|栋|幢|座|室|楼|单元|层)"
_STREET = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}(?:省|自治区))?(?:[\u4e00-\u9fff]{2,4}市)?(?:[\u4e00-\u9fff]{1,4}[区县镇乡])?"
    rf"[\u4e00-\u9fff]{{1,6}}(?:路|街|大道|巷|弄|胡同|村|小区|花园|大厦|公寓|广场|苑) ?{_HOUSE}(?: ?{_HOUSE})*"
)
"""A street or an estate with the house's number."""


def outbound(text: str) -> str:
    """The text in its plain form, with personal data replaced by its kind and every long number by `[number]`.

    The guards know phones, identity and bank cards, e-mail and street addresses. Long numbers go too, whatever they
    are: order and parcel numbers are read without the model, and an unknown number may be somebody's. Houses go first,
    since "12号" alone is a day of the month.
    """
    return _LONG_NUMBER.sub("[number]", mask_personal_data(_STREET.sub("[address]", plain(text).text)))


def may_leave(text: str) -> bool:
    """True when there is nothing in the text that would have to be masked."""
    return outbound(text).count("[") == plain(text).text.count("[")
