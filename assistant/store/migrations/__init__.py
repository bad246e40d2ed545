"""Alembic's migrations, run in process at start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

FOLDER = Path(__file__).parent


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, bound to an open connection when there is one."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Bring the database of `connection` to the newest version, one process at a time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))     # another process may be upgrading for a while
        connection.execute(text("SELECT pg_advisory_xact_lock(4729001)"))
    command.upgrade(config(connection), "head")
