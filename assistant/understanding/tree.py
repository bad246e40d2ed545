"""The tree of intents, as `data/intents.yaml` tells it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from knowledge.text import Text

INTENTS_FILE = Path(__file__).parent / "data" / "intents.yaml"


@lru_cache(maxsize=1)
def _titles() -> Mapping[str, Text]:
    content = yaml.safe_load(INTENTS_FILE.read_text(encoding="utf-8"))
    return MappingProxyType({name: Text(**title) for name, title in content.items()})


def intent_names() -> frozenset[str]:
    """The names of all intents."""
    return frozenset(_titles())


def intent_title(name: str) -> Text:
    """An intent's title in both languages; the name itself for one that a platform added."""
    return _titles().get(name, Text(name, name))
