"""Cases to begin with, and the shortest way to make things happen to them."""

from dataclasses import replace
from datetime import datetime, timedelta

from assistant.cases.case import Case, Proceedings
from assistant.cases.events import Actor, Happening, Json, Party
from assistant.cases.machine import Moved, apply
from assistant.cases.opening import open_case
from assistant.cases.outcomes import File
from assistant.cases.terms import Terms, default_terms
from assistant.commerce.platform import Command
from tests.fakes.clock import NOW
from tests.fakes.scenes import decided

COMMANDS = {"return_and_refund": "return"}
PARTIES: dict[str, Party] = {
    "time_passed": "clock", "platform_done": "platform", "platform_refused": "platform", "vote": "juror",
    "parcel_back": "platform",
}


def terms(**changed: object) -> Terms:
    """The shipped terms, with a small jury: three jurors, two votes."""
    return replace(default_terms(), **{"panel": 3, "quorum": 2, **changed})  # type: ignore[arg-type]


def begun(remedy: str = "return_and_refund", amount_fen: int = 12900, **notes: str) -> File:
    """A case that was just opened for this remedy."""
    decision = replace(decided(amount_fen, remedy=remedy), deadlines=(), notes=notes)
    command = Command(COMMANDS.get(remedy, remedy), "O-1", "O-1-1", amount_fen)
    case = open_case(decision, command, "k1", "AS-1", NOW, terms())
    return File(replace(case, tenant="demo", buyer_id="xiaolin", shop_id="s-orchid"), Proceedings())


class Story:
    """A case to which things happen one after the other, on a clock of its own."""

    def __init__(self, file: File, on: Terms | None = None) -> None:
        self.file, self.now, self.terms = file, NOW, on or terms()
        self.commands: list[Command] = []

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.file.case

    def happen(self, kind: str, by: Party | None = None, subject: str = "x", **said: Json) -> Moved:
        """Let something happen now."""
        found: dict[str, Json] = {"panel": said.pop("panel")} if "panel" in said else {}
        actor = Actor(by or PARTIES.get(kind, "staff"), subject)
        moved = apply(self.file, Happening(kind, actor, said, found), self.now, self.terms)
        self.file = moved.file
        self.commands += [moved.command] if moved.command else []
        return moved

    def wait(self, **found: Json) -> Moved:
        """Let the time pass until the clock rings, and ring it."""
        assert self.case.due
        self.now = max(self.now, self.case.due)
        return self.happen("time_passed", **found)

    def paid(self, name: str = "return_refund") -> None:
        """The platform has paid."""
        self.happen("platform_done", command=name, amount_fen=0)

    def later(self, **by: float) -> "Story":
        """Some time passes."""
        self.now += timedelta(**by)
        return self


def at(hours: float = 0, days: float = 0) -> datetime:
    """A time after the cases were opened."""
    return NOW + timedelta(hours=hours, days=days)
