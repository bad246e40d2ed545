"""What may leave the house: text without personal data. Everything that is sent to the endpoint passes here."""

import re

from assistant.understanding.guards import mask_personal_data

_LONG_NUMBER = re.compile(
    r"\d{7,}|\d(?:[ .-]?\d){8,}|[零〇一二三四五六七八九幺]{7,}|(?<![A-Za-z0-9])[A-Za-z]{1,5}\d{6,}[A-Za-z]{0,2}"
)
"""Seven digits and more without a break, nine and more with breaks (a date has eight), the same spelled in Chinese."""


def outbound(text: str) -> str:
    """The text in its plain form, with personal data replaced by its kind and every long number by `[number]`.

    The guards know phones, identity and bank cards, e-mail and street addresses. Long numbers go too, whatever they
    are: order and parcel numbers are read without the model, and an unknown number may be somebody's.
    """
    return _LONG_NUMBER.sub("[number]", mask_personal_data(text))
