"""One server for most tests of the API: building it costs a second or two."""

from collections.abc import Iterator
from functools import partial

import pytest

from assistant.building import services_for
from assistant.clock import utc_now
from assistant.commerce.demo.world import demo_world
from tests.fakes.platform import FakePlatform
from tests.integration.api.serving import Caller, Server, serving


@pytest.fixture(scope="session")
def shop() -> FakePlatform:
    """The demo shop's world on a platform that counts what it was asked to do."""
    return FakePlatform(demo_world(utc_now()))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, shop: FakePlatform) -> Iterator[Server]:
    """The real application over a fresh SQLite file."""
    make = partial(services_for, platform=lambda _database, _clock: shop)
    with serving(tmp_path_factory.mktemp("home"), make) as running:
        yield running


@pytest.fixture
def buyer(server: Server) -> Caller:
    """A new buyer, who has no orders."""
    return server.buyer()


@pytest.fixture
def lin(server: Server) -> Caller:
    """Lin, at the desk."""
    return server.staff("lin")


@pytest.fixture
def conversation(buyer: Caller) -> str:
    """The new buyer's conversation."""
    return buyer.opened()
