"""Migrations lead to the tables that the program uses, from nothing, on both databases."""

import asyncio
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from assistant.store.database import Database
from assistant.store.tables import metadata
from tests.conftest import ON_BOTH, Postgres
from tests.fakes.scenes import head_of, opened

START = "import asyncio, sys; from assistant.store.database import Database as D; asyncio.run(D(sys.argv[1]).upgrade())"


@pytest.fixture(params=ON_BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table; on SQLite the folder isn't there either."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'fairdesk.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.created()


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
    """Each start upgrades: the second time nothing changes, and nothing that was stored is lost."""
    database = Database(empty_url)
    await database.upgrade()
    conversation = await opened(database)
    await database.upgrade()
    assert await schema_gap(database) == []
    assert await head_of(database, conversation.id) == conversation
    await database.close()


async def test_several_processes_may_start_at_once(empty_url: str) -> None:
    """Workers that start together on an empty database all come up, with one schema."""
    starting = [await asyncio.create_subprocess_exec(sys.executable, "-c", START, empty_url) for _ in range(3)]
    assert await asyncio.gather(*(process.wait() for process in starting)) == [0, 0, 0]
    database = Database(empty_url)
    assert await schema_gap(database) == []
    await database.close()
