"""The tables. SQLite and PostgreSQL run the same schema; Alembic's migrations lead to it.

Every row has a tenant. JSON columns hold values that pydantic wrote (`assistant.conversation.payloads` and the like).
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware UTC time, in databases that keep zones and in those that don't."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC; a naive time is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware again, where the database dropped the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[str]:
    return Column("id", String(40), primary_key=True)


def _tenant() -> Column[str]:
    return Column("tenant", String(64), nullable=False)


_BigId = BigInteger().with_variant(Integer, "sqlite")   # SQLite counts up only for INTEGER

conversations = Table(
    "conversations", metadata, _id(), _tenant(),
    Column("buyer_id", String(64), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("language", String(2), nullable=False),
    Column("last_seq", Integer, nullable=False, default=0),
    Column("handled_seq", Integer, nullable=False, default=0),
    Column("unhandled_seq", Integer, nullable=False, default=0),   # the last buyer message; > handled_seq: turn due
    Column("state", JSON, nullable=False),
    Column("agent", JSON),
    Column("handover", JSON),
    Column("queued_at", Utc),
    Column("turn_token", String(40)),      # who is working on the next turn …
    Column("turn_until", Utc),             # … and until when that claim holds
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Index("ix_conversations_buyer", "tenant", "buyer_id"),
    Index("ix_conversations_owner", "tenant", "owner", "queued_at"),
)

events = Table(
    "events", metadata,
    Column("conversation_id", String(40), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _tenant(),
    Column("at", Utc, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("client_id", String(88)),       # the sender's own id, marked with who sent it
    Column("data", JSON, nullable=False),
    UniqueConstraint("conversation_id", "client_id"),
)

proposals = Table(
    "proposals", metadata, _id(), _tenant(),
    Column("conversation_id", String(40), nullable=False),
    Column("buyer_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),       # open, confirmed, refused, withdrawn, expired
    Column("data", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Index("ix_proposals_conversation", "tenant", "conversation_id"),
)

ledger = Table(
    "ledger", metadata, _id(), _tenant(),
    Column("proposal_id", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("order_id", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),       # pending: not yet done by the platform; done; failed
    Column("reference", String(80)),
    Column("receipt", JSON, nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("tenant", "proposal_id"),
)

outbox = Table(
    "outbox", metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True), _tenant(),
    Column("key", String(40), nullable=False),         # the proposal's id: the platform's idempotency key
    Column("command", JSON, nullable=False),
    Column("state", String(16), nullable=False),       # due, done, failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Utc, nullable=False),
    Column("error", Text),
    UniqueConstraint("tenant", "key"),
    Index("ix_outbox_due", "state", "due_at"),
)

audit = Table(
    "audit", metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True), _tenant(),
    Column("at", Utc, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("detail", JSON, nullable=False),
    Index("ix_audit_subject", "tenant", "subject"),
)

cases = Table(
    "cases", metadata, _id(), _tenant(),
    Column("number", String(32), nullable=False),
    Column("buyer_id", String(64), nullable=False),
    Column("conversation_id", String(40), nullable=False),
    Column("proposal_id", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("tenant", "number"),
    Index("ix_cases_buyer", "tenant", "buyer_id"),
)

platform_effects = Table(
    "platform_effects", metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("command", JSON, nullable=False),
    Column("effect", JSON, nullable=False),
    Column("at", Utc, nullable=False),
)

staff = Table(
    "staff", metadata, _id(), _tenant(),
    Column("name", String(64), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("skills", JSON, nullable=False),
    UniqueConstraint("tenant", "name"),
)

attachments = Table(
    "attachments", metadata, _id(), _tenant(),
    Column("conversation_id", String(40), nullable=False),
    Column("buyer_id", String(64), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("at", Utc, nullable=False),
)

gaps = Table(
    "gaps", metadata,
    Column("id", _BigId, primary_key=True, autoincrement=True), _tenant(),
    Column("conversation_id", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("nearest", JSON, nullable=False),
    Column("at", Utc, nullable=False),
)
