"""Whether what a buyer waits for has come true, by what the assistant said: "if it has not been sent yet, …".

Each condition is told by its words. One that none of these knows counts as come true, and the trace says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from evals.external.ecom_bench.wording import Wish

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_QUOTED = re.compile(r"[\"“”'「]([^\"“”'「」]{2,60})[\"“”'」]")


@dataclass(frozen=True, slots=True)
class Heard:
    """What the assistant said to the last wish and the one before it, and ever; whether it turned the last one down."""

    lately: str = ""
    ever: str = ""
    refused: bool = False
    proposed: bool = False


_UNSENT = re.compile(r"未发货|没有发货|还没发|待发货|待揽收|处理中|已打包|等待系统确认|尚未发出|没有发出")
Test = Callable[[Wish, Heard], bool]


def holds(wish: Wish, heard: Heard) -> bool:
    """True when a wish is to be told now."""
    if not wish.condition:
        return True
    test = next((test for words, test in _TESTS if words.search(wish.condition)), None)
    return test(wish, heard) if test else True


def is_known(wish: Wish) -> bool:
    """False for a condition that nothing here can judge."""
    return not wish.condition or any(words.search(wish.condition) for words, _ in _TESTS)


def _cheaper(wish: Wish, heard: Heard) -> bool:
    """A price told by the assistant is below the one that the buyer keeps to themself."""
    mine = [_amount(one) for one in _NUMBER.findall(f"{wish.unsaid} {wish.condition}")]
    told = [_amount(one) for one in re.findall(r"[¥￥]\s?(\d+(?:,\d{3})*(?:\.\d+)?)", heard.lately)]
    return bool(mine) and any(one < max(mine) for one in told)


def _amount(text: str) -> float:
    return float(text.replace(",", ""))


def _arrived(heard: Heard) -> bool:
    return bool(re.search(r"已签收|已送达|已妥投|已完成", heard.lately))


def _not_sent(_wish: Wish, heard: Heard) -> bool:
    return bool(_UNSENT.search(heard.lately)) and not _arrived(heard)


def _not_there(wish: Wish, heard: Heard) -> bool:
    """The address that the buyer has in mind was not told."""
    return all(one not in heard.lately for one in _QUOTED.findall(wish.condition))


def _says(pattern: str) -> Test:
    words = re.compile(pattern)
    return lambda _wish, heard: bool(words.search(heard.lately))


_TESTS: tuple[tuple[re.Pattern[str], Test], ...] = (
    (re.compile(r"价格.{0,6}低于|降价|便宜了"), _cheaper),
    (re.compile(r"价格合适|价格可以|能接受"), lambda _, heard: bool(re.search(r"[¥￥]\s?\d", heard.lately))),
    (re.compile(r"地址不(?:是|对)"), _not_there),
    (re.compile(r"没有发货|未发货|还没发"), _not_sent),
    (re.compile(r"运输中|没有?到|没有送|未送|没送|还没|未到|未收到"), lambda _, heard: not _arrived(heard)),
    (re.compile(r"余额不"), _says(r"余额")),
    (re.compile(r"没有?货|缺货|下架|不行|无法|不能|不可以|不支持|失败|拒绝|不同意"), lambda _, heard: heard.refused),
    (re.compile(r"免费|不会收费|不收费"), _says(r"免费|不收费|不另收费")),
    (re.compile(r"收费|费用"), _says(r"收费|费用|元/|元。|付费")),
    (re.compile(r"未查询到|没查到|没有查到|查不到"), _says(r"没有|未|查不到|还没")),
    (re.compile(r"询问你|问你|提出|推荐"), _says(r"维修|[?？]")),
    (re.compile(r"可以|同意|支持|成功|能"), lambda _, heard: not heard.refused),
)
