"""The queue of a database: Procrastinate's app, its tables made or brought up to date when needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.extras import how_to_install
from storage.database import Database, DatabaseUnusable

if TYPE_CHECKING:
    from procrastinate import App


class NoQueue(DatabaseUnusable):
    """This database or this installation has no queue; the message says what to do."""


def refuse_sqlite(database: Database) -> None:
    """Raises NoQueue where the database is a file: one machine can use it, many cannot."""
    if database.is_sqlite:
        raise NoQueue(
            f"Workers share a database that many machines reach: expected PostgreSQL, found {database.url}. "
            "On one machine nothing is gained by them: communique schedule run and communique crawl --jobs N "
            "do the same work. For many, name a PostgreSQL database with --database or COMMUNIQUE_DATABASE, "
            "such as postgresql://user:password@host/communique."
        )


def prepare_queue(database: Database) -> bool:
    """Make the queue's tables, or bring them up to date; whether anything was to be done. Raises NoQueue."""
    from storage.queue_schema import bring_up

    refuse_sqlite(database)
    schema = _procrastinate().schema
    changes = {
        path.name: path.read_text(encoding="utf-8") for path in Path(schema.migrations_path).glob("*.sql")
    }
    return bring_up(database, schema.SchemaManager.get_schema(), changes)


def make_app(database: Database) -> App:
    """Procrastinate's app for the queue of that database, with all tasks. Not open yet. Raises NoQueue."""
    from storage.queue_schema import NAMESPACE

    refuse_sqlite(database)
    procrastinate = _procrastinate()
    connector = procrastinate.PsycopgConnector(
        conninfo=database.address,
        kwargs={"options": f"-c search_path={NAMESPACE}"},
        min_size=1,
        max_size=4,
    )
    app: App = procrastinate.App(connector=connector)
    from scheduler.workers.tasks import add_to

    add_to(app)
    return app


def _procrastinate() -> Any:  # noqa: ANN401 - a module, where it is installed
    try:
        import procrastinate
        import procrastinate.schema
    except ModuleNotFoundError as error:
        raise NoQueue(
            f"Workers need Procrastinate, which is not installed ({error}). "
            f"Install Communique with its extra: {how_to_install('workers')}"
        ) from error
    return procrastinate
