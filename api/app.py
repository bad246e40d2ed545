"""The application: routes, pages, errors, and the jobs that run beside them."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from api import clockwork, errors, sealer, sweeper
from api.auth import load_keys
from api.limits import MAX_BODY, Limits
from api.routes import (
    approvals,
    attachments,
    buyer,
    cases,
    conversations,
    demo,
    desk,
    health,
    integrity,
    jury,
    merchant_reports,
    records,
    webhooks,
)
from api.throttle import Throttle
from api.web.pages import mount_pages
from assistant.building import services_for
from assistant.demo_staff import add_demo_staff
from assistant.record.heads import heads_of
from assistant.services import Services
from assistant.settings import Settings

HAND_OVER_SECONDS = 0.0005
"""Python's own five milliseconds are longer than most of what the loop does between two waits."""

log = logging.getLogger(__name__)

MakeServices = Callable[[Settings], AbstractAsyncContextManager[Services]]


def create_app(
    settings: Settings, make_services: MakeServices = services_for, *, durable_clocks: bool = False
) -> FastAPI:
    """The whole application for these settings; `make_services` lets tests bring their own parts.

    With `durable_clocks` the clocks of cases run on DBOS, once in a process; without, the sweeper rings them.

    Raises:
        BadInput: a setting is missing or unsafe.
    """
    settings.check()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        _share_the_cores(settings.threads)
        async with make_services(settings) as services:
            app.state.services = services
            if settings.demo:
                await add_demo_staff(services)
            await asyncio.to_thread(services.knowledge.ready)
            beside = [
                asyncio.create_task(sweeper.run(services)),
                asyncio.create_task(sealer.run(services, heads_of(settings), settings.seal_seconds)),
            ]
            if durable_clocks:
                beside.append(asyncio.create_task(clockwork.run(services)))
            yield
            for job in beside:
                job.cancel()
            await asyncio.gather(*beside, return_exceptions=True)   # the database closes after their transactions

    app = FastAPI(title="Fairdesk", version="1", lifespan=lifespan, docs_url="/docs", redoc_url=None)
    app.state.settings, app.state.keys, app.state.logins = settings, load_keys(settings), Throttle()
    errors.install(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY)     # bodies that don't state their length
    app.add_middleware(Limits)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    for part in (
        conversations, attachments, buyer, cases, jury, desk, approvals, health, integrity, merchant_reports, records,
        webhooks,
    ):
        app.include_router(part.router)
    if settings.demo:
        app.include_router(demo.router)
    mount_pages(app, demo=settings.demo)
    return app


def _share_the_cores(threads: int) -> None:
    """So many threads think side by side, and hand over quickly, so that the loop is not kept waiting behind them."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="think"))
    sys.setswitchinterval(HAND_OVER_SECONDS)
