"""A task's text as the words of a buyer: wishes in their order, told in the first person, and when each is told."""

import re
from dataclasses import dataclass

_WISH = re.compile(r"<(意图[^<>]{1,4})>\s*(?P<text>.*?)\s*<[\\/]\1>", re.DOTALL)
_UNSAID = re.compile(r"[（(][^（）()]*(?:注意|禁止|透露|不会告诉|不要告诉)[^（）()]*[）)]")
_CONDITION = re.compile(
    r"^(?:此外|另外|然后|最后|接着|之后|同时)?[，,]?\s*(?P<if>(?:如果|若|要是|假如)[^，,。]*|[^，,。]*后)[，,]"
)
_AFTERWARDS = re.compile(r"^[^，,。]*确认[^，,。]*后$")
_IMAGE = re.compile(r"https?://\S+?\.(?:jpe?g|png|webp|gif)", re.IGNORECASE)
_FLIP = {"你们": "我们", "你": "我", "客服": "你", "他": "你"}
_PERSON = re.compile("你们|你|客服|(?<![其吉])他")


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish: its words, what must have come true before it is told ("" for nothing), and what stays unsaid."""

    words: str
    condition: str = ""
    unsaid: str = ""

    @property
    def photos(self) -> int:
        """How many pictures are sent with it: the links to pictures in its words."""
        return len(_IMAGE.findall(self.words))


def wishes_of(instruction: str) -> tuple[Wish, ...]:
    """The wishes that a task's text numbers, in their order."""
    return tuple(_wish(found["text"]) for found in _WISH.finditer(instruction))


def _wish(text: str) -> Wish:
    unsaid = " ".join(_UNSAID.findall(text))
    said = _UNSAID.sub("", text).strip()
    led = _CONDITION.match(said)
    if led and (led["if"].startswith(("如果", "若", "要是", "假如")) or _AFTERWARDS.match(led["if"])):
        return Wish(in_first_person(said[led.end():]), led["if"], unsaid)
    return Wish(in_first_person(said), "", unsaid)


def in_first_person(text: str) -> str:
    """The words that were said of "you", as you would say them yourself to the one called 客服.

    >>> in_first_person("你希望客服帮你查询物流")
    '我希望你帮我查询物流'
    """
    return _PERSON.sub(lambda found: _FLIP[found[0]], text).strip()


def spoken(wish: Wish, variant: int) -> str:
    """The words of a wish in one of three ways: as they are, sentence by sentence, or with courtesies around them."""
    if variant % 3 == 1:
        return re.sub(r"[，,。]\s*", "\n", wish.words).strip()
    return f"你好，{wish.words} 谢谢" if variant % 3 == 2 else wish.words
