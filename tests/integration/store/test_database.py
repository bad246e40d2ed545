"""The database itself: what it says when it is locked or away, and what is synced to disk."""

import asyncio
import threading

import pytest
from sqlalchemy import text

from assistant.store import conversations
from assistant.store.database import Database
from knowledge.errors import Unavailable
from tests.fakes.clock import NOW
from tests.fakes.scenes import BUYER, log_of, opened


async def test_a_locked_database_is_unavailable_and_loses_nothing(database_url: str) -> None:
    """While another process holds the lock, writers hear Unavailable; afterwards everything is as it was."""
    holder, waiter = Database(database_url), Database(database_url, busy_seconds=0.1)
    conversation = await opened(holder)
    async with holder.write() as tx:
        await conversations.find(tx, BUYER, conversation.id, lock=True)
        with pytest.raises(Unavailable, match="try again"):
            async with waiter.write() as other:
                await conversations.find(other, BUYER, conversation.id, lock=True)
    async with waiter.write() as other:
        assert await conversations.find(other, BUYER, conversation.id, lock=True) == conversation
    await asyncio.gather(holder.close(), waiter.close())


async def test_readers_do_not_wait_for_writers(database_url: str) -> None:
    """A reader sees the last committed state at once, while somebody else is writing."""
    writer, reader = Database(database_url), Database(database_url, busy_seconds=0.1)
    conversation = await opened(writer)
    async with writer.write() as tx:
        await conversations.find(tx, BUYER, conversation.id, lock=True)
        await conversations.note_message(tx, conversation.id, 7)
        assert await log_of(reader, conversation.id) == []
    await asyncio.gather(writer.close(), reader.close())


@pytest.mark.postgres
async def test_a_server_that_is_away_is_unavailable() -> None:
    """Nobody listening at the address: Unavailable, not a driver's error."""
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        async with away.read() as tx:
            await tx.execute(text("SELECT 1"))
    await away.close()


async def test_an_unwritable_place_is_unavailable(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A SQLite file that cannot be opened (its name is a folder's) is Unavailable, not a driver's error."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('a-folder')}")
    with pytest.raises(Unavailable):
        async with database.read() as tx:
            await tx.execute(text("SELECT 1"))
    await database.close()
    for thread in threading.enumerate():    # aiosqlite's thread says goodbye to this loop: let it
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 5)


async def test_only_durable_transactions_wait_for_the_disk(sqlite_url: str) -> None:
    """Confirmations sync the log to disk (FULL, 2), chat does not (NORMAL, 1), also after a failure in between."""
    database = Database(sqlite_url)

    async def level(*, durable: bool) -> int:
        async with database.write(durable=durable) as tx:
            return int(await tx.scalar(text("PRAGMA synchronous")) or 0)

    assert await level(durable=True) == 2
    with pytest.raises(RuntimeError):
        async with database.write(durable=True):
            raise RuntimeError("half-way")
    assert [await level(durable=False) for _ in range(10)] == [1] * 10
    await database.close()


async def test_many_more_transactions_than_connections(database: Database) -> None:
    """A hundred readers and writers at once wait for their turn, and all of them get one."""
    found = await asyncio.gather(*(opened(database) for _ in range(50)), *(log_of(database, "none") for _ in range(50)))
    assert len(found) == 100


async def test_a_naive_time_is_refused(database: Database) -> None:
    """A time without a zone never gets into the database."""
    with pytest.raises(Exception, match="naive time"):
        async with database.write() as tx:
            await conversations.create(tx, BUYER, "c1", "zh", NOW.replace(tzinfo=None))
