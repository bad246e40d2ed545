"""Pictures that buyers send: rows in the database, bytes in a folder beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import and_, insert, select

from assistant.conversation import Attachment
from assistant.scope import Scope
from assistant.store.database import Database
from assistant.store.tables import attachments as t
from knowledge.errors import NotFound


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored picture."""

    id: str
    conversation_id: str
    media_type: str
    bytes: int

    @property
    def url(self) -> str:
        """Where the API serves it."""
        return f"/v1/attachments/{self.id}"


async def add(database: Database, scope: Scope, stored: Stored, now: datetime) -> None:
    """Remember a picture of the buyer's, or of the merchant's."""
    async with database.write() as tx:
        await tx.execute(insert(t).values(
            id=stored.id, tenant=scope.tenant, conversation_id=stored.conversation_id, buyer_id=scope.buyer_id or "",
            shop_id=scope.shop_id,
            media_type=stored.media_type, bytes=stored.bytes, at=now,
        ))


async def find(database: Database, scope: Scope, attachment_id: str) -> Stored:
    """A picture that the scope may see.

    Raises:
        NotFound: there is none, or it isn't this scope's.
    """
    mine = and_(t.c.id == attachment_id, t.c.tenant == scope.tenant)
    if scope.role == "merchant":
        mine = and_(mine, t.c.shop_id == scope.shop_id)
    elif not scope.is_staff:
        mine = and_(mine, t.c.buyer_id == scope.buyer_id)
    async with database.read() as tx:
        row = (await tx.execute(select(t).where(mine))).mappings().first()
    if row is None:
        raise NotFound("no such picture")
    return Stored(row["id"], row["conversation_id"], row["media_type"], row["bytes"])


async def attached(
    database: Database, scope: Scope, conversation_id: str, ids: Sequence[str]
) -> tuple[Attachment, ...]:
    """The pictures that a message names, which must be the sender's own, in this conversation.

    Raises:
        NotFound: one of them isn't.
    """
    found = [await find(database, scope, one) for one in ids]
    if any(one.conversation_id != conversation_id for one in found):
        raise NotFound("no such picture")
    return tuple(Attachment(one.id, one.url, one.media_type) for one in found)


def keep(path: Path, data: bytes) -> None:
    """Write a picture's bytes where they belong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def path_of(home: Path, attachment_id: str) -> Path:
    """Where a picture's bytes are kept; ids are our own, so a path cannot be smuggled in."""
    return home / "pictures" / attachment_id[:2] / attachment_id
