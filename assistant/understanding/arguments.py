"""What an errand needs, as people write it into one message: where to, whom to call, which visit, what on the invoice.

Other than facts that are read from phrases these are only looked for when an errand wants them: an address in a
complaint is nobody's new address.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date

from assistant.understanding.reading import FactValue, Reading
from assistant.understanding.visits import upcoming_day

_SOMEWHERE = re.compile(
    r"(?:改成|改到|改为|改去|换成|换到|寄到|送到|发到|新地址(?:是|为|：|:)?)\s*(?P<address>[^，,。;；!！?？\n]{6,60})"
    r"|\b(?:change(?: it| the address)? to|send it to|new address(?: is)?:?)\s+(?P<english>\d[^.;!?\n]{6,80})",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[省市区县镇乡村路街巷弄号栋幢室楼]|\d")
_PERSON = re.compile(
    r"(?:收货人|收件人|联系人|姓名|名字)(?:[写填叫改换错了是成为到给：:\s]|应该)*(?P<zh>[\u4e00-\u9fff]{2,4}?)"
    r"(?=$|[，,。;；、\s\d]|电话|手机|地址)"
    r"|\b(?:recipient|name)(?: is| to|:)+\s+(?P<en>[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,3})"
)
_SERVICES: Mapping[str, re.Pattern[str]] = {
    "pick_up": re.compile(r"取件|取退|来取|来拿|收件|上门拿|pick.?up|collect", re.IGNORECASE),
    "measuring": re.compile(r"测量|量尺|量一下|measur", re.IGNORECASE),
    "removal": re.compile(r"取旧|旧的?(?:机|家电)?[拉搬收拿]|[拉搬收拿]走?旧|remov|take the old", re.IGNORECASE),
    "repair": re.compile(r"维修|修理|检修|来修|上门修|修一下|repair|fix|technician", re.IGNORECASE),
    "installation": re.compile(r"安装|来装|装一?下|上门装|给装|帮我装|师傅装|instal|fitt?(?:er|ing)?\b", re.IGNORECASE),
}
_TIMES: Mapping[str, re.Pattern[str]] = {
    "morning": re.compile(r"上午|早上|\bmorning\b", re.IGNORECASE),
    "afternoon": re.compile(r"下午|午后|\bafternoon\b", re.IGNORECASE),
    "evening": re.compile(r"晚上|傍晚|下班后|\bevening\b", re.IGNORECASE),
}
_FOR: Mapping[str, re.Pattern[str]] = {
    "company": re.compile(r"公司|企业|单位|税号|\bcompany\b|\bbusiness\b|\btax (?:number|id)\b", re.IGNORECASE),
    "personal": re.compile(r"个人|\bpersonal\b|\bindividual\b|\bfor myself\b", re.IGNORECASE),
}
_TITLE = re.compile(
    r"抬头(?:[写填开改换错了是成为到给：:\s]|应该)*(?P<zh>[\u4e00-\u9fffA-Za-z（）()·]{2,40})"
    r"|\b(?:titled?|made out to|name(?:d)? on it)(?: is| to|:)?\s+(?P<en>[A-Z][\w&.,' -]{1,60}?)(?=$|[.;\n]|, tax)"
)
_NO_TITLE = re.compile(r"^(?:个人|公司|企业|单位|错|不对|personal|company)")
_COMPANY = re.compile(
    r"(?P<name>[\u4e00-\u9fff（）()]{4,30}?"
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|事务所|研究院|合作社|大学|医院|学校|中心))"
)
_BEFORE_COMPANY = re.compile(
    r"^(?:.*?(?:抬头|公司名|单位名?|名称|开给|写|填|开|是|为|叫|改成|改为|换成))(?=[\u4e00-\u9fff（])"
)
_TAX_NUMBER = re.compile(
    r"(?:税号|纳税人识别号|信用代码|tax (?:number|id|no\.?))\D{0,6}(?P<named>[0-9A-Z]{15,20})"
    r"|(?<![0-9A-Z])(?P<bare>(?=\w*[A-Z])[1-9A-HJ-NP-Y][1-9A-Z]\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Z])",
    re.IGNORECASE,
)
_GROUNDS = re.compile(
    r"(?:因为|理由是?|原因是?|是由于|明明|because|since|grounds?:?)[：:，,\s]*(?P<why>\S.{3,})",
    re.IGNORECASE | re.DOTALL,
)


def answer_in_words(name: str, text: str) -> str:
    """What a message comes to as the answer to one of these facts, when that was asked; "" when it is no such thing."""
    words = text.strip().rstrip("。.!！~～")
    return words if name in _ANSWERS and _ANSWERS[name].search(words) and not _ASKS.search(words) else ""


_ASKS = re.compile(r"[?？]|吗$|么$|^(?:what|why|how|can|do|is)\b|什么|怎么|为什么", re.IGNORECASE)
_ANSWERS: Mapping[str, re.Pattern[str]] = {
    "claim.address": re.compile(r"^(?=.*[省市区县镇乡村路街巷弄号栋幢室楼\d]).{6,120}$", re.DOTALL),
    "claim.recipient": re.compile(r"^[\u4e00-\u9fffA-Za-z·' -]{2,40}$"),
    "claim.invoice_title": re.compile(r"^[\u4e00-\u9fffA-Za-z0-9（）()·&.,' -]{2,80}$"),
    "claim.tax_number": re.compile(r"^[0-9A-Za-z]{15,20}$"),
    "claim.phone": re.compile(r"^[+\d][\d -]{6,19}$"),
    "claim.appeal_reason": re.compile(r"^.{4,}$", re.DOTALL),
}


def arguments_of(reading: Reading, wanted: Collection[str], today: date) -> dict[str, FactValue]:
    """Those of the wanted facts that a message states outright, by their full names."""
    found = {name: _READERS[name](reading, today) for name in wanted if name in _READERS}
    return {name: value for name, value in found.items() if value}


def _address(reading: Reading, _today: date) -> str:
    """The fullest address; after "change it to" also one that is not written out to the house number."""
    named = max((str(one.value) for one in reading.of_kind("address")), key=len, default="")
    said = _SOMEWHERE.search(reading.text)
    words = (said["address"] or said["english"] or "").strip() if said else ""
    if named and named not in words:
        return named
    return words if _PLACE.search(words) and not _is_phone(words) else named


def _is_phone(words: str) -> bool:
    return bool(re.fullmatch(r"[+\d\s-]{7,20}", words))


def _phone(reading: Reading, _today: date) -> str:
    """The last phone that is named: "not 139…, 138…" gives the right one last."""
    return next((str(one.value) for one in reversed(reading.of_kind("phone"))), "")


def _recipient(reading: Reading, _today: date) -> str:
    said = _PERSON.search(reading.text)
    return (said["zh"] or said["en"] or "").strip() if said else ""


def _which(kinds: Mapping[str, re.Pattern[str]]) -> Callable[[Reading, date], str]:
    """A reader of the first kind that the words name."""
    return lambda reading, _today: next((kind for kind, words in kinds.items() if words.search(reading.text)), "")


def _visit_day(reading: Reading, today: date) -> str:
    day = upcoming_day(reading.text, today)
    return day.isoformat() if day else ""


def _invoice_title(reading: Reading, _today: date) -> str:
    """What stands after "title", or the name of a company."""
    titled = _TITLE.search(reading.text)
    words = (titled["zh"] or titled["en"] or "").strip() if titled else ""
    if words and not _NO_TITLE.match(words):
        return _TAIL.sub("", words)
    company = _COMPANY.search(reading.text)
    return _BEFORE_COMPANY.sub("", company["name"]) if company else ""


_TAIL = re.compile(r"(?:税号|谢谢|哈|吧|就行|就好|可以吗|行吗).*$")


def _tax_number(reading: Reading, _today: date) -> str:
    said = _TAX_NUMBER.search(reading.text)
    return (said["named"] or said["bare"]).upper() if said else ""


def _appeal_reason(reading: Reading, _today: date) -> str:
    said = _GROUNDS.search(reading.text)
    return said["why"].strip() if said else ""


_READERS: Mapping[str, Callable[[Reading, date], str]] = {
    "claim.address": _address, "claim.phone": _phone, "claim.recipient": _recipient,
    "claim.service": _which(_SERVICES), "claim.visit_day": _visit_day, "claim.visit_time": _which(_TIMES),
    "claim.invoice_for": _which(_FOR), "claim.invoice_title": _invoice_title, "claim.tax_number": _tax_number,
    "claim.appeal_reason": _appeal_reason,
}
