"""What a platform has done so far: the effects that a demo or test platform lays over its orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.commerce.platform import Command, Effect
from knowledge.errors import Conflict


@dataclass(frozen=True, slots=True)
class Performed:
    """A command that was done once, under its idempotency key, and what came of it."""

    key: str
    command: Command
    effect: Effect


class EffectStore(Protocol):
    """Where performed commands are kept. A key is unique within its tenant."""

    async def get(self, tenant: str, key: str) -> Performed | None:
        """What was done under this key, or None."""
        ...

    async def add(self, tenant: str, key: str, command: Command, effect: Effect) -> None:
        """Keep what was done.

        Raises:
            Conflict: something was done under this key already.
        """
        ...

    async def all(self, tenant: str) -> Sequence[Performed]:
        """All that was done, oldest first."""
        ...


class InMemoryEffects:
    """Effects in this process's memory: for tests, scripts and the command line."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], Performed] = {}

    async def get(self, tenant: str, key: str) -> Performed | None:
        """What was done under this key, or None."""
        return self._by_key.get((tenant, key))

    async def add(self, tenant: str, key: str, command: Command, effect: Effect) -> None:
        """Keep what was done; Conflict when the key was used before."""
        performed = Performed(key, command, effect)
        if self._by_key.setdefault((tenant, key), performed) is not performed:
            raise Conflict(f"something was done under the key {key!r} already")

    async def all(self, tenant: str) -> Sequence[Performed]:
        """All that was done, oldest first."""
        return [performed for (owner, _), performed in self._by_key.items() if owner == tenant]
