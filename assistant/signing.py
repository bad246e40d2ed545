"""Signatures of what goes over the wire between Fairdesk and a platform: HMAC-SHA256 with a time in it.

Webhooks, in and out, are signed as the Standard Webhooks specification says (`webhook-id`, `webhook-timestamp`,
`webhook-signature: v1,<base64>` over `id.timestamp.body`), so that its libraries can check them. Requests to the
platform are signed over everything that matters in them; `docs/connector.md` has both.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
"""How far a signature's time may lie from ours: what is older could be a replay."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a webhook's headers say: its id, when it was sent (Unix seconds, as text), and its signatures."""

    id: str
    timestamp: str
    signatures: Sequence[str]


def webhook_headers(secret: str, webhook_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that a webhook is sent with."""
    timestamp = str(int(now.timestamp()))
    return {
        "webhook-id": webhook_id, "webhook-timestamp": timestamp,
        "webhook-signature": _mark(secret, webhook_id, timestamp, body),
    }


def signed(headers: Mapping[str, str]) -> Signed:
    """What the headers of a webhook say; empty where one is missing."""
    marks = headers.get("webhook-signature", "").split(" ")
    return Signed(headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), marks)


def is_genuine(secret: str, said: Signed, body: bytes, now: datetime) -> bool:
    """True when one of the signatures fits and its time is near `now`."""
    if not (said.timestamp.isascii() and said.timestamp.isdigit() and len(said.timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(said.timestamp)) > WINDOW.total_seconds():
        return False
    right = _mark(secret, said.id, said.timestamp, body).encode()
    fits = [hmac.compare_digest(right, mark.encode()) for mark in said.signatures]     # all are compared, in equal time
    return any(fits)


def request_signature(secret: str, parts: Sequence[str], body: bytes) -> str:
    """The signature of a request: 64 hexadecimal digits over its parts, each on a line, and its body's SHA-256."""
    text = "\n".join(("fairdesk-request-v1", *parts, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _mark(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str:
    content = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()
