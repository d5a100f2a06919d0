"""The schema's history leads to the tables, on both databases."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import storage.migrations
from storage.database import Database
from storage.search.texts import is_part
from storage.tables import Table


def test_an_upgrade_from_nothing_makes_exactly_the_tables(empty_url: str) -> None:
    database = Database(empty_url)
    database.upgrade()
    with database.write() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                # Full text is in each database's own form, which no model describes.
                "include_name": lambda name, kind, _parents: kind != "table" or not is_part(name),
            },
        )
        assert compare_metadata(context, Table.metadata) == []
    database.close()


def test_a_downgrade_to_base_leaves_no_table_and_can_be_taken_back(empty_url: str) -> None:
    database = Database(empty_url)
    database.upgrade()
    with database.write() as connection:
        storage.migrations.downgrade(connection, "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    assert database.revision() is None
    database.upgrade()
    assert database.revision() == storage.migrations.HEAD
    database.close()


def test_head_is_the_newest_revision_and_there_is_one_line_of_history() -> None:
    script = ScriptDirectory(str(Path(storage.migrations.__file__).parent))
    assert script.get_heads() == [storage.migrations.HEAD]
