"""A case with a record, over a real database, and heads in a folder of the test's own."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.conversation import BuyerMessage
from assistant.record.dossier import Archive, Dossier, gather
from assistant.record.heads import Heads, heads_of
from assistant.scope import Scope
from assistant.services import Services
from assistant.settings import Settings
from knowledge.text import Language
from tests.fakes.scenes import BUYER, add_events, opened, proposed, put_on_table

SAID = "我电话13812345678，住浙江省杭州市余杭区文一西路969号3号楼"


@dataclass(frozen=True)
class Papers:
    """The services, and where heads are kept."""

    services: Services
    home: Path

    @property
    def heads(self) -> Heads:
        """The heads of this home."""
        return heads_of(Settings(home=self.home))

    async def opened(self, order_id: str = "O-1") -> str:
        """The id of a case that a confirmed proposal opened, after the buyer wrote a phone number and an address."""
        conversation = await opened(self.services.database)
        await add_events(self.services.database, BUYER, conversation.id, BuyerMessage("c1", SAID))
        proposal = await put_on_table(self.services.gateway, proposed(conversation.id, order_id=order_id))
        return (await self.services.gateway.confirm(BUYER, proposal.id)).case_id

    async def file(self, scope: Scope, case_id: str, language: Language = "zh") -> Dossier:
        """What an export for `scope` would hold."""
        return await gather(self.services, Archive(self.heads, self.home), scope, case_id, language)


@pytest.fixture
def papers(services: Services, tmp_path: Path) -> Papers:
    """Services over each kind of database."""
    return Papers(services, tmp_path / "home")


