"""Who is asking: every read and write carries a Scope."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["buyer", "merchant", "agent", "admin", "system"]


@dataclass(frozen=True, slots=True)
class Scope:
    """A tenant and one identity inside it.

    Comes from a verified token or a staff session, never from a message or a model's arguments.
    `subject` is the buyer's id, the staff member's id, or the name of the internal job.
    `shop_id` is set for merchants, who see their own shop only.
    """

    tenant: str
    role: Role
    subject: str
    shop_id: str | None = None

    @property
    def is_staff(self) -> bool:
        """True for the people (and jobs) who may see conversations that are not their own."""
        return self.role in ("agent", "admin", "system")

    @property
    def buyer_id(self) -> str | None:
        """The buyer whose things this scope may see, or None when it isn't a buyer."""
        return self.subject if self.role == "buyer" else None
