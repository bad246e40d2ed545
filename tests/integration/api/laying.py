"""Putting a proposal on a buyer's table behind the doors, as a turn would."""

from datetime import timedelta

from assistant.clock import utc_now
from assistant.proposal import LIFETIME
from assistant.scope import Scope
from tests.fakes.scenes import proposed, put_on_table
from tests.integration.api.serving import Caller, Server

ORDER = "260360824866437017"
"""An order of Xiaolin's that has not been sent yet."""


def lay_proposal(server: Server, buyer: Caller, conversation: str, lifetime: timedelta = LIFETIME) -> str:
    """The id of a fresh proposal to refund `ORDER`; the platform behind these tests takes it from anybody."""
    scope = Scope(server.settings.tenant, "buyer", buyer.name)
    proposal = proposed(conversation, scope=scope, now=utc_now(), lifetime=lifetime, order_id=ORDER)
    return server.run(put_on_table(server.services.gateway, proposal, scope)).id
