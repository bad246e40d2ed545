"""Turns of phrase that say something by themselves: regular expressions from `data/cues.yaml`.

Where people's words are plain ("转人工", "漏电"), a list is surer than a classifier and easier for a platform to edit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import BadKnowledge

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Cue:
    """What points to a name, and the phrases in which it doesn't."""

    pattern: re.Pattern[str]
    unless: re.Pattern[str]

    def found_in(self, text: str) -> bool:
        """True when the text has the cue outside the phrases that excuse it."""
        return bool(self.pattern.search(text) and self.pattern.search(self.unless.sub("\n", text)))

    def excused_in(self, text: str) -> bool:
        """True when the text has a phrase that excuses the cue, and the cue nowhere else: "不用转人工了"."""
        return bool(self.unless.search(text)) and not self.found_in(text)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The cues of flags (`safety`, `asks_for_person`, …), of moods, and of wishes in their plainest words."""

    flags: Mapping[str, Cue]
    moods: Mapping[str, Cue]
    intents: Mapping[str, Cue] = field(default_factory=dict)

    def flags_in(self, text: str) -> frozenset[str]:
        """The flags that the wording alone gives."""
        return frozenset(name for name, cue in self.flags.items() if cue.found_in(text))

    def flags_excused_in(self, text: str) -> frozenset[str]:
        """The flags that the wording speaks against: "不用转人工了" asks for no person, whatever else it looks like."""
        return frozenset(name for name, cue in self.flags.items() if cue.excused_in(text))

    def intents_in(self, text: str) -> tuple[str, ...]:
        """The intents that the wording alone gives, in the order of the file."""
        return tuple(name for name, cue in self.intents.items() if cue.found_in(text))

    def moods_in(self, text: str) -> frozenset[str]:
        """The moods that the wording alone gives."""
        return frozenset(name for name, cue in self.moods.items() if cue.found_in(text))


def load_lexicon(path: Path = DATA / "cues.yaml") -> Lexicon:
    """Read a lexicon from a file of `flags`, `moods` and perhaps `intents`, each with `cues` and `unless`.

    Raises:
        BadKnowledge: the file is not such a file, or an expression in it is not one.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Lexicon(_cues(content["flags"]), _cues(content["moods"]), _cues(content.get("intents") or {}))
    except (yaml.YAMLError, re.error, KeyError, TypeError, AttributeError) as wrong:
        raise BadKnowledge(f"not a lexicon of cues: {wrong}", str(path)) from wrong


@lru_cache(maxsize=1)
def shipped_lexicon() -> Lexicon:
    """The lexicon that comes with Fairdesk, read once."""
    return load_lexicon()


def _cues(section: Mapping[str, Mapping[str, Any]]) -> dict[str, Cue]:
    return {name: Cue(_any_of(c["cues"]), _any_of(c.get("unless") or [_NEVER])) for name, c in section.items()}


_NEVER = r"(?!)"


def _any_of(expressions: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{e})" for e in expressions), re.IGNORECASE | re.MULTILINE)
