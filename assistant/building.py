"""The composition root: from settings to services. Nothing else decides which implementation is used."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from assistant.books import Books
from assistant.bus import Bus
from assistant.cases.terms import load_terms
from assistant.clock import Clock, new_id, utc_now
from assistant.commerce.demo.platform import DemoPlatform
from assistant.commerce.platform import Platform
from assistant.connections import connected_messenger, connected_platform
from assistant.decisions.jurisdiction import jurisdiction_of
from assistant.escalation.rules import wants_approval
from assistant.knowing import knowledge_for
from assistant.replies.writer import EmbeddedWriter
from assistant.services import Reader, Services, Writer
from assistant.settings import Settings
from assistant.store.database import Database
from assistant.store.effects import StoredEffects
from assistant.tools.gateway import Gateway
from assistant.understanding.reader import embedded_reader
from assistant.webhooks.outgoing import Messenger
from knowledge.embedding import embedded_encoder
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
    async with AsyncExitStack() as parts:
        database = Database(settings.database)
        parts.push_async_callback(database.close)
        await database.upgrade()
        jurisdiction = jurisdiction_of(settings.jurisdiction)
        books, knowledge = Books(settings.rules, jurisdiction), knowledge_for(settings)
        knowledge.lay_over(books.clauses)
        bus = Bus()
        made = platform(database, clock) if platform else await _platform(parts, settings, database, clock)
        terms = load_terms(jurisdiction.calendar, *_own_terms(settings))
        gateway = Gateway(
            database, made, clock, new_id, partial(bus.publish_both, settings.tenant), terms,
            lambda proposal: wants_approval(books.escalation, proposal.decision),
        )
        reader, writer = _voices(settings, books, knowledge)
        messenger = await _messenger(parts, settings, database, clock)
        yield Services(
            settings.tenant, database, made, gateway, books, knowledge, reader, writer, bus, clock, new_id,
            settings.burst_ms / 1000, messenger,
        )


def _own_terms(settings: Settings) -> list[Path]:
    """The platform's own file of how long cases wait, where its folder has one."""
    own = settings.rules / "cases.yaml" if settings.rules else None
    return [own] if own and own.exists() else []


async def _platform(parts: AsyncExitStack, settings: Settings, database: Database, clock: Clock) -> Platform:
    """The demo shop, or the platform that is configured."""
    if settings.demo:
        return DemoPlatform(clock, StoredEffects(database, clock))
    return await parts.enter_async_context(connected_platform(settings, clock))


async def _messenger(
    parts: AsyncExitStack, settings: Settings, database: Database, clock: Clock
) -> Messenger | None:
    """Who takes webhooks to the platform, where it wants them."""
    return await parts.enter_async_context(connected_messenger(settings, database, clock))


def _voices(settings: Settings, books: Books, knowledge: Knowledge) -> tuple[Reader, Writer]:
    """Who reads and who writes: the language model when one is configured, with the embedded ones behind it."""
    own = settings.embedding == "embedded"  # the reader's heads know no other encoder
    encoder = knowledge.encoder if own else embedded_encoder()
    reader, writer = embedded_reader(books.rules.every_fact, encoder), EmbeddedWriter()
    if not settings.has_language_model:
        return reader, writer
    from assistant.language_model import with_language_model  # slow to import, so only when it is used

    return with_language_model(settings, reader, writer, books.rules.every_fact)
