"""`export --warc`: the captures of a statement, a source or a period as one file for archive tools."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scheduler.options import Place
from scheduler.screen import Refusal, say, write_json
from scheduler.verbs.statements import id_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.capture_list import CaptureView
    from storage.warc_export import Exported

NAMED = 5
"""Up to so many captures that were left out are named."""


def export_captures(
    place: Place,
    target: Path,
    *,
    statement: str | None = None,
    source: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> int:
    """Write the captures into `target` (.warc.gz, or .wacz); returns the exit code.

    Of a statement: everything that a state of its releases was read from. Of a source, or of days (of
    capture, in UTC): every response, index pages and refusals too.
    """
    if not target.name.endswith((".warc.gz", ".wacz")):
        raise typer.BadParameter(
            f"expected --warc to name a file that ends in .warc.gz or .wacz, found {target}"
        )
    if target.exists():
        raise Refusal(f"{target} is there already: name another file, or remove it", 2)
    if not target.parent.is_dir():
        raise Refusal(f"expected a folder at {target.parent}, found none: make it first", 2)
    if statement is not None and (source is not None or since is not None or until is not None):
        raise typer.BadParameter("expected --statement, or --source with days; found both")

    with place.reading() as connection:
        found = _found(connection, statement, source, since, until)
    if not found:
        raise Refusal(
            "expected captures to export, found none: see what there is with communique captures list"
        )
    exported = _write(place, found, target, statement or source or "captures")
    if place.json:
        write_json(
            {
                "file": target,
                "bytes": target.stat().st_size,
                "responses": sum(each.record_type == "response" for each in exported.records),
                "revisits": sum(each.record_type == "revisit" for each in exported.records),
                "left_out": exported.left_out,
            }
        )
    else:
        say(
            f"{target}: {len(exported.records)} captures, {target.stat().st_size:,} bytes",
            "green",
            whole=True,
        )
        for each in exported.left_out[:NAMED]:
            say(f"left out: {each}", "red")
        if len(exported.left_out) > NAMED:
            say(f"... and {len(exported.left_out) - NAMED} more: communique captures verify", "red")
    return 1 if exported.left_out else 0


def _found(
    connection: Connection, statement: str | None, source: str | None, since: date | None, until: date | None
) -> list[CaptureView]:
    from storage.capture_list import CaptureQuery, captures_at, list_captures, places_of_releases
    from storage.statements import find_statement

    if statement is None:
        return list(list_captures(connection, CaptureQuery(source=source, since=since, until=until)))
    view = find_statement(connection, id_of(connection, statement))
    releases = [each.id for each in view.releases] if view is not None else []
    return captures_at(connection, places_of_releases(connection, releases))


def _write(place: Place, found: list[CaptureView], target: Path, title: str) -> Exported:
    from storage.wacz import write_wacz
    from storage.warc_export import export_warc

    folder = place.data / "captures"
    if target.name.endswith(".warc.gz"):
        return export_warc(folder, found, target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".communique-") as beside:
        warc = Path(beside) / "data.warc.gz"
        exported = export_warc(folder, found, warc)
        write_wacz(warc, exported, target, title, datetime.now(UTC))
    return exported
