"""`captures`: the raw responses that everything was read from: what there is, one of them, are they whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.names import check_names
from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
)
from scheduler.screen import Refusal, cell, in_zone, out, say, table, write_json
from scheduler.verbs import ending
from scheduler.verbs.ledger import SourceOption

if TYPE_CHECKING:
    from storage.capture_list import CaptureView

BROKEN = 1
"""Exit code of `verify` where something is not as it should be."""


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(
        no_args_is_help=True, help="The raw responses: list them, show one, verify that all are whole."
    )
    group.command(
        "list",
        epilog=ending(
            "communique captures list --source mx_sre --since 2017-02-20",
            "communique captures list --url http://mexidata.info/id4410.html --json",
            codes="0 done, 1 no database there, 2 wrong usage",
        ),
    )(list_them)
    group.command(
        "show",
        epilog=ending(
            "communique captures show 4410",
            "communique captures show 4410 --body > page.html",
            codes="0 done, 1 no such capture, or it cannot be read, 2 wrong usage",
        ),
    )(show)
    group.command(
        "fetch",
        epilog=ending(
            "communique captures fetch mx_sre --since 2017-02-01 --until 2017-03-31",
            "communique captures fetch us_dhs --crawl CC-MAIN-2025-21 --limit 20",
            codes=(
                "0 what was found is in, 1 something failed: run it again, it goes on, 2 wrong usage, "
                "3 interrupted, 4 another run has the source"
            ),
        ),
    )(fetch)
    group.command(
        "verify",
        epilog=ending(
            "communique captures verify",
            "communique captures verify --json | jq .problem",
            codes="0 every capture is whole, 1 something is broken: file, place and what, 2 wrong usage",
        ),
    )(verify)
    app.add_typer(group, name="captures", epilog=ending("communique captures list --limit 20"))


def list_them(
    context: typer.Context,
    source: SourceOption = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="Only of that address.", show_default=False)
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    status: Annotated[
        int | None,
        typer.Option("--status", metavar="NUMBER", help="Only answers of that status.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many.")] = 1000,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List captures, the earliest first: when, from where, what the answer was, and where it lies."""
    check_window(since, until)
    place = place_of(context, data, database, as_json)

    from storage.capture_list import CaptureQuery, list_captures

    query = CaptureQuery(source, url, since, until, status, limit)
    shown = table("id", "source", "captured", "origin", "status", "address", right=["id", "status"])
    with place.reading() as connection:
        for each in list_captures(connection, query):
            if place.json:
                write_json(each)
                continue
            shown.add_row(
                str(each.id),
                each.source or "",
                in_zone(each.captured_at),
                each.origin,
                str(each.status),
                cell(each.url),
            )
    if not place.json:
        out().print(shown)


def show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="As `captures list` shows it.")],
    body: Annotated[bool, typer.Option("--body", help="Only the body, decoded, byte for byte.")] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one capture: its head, and where it lies; or its body."""
    place = place_of(context, data, database, as_json)

    from storage.capture_list import find_capture
    from storage.captures import CaptureUnreadable, read_capture

    with place.reading() as connection:
        view = find_capture(connection, number)
    if view is None:
        raise Refusal(f"expected a capture {number}, found none: communique captures list {place.options()}")
    try:
        capture = read_capture(place.data / "captures", view.place)
    except CaptureUnreadable as error:
        raise Refusal(f"{error}. See: communique captures verify {place.options()}") from None
    if body:
        sys.stdout.buffer.write(capture.body)
        sys.stdout.buffer.flush()
        return
    headers = [{"name": name, "value": value} for name, value in capture.headers]
    if place.json:
        write_json({**_fields(view), "headers": headers, "body_bytes": len(capture.body)})
        return
    shown = table("", "")
    shown.show_header = False
    for name, value in (
        ("address", view.url),
        ("led to", capture.final_url or ""),
        ("captured", f"{in_zone(view.captured_at)}, {view.origin}, run {view.run}"),
        ("status", view.status),
        ("body", f"{len(capture.body):,} bytes, {view.digest}"),
        (
            "lies in",
            f"{Path('captures') / view.file} at {view.offset}, {view.length} bytes, {view.record_type}",
        ),
    ):
        if value != "":
            shown.add_row(name, cell(value))
    for name, value in capture.headers:
        shown.add_row(cell(name, "dim"), cell(value))
    out().print(shown)


def _fields(view: CaptureView) -> dict[str, object]:
    return {name: getattr(view, name) for name in view.__dataclass_fields__}


def fetch(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of a source.")],
    since: SinceOption = None,
    until: UntilOption = None,
    crawl: Annotated[
        list[str] | None,
        typer.Option(
            "--crawl", metavar="ID", help="Only this of its crawls; may be repeated.", show_default=False
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, metavar="N", help="Most captures to get.", show_default=False),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Get captures of a source out of Common Crawl, and take them in: states of pages as they were then.

    Asks the index of each of its crawls that has captures on these days (UTC), then for the records, a range
    of bytes each; never asks the site. Several states of one address become revisions.
    """
    check_window(since, until)
    place = place_of(context, data, database, as_json)

    from crawler.source import crawled_sources
    from scheduler.verbs.fetching import fetch_and_take_in

    check_names("source", [source], crawled_sources())
    raise typer.Exit(fetch_and_take_in(place, source, since, until, crawl or [], limit))


def verify(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read every record of every WARC file: are digests right, is the index right, is each body there?

    Changes nothing. With --json one line for each thing that is broken, and one with the sums.
    """
    place = place_of(context, data, database, as_json)

    from storage.verification import verify as verify_store

    files = records = broken = size = 0
    shown = table("file", "at", "problem", "what", right=["at"])
    with place.reading():
        pass  # refuses where there is no database, or an old schema
    with place.database_at() as opened:
        for report in verify_store(place.data / "captures", opened):
            files, records, size = files + 1, records + report.records, size + report.size
            broken += len(report.findings)
            for each in report.findings:
                if place.json:
                    write_json(each)
                else:
                    at = "" if each.offset is None else str(each.offset)
                    shown.add_row(cell(each.file), at, cell(each.problem, "red"), cell(each.detail))
    if place.json:
        write_json({"files": files, "records": records, "bytes": size, "broken": broken})
    elif broken:
        out().print(shown)
    say(
        f"{files} files, {records:,} records, {size:,} bytes: "
        + (f"{broken} things are broken" if broken else "every record is whole"),
        "bold red" if broken else "green",
    )
    raise typer.Exit(BROKEN if broken else 0)
