"""An honest record to tamper with: cases that moved by turns, sealed as they went, with a rotation of the key."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from assistant.cases import chain
from assistant.cases.events import CaseEvent
from assistant.record.copies import entry_line
from assistant.record.heads import Heads, Json, Sealed
from assistant.record.keys import KeyFiles
from assistant.store.case_events import Recorded
from tests.fakes.clock import NOW

KINDS = ("accept", "ship", "parcel_back", "give_evidence", "rest", "offer", "agree", "platform_done", "time_passed")
TENANT = "demo"


@dataclass
class World:
    """Records in memory, and heads in a folder."""

    heads: Heads
    dice: random.Random
    records: dict[str, list[Recorded]] = field(default_factory=dict)
    hours: int = 0

    def happen(self, case: str) -> None:
        """Something happens to a case."""
        self.hours += 1
        record, dice = self.records.setdefault(case, []), self.dice
        text = dice.choice(["裂了", "cracked", "…\u2028"])
        said = {"text": text, "amount_fen": dice.randrange(9999), "ok": True, "n": None}
        kind = dice.choice(KINDS) if record else "opened"
        event = CaseEvent(TENANT, case, len(record) + 1, NOW + timedelta(hours=self.hours), "buyer:xiaolin", kind,
                          {"said": said, "to": "evidence"})
        event, previous = chain.salted(event, f"{dice.getrandbits(128):032x}"), record[-1].hash if record else ""
        record.append(Recorded(event, chain.link(previous, event), previous))

    def seal(self) -> list[Json]:
        """Sign how far the cases have come."""
        standing = [Sealed(case, len(record), record[-1].hash) for case, record in self.records.items()]
        return self.heads.seal(standing, NOW + timedelta(hours=self.hours))

    def entries(self) -> list[Json]:
        """The entries as lines, case by case."""
        return [entry_line("staff", one) for record in self.records.values() for one in record]


def heads_in(folder: Path) -> Heads:
    """Heads and keys in a fresh folder."""
    return Heads(folder / "heads", TENANT, KeyFiles(folder / "record.key", folder / "heads" / "keys" / "keys.jsonl"))


def a_year_of_cases(folder: Path, seed: int = 20261122, cases: int = 12, moves: int = 80) -> World:
    """Cases that moved and were sealed by turns, the key rotated on the way; everything is sealed at the end."""
    world = World(heads_in(folder), random.Random(seed))
    names = [f"{world.dice.getrandbits(128):032x}" for _ in range(cases)]
    for move in range(moves):
        world.happen(world.dice.choice(names))
        if move % 8 == 7:
            world.seal()
        if move == moves // 2:
            world.heads.keys.rotate(NOW + timedelta(hours=world.hours))
    world.seal()
    return world
