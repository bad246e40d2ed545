"""Signed heads: what every case had come to, written down outside the database as it goes along.

Each head names cases that moved since the one before, with the number of their entries and the hash of the last. It
carries the signature of the head before it, so taking away a head, a case or an entry shows. A tenant's folder holds a
file for each day, a head a line: made to be copied to where the database's keepers can't write.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from filelock import FileLock

from assistant.cases import chain
from assistant.record.keys import KeyFiles, Signer
from assistant.settings import Settings

MOST_CASES = 1000
"""How many cases a head names at most: an export of one case carries one hash for each of them."""
LOOK_BACK = timedelta(days=1)
"""A case that moved within this time before the last head has its newest seal among the heads of that time."""

Json = dict[str, Any]


class Sealed(NamedTuple):
    """How far a case has come: so many entries, the last of them with this hash."""

    case: str
    entries: int
    hash: str


@dataclass(frozen=True, slots=True)
class Heads:
    """A tenant's signed heads. Several processes may share the folder; one at a time writes."""

    folder: Path
    tenant: str
    keys: KeyFiles

    def seal(self, standing: Iterable[Sealed], now: datetime, since: datetime | None = None) -> list[Json]:
        """Sign how far cases have come, where no head says so already; the new heads.

        `since` tells from when on the seals of these cases can be, so that older files need not be read.

        Raises:
            BadInput: the signing key is not as it should be.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "lock"):
            signer, sealed = self.keys.signer(now), self._sealed(since)
            moved = sorted(one for one in standing if one.entries > sealed.get(one.case, 0))
            return [
                self._append(moved[start : start + MOST_CASES], signer, now)
                for start in range(0, len(moved), MOST_CASES)
            ]

    def all(self, since: datetime | None = None) -> Iterator[Json]:
        """The heads, oldest first, from the day of `since` on."""
        return (json.loads(line) for line in self._lines(since))

    def of_case(self, case_id: str, since: datetime) -> list[Json]:
        """The heads that name a case, with what they say of others taken out; the hashes that stand for those stay."""
        marked = f'"{case_id}"'.encode()
        found = [json.loads(line) for line in self._lines(since) if marked in line]
        return [{**head, "cases": [one for one in head["cases"] if one[0] == case_id]} for head in found]

    def last(self) -> Json | None:
        """The newest head, if there is one."""
        newest = (lines[-1] for path in reversed(self._files()) if (lines := _whole_lines(path)))
        return next(map(json.loads, newest), None)

    def _sealed(self, since: datetime | None) -> dict[str, int]:
        return {case: count for head in self.all(since) for case, count, _ in head["cases"]}

    def _append(self, moved: Sequence[Sealed], signer: Signer, now: datetime) -> Json:
        before, files = self.last(), self._files()
        head = signer.signed({
            "what": "head", "number": before["number"] + 1 if before else 1, "at": now.isoformat(),
            "tenant": self.tenant, "count": len(moved), "leaves": [chain.digest(one) for one in moved],
            "previous": before["signature"] if before else "",
        })
        line = {**head, "cases": [list(one) for one in moved]}
        today = self.folder / f"{now.date().isoformat()}.jsonl"
        _append_line(max(today, files[-1]) if files else today, chain.line(line))   # a clock set back reorders nothing
        return line

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.jsonl") if path.stat().st_size)

    def _lines(self, since: datetime | None) -> Iterator[bytes]:
        first = since.date() if since else date.min
        for path in self._files():
            if path.stem >= first.isoformat():
                yield from _whole_lines(path)


def heads_of(settings: Settings) -> Heads:
    """The heads of these settings' tenant."""
    folder = settings.heads or settings.home / "heads"
    keys = KeyFiles(settings.record_key or settings.home / "record.key", folder / "keys.jsonl")
    return Heads(folder / f"of-{quote(settings.tenant, safe='')}", settings.tenant, keys)


def _whole_lines(path: Path) -> list[bytes]:
    """The lines of a file but for one that a crash cut short, which nobody has relied on."""
    return path.read_bytes().split(b"\n")[:-1]


def _append_line(path: Path, line: bytes) -> None:
    """Add a line for good: on the disk before anybody hears of it; a line cut short is cut away first."""
    with path.open("ab") as out:
        whole = sum(len(one) + 1 for one in _whole_lines(path))
        out.truncate(whole)
        out.write(line)
        out.flush()
        os.fsync(out.fileno())
