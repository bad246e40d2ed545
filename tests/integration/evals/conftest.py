"""The real parts of the house, made once for all tests of the evals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.building import services_for
from assistant.services import Services
from assistant.settings import Settings
from evals.suites import NOON


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """Embedded services over a fresh SQLite database, at a Tuesday noon."""
    settings = Settings(home=tmp_path / "home", demo=True, burst_ms=0, database_url=None)
    async with services_for(settings, clock=lambda: NOON) as made:
        yield made
