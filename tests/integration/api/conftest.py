"""One server for most tests of the API: building it costs a second or two."""

from collections.abc import Iterator

import pytest

from tests.integration.api.serving import Caller, Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real application over the demo shop and a fresh SQLite file."""
    with serving(tmp_path_factory.mktemp("home")) as running:
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
