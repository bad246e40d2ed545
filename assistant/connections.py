"""Connections to the platform, from settings: its HTTP contract, and where it takes webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant.clock import Clock
from assistant.commerce.http.addresses import checked_url
from assistant.commerce.http.calls import Calls, Limits, client
from assistant.commerce.http.platform import Access, HttpPlatform
from assistant.settings import Settings
from assistant.store.database import Database
from assistant.store.webhooks import tell_platform
from assistant.webhooks.outgoing import Messenger

CALLS_TO_RECEIVER = 2


@asynccontextmanager
async def connected_platform(settings: Settings, clock: Clock) -> AsyncIterator[HttpPlatform]:
    """The platform at `FAIRDESK_PLATFORM_URL`; its connections are closed at the end.

    Raises:
        BadInput: a setting is missing, or the URL can't be used.
    """
    settings.check_platform()
    private = settings.platform_private
    url = checked_url(settings.platform_url or "", private=private, named="FAIRDESK_PLATFORM_URL")
    limits = Limits(seconds=settings.platform_seconds, calls=settings.platform_calls)
    access = Access(url, settings.tenant, settings.platform_token, settings.platform_secret)
    async with client(private=private, limits=limits) as http:
        yield HttpPlatform(access, Calls(http, limits), clock)


@asynccontextmanager
async def connected_messenger(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Messenger | None]:
    """Who takes webhooks to `FAIRDESK_WEBHOOK_URL`; None, and no webhooks are written, where it is not set.

    Raises:
        BadInput: the URL can't be used, or there is no secret to sign with.
    """
    settings.check_webhooks()
    wanted = bool(settings.webhook_url and settings.webhook_secret)
    async with database.write() as tx:
        await tell_platform(tx, settings.tenant, clock(), wanted=wanted)
    if not (settings.webhook_url and settings.webhook_secret):
        yield None
        return
    private = settings.platform_private
    url = checked_url(settings.webhook_url, private=private, named="FAIRDESK_WEBHOOK_URL")
    limits = Limits(seconds=settings.platform_seconds, calls=CALLS_TO_RECEIVER)
    async with client(private=private, limits=limits) as http:
        yield Messenger(database, settings.tenant, url, settings.webhook_secret, Calls(http, limits), clock)
