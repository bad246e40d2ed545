"""Handing a conversation over to a person: the state and the events that say so. Plain values, no storing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from assistant.conversation import Conversation, HandoffMade, HandOver, OwnerChanged, Payload, next_owner


def hand_over(
    conversation: Conversation, handover: HandOver, brief: Mapping[str, object], now: datetime
) -> tuple[Conversation, list[Payload]]:
    """The conversation in the queue, and the events that say so.

    Raises:
        Conflict: it is in the queue already, or closed.
    """
    owner = next_owner(conversation.owner, "hand_over")
    changed = OwnerChanged(conversation.owner, owner, handover.reason)
    queued = replace(conversation, owner=owner, handover=handover, queued_at=now, agent=None)
    return queued, [HandoffMade(handover, brief), changed]
