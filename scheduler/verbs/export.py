"""`export`: what is kept, as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
)
from scheduler.verbs import ending
from scheduler.verbs.export_warc import export_captures
from scheduler.verbs.ledger import SourceOption


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "export",
        epilog=ending(
            "communique export --warc statement.warc.gz --statement s1f0c9a2b",
            "communique export --warc february.wacz --source mx_sre --since 2017-02-01 --until 2017-02-28",
            codes="0 done, 1 nothing to export, or some captures could not be read, 2 wrong usage",
        ),
    )(export)


def export(
    context: typer.Context,
    warc: Annotated[
        Path,
        typer.Option("--warc", metavar="OUT", help="A new file: OUT.warc.gz, or OUT.wacz.", dir_okay=False),
    ],
    statement: Annotated[
        str | None,
        typer.Option("--statement", metavar="ID", help="What it was read from.", show_default=False),
    ] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write captures into one WARC that every archive tool reads: of a statement, a source, or days.

    Days are those of capture, in UTC. Repeated bodies stay revisit records; nothing is asked of any site.
    """
    check_window(since, until)
    place = place_of(context, data, database, as_json)
    code = export_captures(place, warc, statement=statement, source=source, since=since, until=until)
    raise typer.Exit(code)
