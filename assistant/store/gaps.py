"""Knowledge gaps: questions that nothing covered, kept for those who write policies."""

from datetime import datetime

from sqlalchemy import insert

from assistant.conversation import Conversation
from assistant.planning.step import NotCovered
from assistant.scope import Scope
from assistant.store.conversations import Tx
from assistant.store.tables import gaps


async def add(tx: Tx, scope: Scope, conversation: Conversation, step: NotCovered, now: datetime) -> None:
    """Note a question that was not covered, with the clauses that came nearest."""
    await tx.execute(insert(gaps).values(
        tenant=scope.tenant, conversation_id=conversation.id, question=step.question[:2000],
        language=conversation.language, nearest=list(step.nearest), at=now,
    ))
