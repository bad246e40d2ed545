"""Putting a proposal on a buyer's table behind the doors, as a turn would."""

from datetime import timedelta
from typing import Any

from assistant.clock import utc_now
from assistant.proposal import LIFETIME
from assistant.scope import Scope
from tests.fakes.scenes import proposed, put_on_table
from tests.integration.api.serving import Server


def lay_proposal(
    server: Server, buyer: str, conversation: str, order_id: str, lifetime: timedelta = LIFETIME, **more: Any
) -> str:
    """The id of a fresh proposal to refund an order."""
    scope = Scope(server.settings.tenant, "buyer", buyer)
    proposal = proposed(
        conversation, scope=scope, now=utc_now(), lifetime=lifetime, order_id=order_id, **more
    )
    return server.run(put_on_table(server.services.gateway, proposal, scope)).id
