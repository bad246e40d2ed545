"""Yes to undoing: before an offer to cancel an order, "cancel it" is a yes, and "cancel" alone could be either."""

import re
from typing import Literal

from assistant.commerce.platform import Command

_YES = r"好的?|嗯+|对|是的?|行|可以|确认|确定|同意|没错|yes|yep|ok(?:ay)?|sure"
_PLEASE = r"(?:那|就|请|帮我|给我|麻烦|please|，|,|\s)*"
_WHAT = r"掉|了|吧|它|这一?[单个]|那一?[单个]|订单|申请|售后|please|it|the order|my order|my request|the request"
_WORDS = {"cancel_order": "取消|cancel", "withdraw": "撤销|撤回|撤掉?|取消|withdraw|cancel"}
_SAID = {
    name: re.compile(
        rf"(?P<yes>{_YES})?{_PLEASE}(?:{words})(?P<what>(?:\s*(?:{_WHAT}))+)?[\s。.!！~]*", re.IGNORECASE
    )
    for name, words in _WORDS.items()
}


def meant(text: str, command: Command) -> Literal["yes", "unclear", ""]:
    """What a message says to an offer to undo something; "" where it isn't made of the word for it."""
    said = _SAID[command.name].fullmatch(text.strip()) if command.name in _SAID else None
    if said is None:
        return ""
    return "yes" if said["yes"] or said["what"] else "unclear"
