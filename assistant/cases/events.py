"""What happens to a case, and the entry of its record that is written down of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Party = Literal["buyer", "merchant", "staff", "juror", "platform", "clock"]
"""Who can move a case. `platform` is the platform's own answer or scan, `clock` the time that has passed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: the party, and the person's (or job's) id inside the tenant."""

    party: Party
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.party}:{self.subject}" if self.subject else self.party


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens to a case: `kind` names a row of the table, `said` is what came with it.

    `found` is what was looked up for it, such as who is drawn for a panel.
    """

    kind: str
    actor: Actor
    said: Mapping[str, Json] = field(default_factory=dict)
    found: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One entry of a case's record. `seq` runs from 1 without gaps; `actor` reads `buyer:<id>`, `clock` and the like.

    `data` holds `said` and `found` of what happened, `from` and `to` (the states), `due` (the next date) and `command`
    (what the platform was asked to do); that of the first event, `opened`, says what the case is about.
    """

    tenant: str
    case_id: str
    seq: int
    at: datetime
    actor: str
    kind: str
    data: Mapping[str, Json]
