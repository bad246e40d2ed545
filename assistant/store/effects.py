"""What the demo platform has done, kept in the database beside everything else."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, insert, select
from sqlalchemy.exc import IntegrityError

from assistant.clock import Clock
from assistant.commerce.effects import Performed
from assistant.commerce.platform import Command, Effect
from assistant.proposal import commands
from assistant.store.database import Database
from assistant.store.tables import platform_effects as t
from knowledge.errors import Conflict

_effects: TypeAdapter[Effect] = TypeAdapter(Effect)


@dataclass(frozen=True, slots=True)
class StoredEffects:
    """Performed commands in the database; the primary key (tenant, key) makes each happen once."""

    database: Database
    clock: Clock

    async def get(self, tenant: str, key: str) -> Performed | None:
        """What was done under this key, or None."""
        async with self.database.read() as tx:
            row = (await tx.execute(select(t).where(t.c.tenant == tenant, t.c.key == key))).mappings().first()
        return _performed(row) if row else None

    async def add(self, tenant: str, key: str, command: Command, effect: Effect) -> None:
        """Keep what was done; Conflict when the key was used before."""
        values = {
            "tenant": tenant, "key": key, "at": self.clock(),
            "command": commands.dump_python(command, mode="json"),
            "effect": _effects.dump_python(effect, mode="json"),
        }
        try:
            async with self.database.write(durable=True) as tx:
                await tx.execute(insert(t).values(values))
        except IntegrityError as error:
            raise Conflict(f"something was done under the key {key!r} already") from error

    async def all(self, tenant: str) -> Sequence[Performed]:
        """All that was done, oldest first."""
        async with self.database.read() as tx:
            rows = (await tx.execute(select(t).where(t.c.tenant == tenant).order_by(t.c.at, t.c.key))).mappings()
            return [_performed(row) for row in rows]


def _performed(row: RowMapping) -> Performed:
    command, effect = commands.validate_python(row["command"]), _effects.validate_python(row["effect"])
    return Performed(row["key"], command, effect)
