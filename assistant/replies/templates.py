"""The wording of replies: `templates.yaml`, read once."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.text import Language


@cache
def _all() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("templates.yaml").read_text(encoding="utf8"))
    return loaded


def say(name: str, language: Language, variant: int = 0, **values: str) -> str:
    """The line `name`, its blanks filled; `variant` picks among those that mean the same."""
    variants = _all()[name][language]
    text: str = variants[variant % len(variants)]
    return text.format(**values).strip()


def label(name: str, language: Language) -> str:
    """The label of a button."""
    found: str = _all()["buttons"][name][language]
    return found


def step_label(step: str, language: Language) -> str:
    """What a step is called at the desk."""
    words = _all()["steps"].get(step)
    return str(words[language]) if words else step


def has(name: str) -> bool:
    """True when there is a line of this name."""
    return name in _all()
