"""`python -m storage.migrations "what it does"`: write the next revision from storage/tables.py."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage import migrations
from storage.database import Database, default_url


def main(message: str) -> None:
    """Compare the tables with a fresh database at HEAD and write what differs as the next revision."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(default_url(Path(folder)))
        if any(migrations.known_revisions()):
            database.upgrade()
        with database.write() as connection:
            number = f"{len(migrations.known_revisions()) + 1:04}"
            command.revision(migrations.configuration(connection), message, autogenerate=True, rev_id=number)
        database.close()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or sys.exit(__doc__))
