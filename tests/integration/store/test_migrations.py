"""Migrations lead to the tables that the program uses, from nothing, on both databases."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from assistant.store.database import Database
from assistant.store.tables import metadata
from tests.conftest import ON_BOTH, Postgres


@pytest.fixture(params=ON_BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table; on SQLite the folder isn't there either."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'fairdesk.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh("template0")


def differences(connection: Connection) -> list[object]:
    """What alembic would change to get from the database's schema to `tables.metadata`."""
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


async def schema_gap(database: Database) -> list[object]:
    """The differences between the database and the program's tables."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(differences)


async def test_upgrading_from_nothing_leads_to_the_tables(empty_url: str) -> None:
    """After the upgrade there is no difference between the database and the program's tables; before, there is."""
    database = Database(empty_url)
    Path(str(database.url.database)).parent.mkdir(exist_ok=True)
    assert len(await schema_gap(database)) >= len(metadata.tables)
    await database.upgrade()
    assert await schema_gap(database) == []
    await database.close()


async def test_upgrading_again_is_harmless(empty_url: str) -> None:
    """Several processes may start at once, and again later: the schema stays as it is."""
    several = [Database(empty_url) for _ in range(3)]
    await asyncio.gather(*(one.upgrade() for one in several))
    await several[0].upgrade()
    assert await schema_gap(several[0]) == []
    await asyncio.gather(*(one.close() for one in several))
