"""The composition root: from settings to services. Nothing else decides which implementation is used."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from assistant.books import Books
from assistant.bus import Bus
from assistant.clock import Clock, new_id, utc_now
from assistant.commerce.demo.platform import DemoPlatform
from assistant.commerce.platform import Platform
from assistant.replies.writer import EmbeddedWriter
from assistant.services import Reader, Services, Writer
from assistant.settings import Settings
from assistant.store.database import Database
from assistant.store.effects import StoredEffects
from assistant.tools.gateway import Gateway
from assistant.understanding.reader import embedded_reader
from knowledge.errors import BadInput
from knowledge.service import Knowledge

MakePlatform = Callable[[Database, Clock], Platform]


@asynccontextmanager
async def services_for(
    settings: Settings, *, clock: Clock = utc_now, platform: MakePlatform | None = None
) -> AsyncIterator[Services]:
    """All parts, ready to work: the database upgraded, rules loaded, the index there. Closed at the end.

    Raises:
        BadInput: a setting or a rule file is wrong.
    """
    database = Database(settings.database)
    await database.upgrade()
    books, knowledge = Books(settings.rules), Knowledge(settings.home)
    bus = Bus()
    made = platform(database, clock) if platform else _platform(settings, database, clock)
    gateway = Gateway(database, made, clock, new_id, partial(bus.publish_both, settings.tenant))
    reader, writer = _voices(settings, books, knowledge)
    try:
        yield Services(
            settings.tenant, database, made, gateway, books, knowledge, reader, writer, bus, clock, new_id,
            settings.burst_ms / 1000,
        )
    finally:
        await database.close()


def _platform(settings: Settings, database: Database, clock: Clock) -> Platform:
    if settings.demo:
        return DemoPlatform(clock, StoredEffects(database, clock))
    raise BadInput("no platform is connected: run in demo mode, or hand a Platform to services_for()")


def _voices(settings: Settings, books: Books, knowledge: Knowledge) -> tuple[Reader, Writer]:
    """Who reads and who writes: the language model when one is configured, with the embedded ones behind it."""
    reader, writer = embedded_reader(books.rules.catalog, knowledge.encoder), EmbeddedWriter()
    if not settings.has_language_model:
        return reader, writer
    from assistant.language_model import with_language_model  # slow to import, so only when it is used

    return with_language_model(settings, reader, writer, books.rules.catalog)
