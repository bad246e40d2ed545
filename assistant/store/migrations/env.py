"""Alembic's environment: migrations run on the connection that `upgrade` was given."""

from typing import Any, Literal

from alembic import context

from assistant.store.tables import Utc, metadata


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our UTC column as the plain type it is stored as, so that migrations never import today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Utc) else False


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=render)
with context.begin_transaction():
    context.run_migrations()
