"""Handing a conversation over to a person: the state and the events that say so. Plain values, no storing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from assistant.conversation import Conversation, HandoffMade, HandOver, OwnerChanged, Payload, next_owner
from knowledge.text import Text


def hand_over(
    conversation: Conversation, handover: HandOver, brief: Mapping[str, object], now: datetime
) -> tuple[Conversation, list[Payload]]:
    """The conversation in the queue, and the events that say so.

    The buyer reads that a person is coming, never why: "may be at risk" or "angry again" is for the desk alone.

    Raises:
        Conflict: it is in the queue already, or closed.
    """
    owner = next_owner(conversation.owner, "hand_over")
    changed = OwnerChanged(conversation.owner, owner, _TO_A_PERSON)
    queued = replace(conversation, owner=owner, handover=handover, queued_at=now, agent=None)
    return queued, [HandoffMade(handover, brief), changed]


_TO_A_PERSON = Text("正在转接人工客服", "Passing you to a person")
