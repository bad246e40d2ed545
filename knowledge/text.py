"""Text in the two languages that Fairdesk speaks."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in Chinese and in English; both are written by people, neither is a translation at run time."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """The wording in `language`."""
        return self.en if language == "en" else self.zh
