"""The schema's history. Applied by `storage.database.Database.upgrade`; no alembic.ini is needed.

A new revision, in a checkout: change storage/tables.py, then
`python -m storage.migrations "what it does"` writes versions/NNNN_what_it_does.py: read it, correct it,
set HEAD. tests/storage/test_migrations.py compares the result with the tables on both databases.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0013"
"""The revision that this code works with. Named here so that opening a database that is up to date
does not cost the import of Alembic."""


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for working on that connection, inside its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Apply what is missing, up to HEAD."""
    from alembic import command

    command.upgrade(configuration(connection), HEAD)


def downgrade(connection: Connection, revision: str) -> None:
    """Go back to that revision (`base`: no tables). Data is lost."""
    from alembic import command

    command.downgrade(configuration(connection), revision)


def known_revisions() -> frozenset[str]:
    """All revisions that this code can upgrade from."""
    from alembic.script import ScriptDirectory

    return frozenset(
        script.revision for script in ScriptDirectory(str(Path(__file__).parent)).walk_revisions()
    )
