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
    Index("ix_proposals_buyer", "tenant", "buyer_id"),
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
    Column("case_id", String(40)),                     # the case whose step it is; then the key is the step's
    Column("command", JSON, nullable=False),
    Column("state", String(16), nullable=False),       # due, done, failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Utc, nullable=False),
    Column("error", Text),
    UniqueConstraint("tenant", "key"),
    Index("ix_outbox_due", "state", "due_at"),
    Index("ix_outbox_case", "case_id"),
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
    Column("shop_id", String(64), nullable=False),
    Column("conversation_id", String(40), nullable=False),
    Column("proposal_id", String(40), nullable=False),
    Column("state", String(24), nullable=False),
    Column("version", Integer, nullable=False),        # how many events its record has
    Column("due_at", Utc),                             # when its clock rings; null once it is closed
    Column("tracking_number", String(64)),             # of the parcel that comes back
    Column("data", JSON, nullable=False),              # the case as both sides see it
    Column("proceedings", JSON, nullable=False),       # what is not for both sides: the panel, its votes, who agreed
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("tenant", "number"),
    Index("ix_cases_buyer", "tenant", "buyer_id"),
    Index("ix_cases_shop", "tenant", "shop_id", "created_at"),
    Index("ix_cases_due", "due_at"),
    Index("ix_cases_parcel", "tenant", "tracking_number"),
)

case_events = Table(
    "case_events", metadata,
    Column("case_id", String(40), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _tenant(),
    Column("at", Utc, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", JSON, nullable=False),
    Column("client_id", String(176)),      # the sender's own id, marked with who sent it
    Column("hash", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    UniqueConstraint("case_id", "client_id"),
    Index("ix_case_events_tenant", "tenant", "at"),
)

jurors = Table(
    "jurors", metadata,
    Column("tenant", String(64), primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("at", Utc, nullable=False),
)

panels = Table(
    "panels", metadata,
    Column("tenant", String(64), primary_key=True),
    Column("case_id", String(40), primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("at", Utc, nullable=False),
    Index("ix_panels_person", "tenant", "person_id"),
)

platform_effects = Table(
    "platform_effects", metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("command", JSON, nullable=False),
    Column("effect", JSON, nullable=False),
    Column("at", Utc, nullable=False),
)

platform_news = Table(                     # webhooks that came in
    "platform_news", metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(80), primary_key=True),        # the sender's id: each is taken in once
    Column("kind", String(64), nullable=False),
    Column("body", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(16), nullable=False),       # due; done; noted: nothing to do; failed: a person must look
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Utc, nullable=False),
    Column("note", Text),
    Column("received_at", Utc, nullable=False),
    Index("ix_platform_news_due", "state", "due_at"),
)

webhook_targets = Table(                   # who is told; where they are and the secret are settings
    "webhook_targets", metadata,
    Column("tenant", String(64), primary_key=True),
    Column("since", Utc, nullable=False),
)

webhooks = Table(                          # webhooks that go out
    "webhooks", metadata,
    Column("id", String(56), primary_key=True),        # conversation and number of the event
    _tenant(),
    Column("kind", String(64), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(16), nullable=False),       # due, done, dead: given up
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Utc, nullable=False),
    Column("error", Text),
    Column("created_at", Utc, nullable=False),
    Index("ix_webhooks_due", "state", "due_at"),
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
    Column("buyer_id", String(64), nullable=False),   # empty for a merchant's picture
    Column("shop_id", String(64)),                    # whose evidence it is, when a merchant sent it
    Column("media_type", String(40), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("at", Utc, nullable=False),
)

traces = Table(
    "traces", metadata,
    Column("attachment_id", String(40), primary_key=True), _tenant(),
    Column("buyer_id", String(64), nullable=False),
    Column("data", JSON, nullable=False),              # what the file told before it was written anew
    Column("at", Utc, nullable=False),
    Index("ix_traces_tenant", "tenant", "at"),
)

reports = Table(
    "reports", metadata, _id(), _tenant(),
    Column("number", String(32), nullable=False),
    Column("shop_id", String(64), nullable=False),
    Column("buyer_id", String(64), nullable=False),
    Column("case_id", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Utc),                             # when its clock rings; null once it is closed
    Column("data", JSON, nullable=False),
    Column("filed_at", Utc, nullable=False),
    UniqueConstraint("tenant", "number"),
    UniqueConstraint("tenant", "case_id", "shop_id"),  # one claim is reported once
    Index("ix_reports_due", "due_at"),
    Index("ix_reports_shop", "tenant", "shop_id", "filed_at"),
    Index("ix_reports_buyer", "tenant", "buyer_id"),
)

findings = Table(
    "findings", metadata, _id(), _tenant(),
    Column("buyer_id", String(64), nullable=False),
    Column("report_id", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("corrected_at", Utc),
    UniqueConstraint("tenant", "report_id"),
    Index("ix_findings_buyer", "tenant", "buyer_id", "expires_at"),
)

releases = Table(
    "releases", metadata, _id(), _tenant(),
    Column("shop_id", String(64), nullable=False),
    Column("accepted", Integer, nullable=False),       # 1 when an order of the request may be released
    Column("data", JSON, nullable=False),
    Column("at", Utc, nullable=False),
    Index("ix_releases_shop", "tenant", "shop_id", "at"),
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
