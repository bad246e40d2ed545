"""A script: who the buyer is, what they bought, what they say, and what they know when they are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, with_config

from evals.files import Part, read_yaml
from knowledge.text import Language

Tap = Literal["confirm", "refuse", "leave", "take_offer"]
"""What is done with a proposal; `take_offer` takes what stands beside it instead."""
STRICT = ConfigDict(extra="forbid")
INLINE_BUYER = "buyer"


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What to tap on the order picker: the first entry that agrees with all that is given; `place` counts from 1."""

    title: str = ""
    order_id: str = ""
    place: int | None = None


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One move of the buyer.

    `say` is always said. `answer` is said only when something was just asked (with `to`: only when that was asked),
    and skipped otherwise. `pick` taps an order, `photo` sends a picture, `on_proposal` taps the proposal's button.
    """

    say: str = ""
    answer: str = ""
    to: str = ""
    pick: Pick | None = None
    photo: bool = False
    on_proposal: Tap | None = None

    @property
    def waits_to_be_asked(self) -> bool:
        """True for a line that is skipped unless a question was asked."""
        return bool(self.answer or self.to or self.pick)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A scripted buyer.

    `buyer` is one of the demo shop's; without it the buyer is new and has just the `orders` (see
    `assistant.commerce.inline`), with a credit `tier` and a shop that makes `promises`. `knows` are answers by what is
    asked (`claim.reason`, `order`, `wish`): they are given whenever that is asked, at most twice, before the next line.
    `on_proposal` is what is tapped as soon as a proposal is made.
    """

    turns: tuple[Line, ...]
    name: str = ""
    buyer: str = ""
    orders: tuple[Mapping[str, Any], ...] = ()
    tier: int = 3
    promises: tuple[str, ...] = ()
    language: Language = "zh"
    now: datetime | None = None
    knows: Mapping[str, str | Line] = field(default_factory=dict)
    on_proposal: Tap = "leave"

    @property
    def buyer_id(self) -> str:
        """Who speaks."""
        return self.buyer or INLINE_BUYER


SCRIPTS: TypeAdapter[Script] = TypeAdapter(Script)


def load_script(path: Path | str) -> Script:
    """A script from a YAML file.

    Raises:
        BadKnowledge: it cannot be read or a key is wrong; names file and line.
    """
    return script_of(read_yaml(Path(path)))


def script_of(part: Part) -> Script:
    """A part of a file as a script.

    Raises:
        BadKnowledge: a key is wrong, or nobody says anything.
    """
    script = part.read(SCRIPTS)
    if not script.turns:
        raise part.error("a script needs `turns`: what the buyer says, line by line", "turns")
    for place, line in enumerate(script.turns):
        if line == Line():
            raise part.error("an empty line: write `say`, `answer`, `pick`, `photo` or `on_proposal`", "turns", place)
    if script.buyer and script.orders:
        raise part.error("`buyer` names one of the demo's, who has orders already; leave out one of the two", "orders")
    return script
