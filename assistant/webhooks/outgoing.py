"""Webhooks out: cases opened and changed, receipts, handovers, sent signed until the platform takes them.

They are written in the transaction in which the thing happened (`assistant.store.webhooks`), so none is lost and none
tells of what did not happen. One may arrive twice or after a later one: `id` and `seq` are for the receiver to see.
"""

import json
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from assistant.clock import Clock
from assistant.commerce.http.breaker import Resting
from assistant.commerce.http.calls import Calls
from assistant.signing import webhook_headers
from assistant.store import webhooks
from assistant.store.database import Database
from assistant.store.webhooks import Webhook
from knowledge.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Messenger:
    """Takes webhooks to the platform's `url`."""

    database: Database
    tenant: str
    url: httpx.URL
    secret: SecretStr
    calls: Calls
    clock: Clock

    async def send_due(self) -> int:
        """Send everything that is due; returns how many were taken. Stops while the receiver is left alone."""
        taken = 0
        while webhook := await self._next():
            try:
                error = await self._send(webhook)
            except Resting:
                break
            taken += not error
            async with self.database.write() as tx:
                if error:
                    await webhooks.failed(tx, webhook, error, self.clock())
                else:
                    await webhooks.sent(tx, webhook)
        return taken

    async def _next(self) -> Webhook | None:
        async with self.database.write() as tx:
            return await webhooks.claim(tx, self.tenant, self.clock())

    async def _send(self, webhook: Webhook) -> str:
        """Why it was not taken, or nothing.

        Raises:
            Resting: the receiver is being left alone.
        """
        body = json.dumps(webhook.body, ensure_ascii=False).encode()

        def made() -> httpx.Request:
            headers = webhook_headers(self.secret.get_secret_value(), webhook.id, body, self.clock())
            return httpx.Request("POST", self.url, content=body, headers=headers | {"Content-Type": "application/json"})

        try:
            answer = await self.calls.once(made)
        except Resting:
            raise
        except Unavailable as error:
            return str(error)
        return "" if 200 <= answer.status < 300 else f"the receiver answers {answer.status}"
