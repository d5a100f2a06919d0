"""`db upgrade`, `db info`, `db reindex`: the schema of the database, and the index made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from storage.database import Database

CODES = "0 done, 1 the database cannot be used: the message says why, 2 wrong usage"


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(no_args_is_help=True, help="The database: its place, schema and contents.")
    group.command("upgrade", epilog=ending("communique db upgrade", codes=CODES))(upgrade)
    group.command("info", epilog=ending("communique db info --json", codes=CODES))(info)
    group.command("reindex", epilog=ending("communique db reindex", codes=CODES))(reindex)
    app.add_typer(group, name="db", epilog=ending("communique db info", codes=CODES))


def upgrade(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the schema to the revision of this version; makes the database when there is none.

    Every command that writes does so by itself; several may do it at once.
    """
    place = place_of(context, data, database, as_json)
    with place.database_at() as opened:
        before = opened.revision()
        opened.upgrade()
        after = opened.revision()
        queue = _upgrade_queue(opened)
    if place.json:
        write_json({"url": opened.url, "before": before, "after": after, "queue": queue})
    elif before == after:
        say(f"{opened.url} is at revision {after} already")
    else:
        say(f"{opened.url}: from {before or 'nothing'} to revision {after}", "green")


def _upgrade_queue(database: Database) -> str | None:
    """The queue of workers, where there can be one; the version of its tables."""
    from importlib.util import find_spec

    if database.is_sqlite or find_spec("procrastinate") is None:
        return None
    from scheduler.workers.app import prepare_queue
    from storage.queue_schema import queue_version

    prepare_queue(database)
    return queue_version(database)


def info(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where the database is, its schema's revision, and how many rows each table has."""
    place = place_of(context, data, database, as_json)
    with place.database_at() as opened:
        found = opened.info()
    if place.json:
        write_json(found)
        return
    say(found.url)
    if found.revision is None:
        say("no tables yet: communique db upgrade makes them, and so does the first crawl", "yellow")
        return
    current = found.revision == found.head
    advice = "" if current else f" (this version works with {found.head}: communique db upgrade)"
    say(f"schema revision {found.revision}{advice}", "" if current else "yellow")
    shown = table("table", "rows", right=["rows"])
    for name, rows in found.counts.items():
        shown.add_row(name, f"{rows:,}")
    if found.counts:
        out().print(shown)


def reindex(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the index of lists, facets and search anew from the statements that are stored.

    Whatever changes a statement keeps the index up to date, in the same transaction. This is for a version of
    Communique that reads words in another way. Others can read meanwhile; who writes waits.
    """
    place = place_of(context, data, database, as_json)

    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from scheduler.screen import err
    from storage.search.index import rebuild

    with place.database_at() as opened:
        opened.upgrade()
        columns = (TextColumn("indexed {task.completed:,.0f} statements"), TimeElapsedColumn())
        with Progress(*columns, console=err(), transient=True) as progress, opened.write() as connection:
            task = progress.add_task("indexing", total=None)
            number = rebuild(connection, lambda done: progress.update(task, completed=done))
    if place.json:
        write_json({"url": opened.url, "statements": number})
    else:
        say(f"{opened.url}: {number:,} statements indexed", "green")
