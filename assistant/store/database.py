"""The database: one engine, read and write transactions, the schema's upgrade.

SQLite runs in WAL mode. Its writers queue on a lock inside the process, which is quicker and fairer than SQLite's own
busy waiting; between processes the busy timeout holds. Killing the process loses nothing that was committed; only
`durable` transactions also survive a power cut on SQLite (they sync the log to disk).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from knowledge.errors import Unavailable

BUSY_SECONDS = 5


class Database:
    """A pool of connections to SQLite (`sqlite:///file`) or PostgreSQL (`postgresql://…`).

    Raises:
        Unavailable: from any transaction, when the database is locked for longer than the busy timeout or away.
    """

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        driver = "sqlite+aiosqlite" if self.is_sqlite else "postgresql+psycopg"
        self.url = parsed.set(drivername=driver)
        patience = {"timeout": busy_seconds} if self.is_sqlite else _patience_of_postgres(busy_seconds)
        self.engine: AsyncEngine = create_async_engine(self.url, pool_size=8, connect_args=patience)
        self._reading = self.engine
        self._writer: asyncio.Lock | None = asyncio.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            _tune_sqlite(self.engine)
        else:   # SQLite's readers have one picture anyway
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads: one consistent picture."""
        with _clear_errors():
            async with self._reading.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def write(self, *, durable: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; commits at the end, rolls back on any error.

        On SQLite it holds the write lock from its beginning, so that what it reads cannot change under it.
        """
        with _clear_errors():
            async with self._writer or nullcontext(), self.engine.connect() as connection:
                await connection.execution_options(fairdesk_writes=True, fairdesk_durable=durable)
                async with connection.begin():
                    yield connection

    async def upgrade(self) -> None:
        """Bring the schema to the newest version; safe to call from several processes."""
        from assistant.store.migrations import upgrade

        if self.is_sqlite and self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        async with self.write() as connection:
            await connection.run_sync(upgrade)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _patience_of_postgres(seconds: float) -> dict[str, Any]:
    """Connection options that make a lock, or a server that stays silent, an error after `seconds`."""
    return {"options": f"-c lock_timeout={round(seconds * 1000)}", "connect_timeout": max(2, round(seconds))}


class _clear_errors:  # noqa: N801 - reads as a verb in `with`
    """Turns the driver's "locked" and "gone", and a pool that stays empty, into Unavailable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OperationalError | TimeoutError):
            raise Unavailable("the database does not answer; nothing was changed, please try again") from error


def _tune_sqlite(engine: AsyncEngine) -> None:
    """WAL, foreign keys, and transactions that say at BEGIN whether they will write."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None       # SQLAlchemy's begin event below speaks BEGIN itself
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get("fairdesk_writes"):
            connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options['fairdesk_durable'] else 'NORMAL'}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")
