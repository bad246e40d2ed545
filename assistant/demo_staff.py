"""The demo's people at the desk. Their password is shown on the login page: demo mode only."""

from assistant.desk import Staff
from assistant.passwords import hash_password
from assistant.services import Services
from assistant.store import staff

PASSWORD = "demo"  # noqa: S105 - known to everyone, on purpose, in demo mode only
PEOPLE = (
    Staff("staff-lin", "lin", "agent", ("general",)),
    Staff("staff-zhou", "zhou", "agent", ("mother_baby", "care")),
    Staff("staff-admin", "admin", "admin", ()),
)


async def add_demo_staff(services: Services) -> None:
    """Add those who are not there yet."""
    async with services.database.write() as tx:
        for member in PEOPLE:
            if await staff.by_name(tx, services.tenant, member.name) is None:
                await staff.add(tx, services.tenant, member, hash_password(PASSWORD))
