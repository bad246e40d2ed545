"""The people at the desk."""

from sqlalchemy import insert, select

from assistant.desk import Staff
from assistant.store.conversations import Tx
from assistant.store.tables import staff as t


async def add(tx: Tx, tenant: str, member: Staff, password_hash: str) -> None:
    """Add a person; a second one of the same name raises IntegrityError."""
    await tx.execute(insert(t).values(
        id=member.id, tenant=tenant, name=member.name, password_hash=password_hash, role=member.role,
        skills=list(member.skills),
    ))


async def by_name(tx: Tx, tenant: str, name: str) -> tuple[Staff, str] | None:
    """A person and their password's hash."""
    row = (await tx.execute(select(t).where(t.c.tenant == tenant, t.c.name == name))).mappings().first()
    if row is None:
        return None
    return Staff(row["id"], row["name"], row["role"], tuple(row["skills"])), row["password_hash"]
