"""What the tests of the seam share: the assistant over the demo shop, and a place to write replies in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.building import services_for
from assistant.commerce.model import Buyer
from assistant.conversation import DialogueState
from assistant.decisions.facts import default_catalog
from assistant.planning.step import Situation
from assistant.replies.voice import Done, Voice
from assistant.services import Services
from assistant.settings import Settings
from tests.fakes.clock import NOW, FixedClock
from tests.integration.language_model.scripted import Talk


@pytest.fixture
def talk() -> Talk:
    """Done nothing, in a conversation that has just begun, in Chinese."""
    buyer = Buyer("xiaolin", "小林", 3, "zh")
    situation = Situation(NOW, "demo", buyer, (), {}, {}, (), DialogueState(), "zh")
    return Done(), situation, Voice("zh", default_catalog(), lambda _id: None)


@pytest.fixture(autouse=True)
def no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own endpoint, if it has one, is not talked to."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def embedded(sqlite_url: str, tmp_path: Path, clock: FixedClock) -> AsyncIterator[Services]:
    """The whole assistant without a language model, over the demo shop and a fresh database."""
    settings = Settings(home=tmp_path, demo=True, burst_ms=0, database_url=sqlite_url)
    async with services_for(settings, clock=clock) as services:
        yield services
