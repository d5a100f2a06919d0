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


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    # Full text has tables in each database's own form, which no model describes (storage.search.texts).
    return kind != "table" or name is None or not name.startswith("statement_words")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    # SQLite can alter little: a changed table is written anew and put in the old one's place.
    render_as_batch=True,
    render_item=_render,
    include_name=_is_ours,
)
context.run_migrations()
