"""The demo's people at the desk. Their password is shown on the login page: demo mode only."""

from dataclasses import replace

from assistant.desk import Staff
from assistant.passwords import hash_password
from assistant.services import Services
from assistant.store import staff

PASSWORD = "demo"  # noqa: S105 - known to everyone, on purpose, in demo mode only
PEOPLE = (
    Staff("lin", "lin", "agent", ("general",)),
    Staff("zhou", "zhou", "agent", ("mother_baby", "care")),
    Staff("admin", "admin", "admin", ()),
)


async def add_demo_staff(services: Services) -> None:
    """Add those who are not there yet; ids carry the tenant, since several may share a database."""
    async with services.database.write() as tx:
        for member in PEOPLE:
            if await staff.by_name(tx, services.tenant, member.name) is None:
                own = replace(member, id=f"{services.tenant}-{member.id}")
                await staff.add(tx, services.tenant, own, hash_password(PASSWORD))
