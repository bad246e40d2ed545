"""A Reading: what a message says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.text import Language

FactValue = str | int | float | bool
MoodName = Literal["calm", "anxious", "angry", "distressed", "thankful"]
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class IntentScore:
    """An intent by its dotted name (`claim.return`, `ask.policy.refund`, `act.confirm`) and its probability."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing named in the text: `text[start:end]`, and its value in the form that the program uses.

    `kind` is one of `order_number`, `tracking_number`, `product_id`, `product`, `ordinal`, `date`, `amount`,
    `quantity`, `phone`, `id_card`, `bank_card`, `email`, `address`. Dates are ISO days, amounts are fen.
    """

    kind: str
    text: str
    start: int
    end: int
    value: FactValue
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Mood:
    """How the buyer feels, with the classifier's probability."""

    name: MoodName = "calm"
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one turn of the buyer says.

    `intents` are those above their thresholds, best first, and empty for "none of these". `facts` are answers and
    claims in terms of `rules/facts` (`{"claim.reason": "quality"}`). `flags` are any of `asks_for_person`, `abuse`,
    `self_harm`, `threat`, `legal_threat`, `safety`, `minor`, `elderly`, `off_platform`, `personal_data`, `injection`,
    `empty`,
    `gibberish`. `vector` is the encoder's query embedding, kept so that search need not compute it again.
    """

    text: str
    language: Language
    intents: tuple[IntentScore, ...] = ()
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    mentions: tuple[Mention, ...] = ()
    mood: Mood = Mood()
    flags: frozenset[str] = frozenset()
    confidence: float = 0.0
    vector: Vector | None = field(default=None, compare=False, repr=False)

    @property
    def intent(self) -> str:
        """The best intent's name, or `none`."""
        return self.intents[0].name if self.intents else "none"

    def has(self, name: str) -> bool:
        """True when an intent of this name, or below it in the tree, is among the intents."""
        return any(i.name == name or i.name.startswith(name + ".") for i in self.intents)

    def of_kind(self, kind: str) -> tuple[Mention, ...]:
        """The mentions of one kind, in the order of the text."""
        return tuple(m for m in self.mentions if m.kind == kind)
