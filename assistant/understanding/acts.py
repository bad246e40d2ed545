"""Yes or no to a proposal. Money moves on a yes, so only words that can mean nothing else count as one.

"嗯?", "好吧但是…" and "可以吗" are not a yes; "行",
"可以，退吧" and "ok go ahead" are. Everything else is unclear, and an
unclear answer is asked again. The whole message must be made of these words: one word more, and it is unclear.
"""

import re
from typing import Literal

Consent = Literal["yes", "no", "unclear"]

_QUESTION = re.compile(
    r"[?？]|吗|(?<!这)(?<!那)么\W*$|什么|呢|是不是|能不能|可不可以|要不要|怎么|为什么|多少|\b(?:how|what|why|when"
    r"|which|can you|should i"
    r"|do i)\b", re.IGNORECASE)  # fmt: skip

_YES = (
    r"确认|确定|同意|可以|行|好的?|好(?:吧|嘞|啊|呀|哒|滴|的呢)|行(?:吧|啊|嘞)|嗯+|恩+|是的?|对的?|没错|没问题"
    r"|没意见|ok(?:ay)?|okok|okk|要得|要的|要|中|成|得啊?|妥了?|"
    r"必须的?|当然|接受|答应|来吧|继续|就这(?:样|么办|么定)(?:吧|办)?|办(?:吧|理吧?)|提交(?:吧)?|申请吧?|冇问题"
    r"|好啊|可|没毛病|👌|✅"
)
_YES_EN = (
    r"yes|yep|yeah|yea|yup|sure|ok|okay|k|fine|alright|all right|agreed?|i agree|confirm(?:ed)?|i confirm|correct"
    r"|right|absolutely|"
    r"of course|definitely|go ahead|do it|please do|proceed|go for it|sounds good|that's fine|that works"
    r"|works for me|accept(?:ed)?|i accept|"
    r"let's do it|submit(?: it)?|yes please|perfect|great|good|exactly"
)
_DO = (
    r"(?:那)?(?:就)?(?:请|麻烦|劳烦|帮我|给我|你|您|直接|现在|马上|快|赶紧|尽快|就)*(?:办理?|退(?:货|款)?|换货?"
    r"|修|申请|提交|处理|弄|搞|退货退款|补差价?"
    r"|赔)(?:了)?(?:吧|一下|啊|哈)?"
)
_DO_EN = (
    r"(?:please |just |you can |then |now )*(?:refund|return|exchange|repair|submit|proceed|process|do|confirm"
    r"|file)(?: it| that| this| them)?(?: for me)?(?: now| please)?"
)
_POLITE = (
    r"谢谢(?:你|您|啦|了)?|多谢|感谢|辛苦(?:了|啦)?|麻烦(?:了|你|您)?|那|啊|哈|哦|吧|了|呀|的|哒|亲|您|please|pls"
    r"|plz|thanks?(?: you)?|thx|ty"
    r"|then|and|so|now|just|that's|it|is|👍|😊|🙏|😄|🙂"
)
_NO = (
    r"不|不(?:用|要|行|可以|同意|确认|确定|接受|需要|办|退|换|想|了)(?:了|吧)?|先不(?:用|要|了|办|退|弄)?(?:了)?"
    r"|暂时不(?:用|要)?(?:了)?|算了(?:吧)?|取消(?:吧"
    r"|掉)?|别(?:了|退|办|弄)?(?:了)?|不用了|不是的?|不对|不好|拒绝|放弃|唔(?:要|使|得)|❌"
)
_NO_EN = (
    r"no|nope|nah|no way|no thanks?(?: you)?|don'?t|do not|i don'?t (?:agree|accept|want (?:it|that|to))"
    r"|cancel(?: it| that)?|stop|not now|never ?mind|decline|i decline|i refuse|i disagree|not (?:that|this)"
    r"|no need|forget it|leave it|rather not"
)

_SPACE = r"[\s,，.。!！~～、;；…]*"
_WHOLE_YES = re.compile(
    rf"{_SPACE}(?:(?:{_POLITE}){_SPACE})*(?:{_YES}|{_YES_EN})(?:{_SPACE}(?:{_YES}|{_YES_EN}|{_DO}|{_DO_EN}"
    rf"|{_POLITE}))*{_SPACE}", re.IGNORECASE)
_WHOLE_NO = re.compile(
    rf"{_SPACE}(?:(?:{_POLITE}|嗯|那个){_SPACE})*(?:{_NO}|{_NO_EN})(?:{_SPACE}(?:{_NO}|{_NO_EN}|{_POLITE}|{_DO}"
    rf"|{_DO_EN}))*{_SPACE}", re.IGNORECASE)
_WHOLE_DO = re.compile(rf"{_SPACE}(?:(?:{_POLITE}){_SPACE})*(?:{_DO}|{_DO_EN})(?:吧|啊|了){_SPACE}", re.IGNORECASE)
_LONGEST = 60


def read_consent(text: str) -> Consent:
    """What a message says to a proposal that is on the table."""
    said = text.strip()
    if not said or len(said) > _LONGEST or _QUESTION.search(said):
        return "unclear"
    if _WHOLE_NO.fullmatch(said):
        return "no"
    if _WHOLE_YES.fullmatch(said) or _WHOLE_DO.fullmatch(said):
        return "yes"
    return "unclear"
