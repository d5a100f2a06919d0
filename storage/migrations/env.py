"""Run by Alembic for every command: works on the connection, and in the transaction, that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from alembic import context

from storage.tables import Table, UtcTime

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401
    # A revision says what the column is, and keeps saying it when the code's types change.
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    # SQLite can alter little: a changed table is written anew and put in the old one's place.
    render_as_batch=True,
    render_item=_render,
)
context.run_migrations()
