"""`statements` and `show`: what was said, in which versions, and where each text comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.names import check_names, check_source_name
from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
)
from scheduler.screen import Refusal, cell, out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.statements import StatementView

SHORT = 9
"""Characters of an id that tables show: `s` and eight hex digits. `show` takes them."""
SHORTEST = 4
"""Fewest characters of an id that are looked for."""


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(
        "statements",
        epilog=ending(
            "communique statements --since 2017-02-01 --until 2017-02-28 --issuer mx.sre",
            "communique statements --language fr --json | jq .title",
            codes="0 done (also when nothing matches), 1 no database there, 2 wrong usage",
        ),
    )(statements)
    app.command(
        "show",
        epilog=ending(
            "communique show s1f0c9a2b",
            "communique show http://mexidata.info/id4410.html",
            codes="0 found, 1 nothing bears that id or address, 2 wrong usage, or an id that fits several",
        ),
    )(show)


def statements(
    context: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    issuer: Annotated[
        str | None,
        typer.Option("--issuer", metavar="KEY", help="Who speaks, such as mx.sre.", show_default=False),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language", metavar="TAG", help="With a version in it, such as es.", show_default=False
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="NAME", help="With a version on that source.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Most to show.", show_default=False)
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List statements, the latest first: one line each, with all their versions.

    Days are the days when it was said, not when a site posted it. With --json every line holds the statement
    and its releases with their texts.
    """
    check_window(since, until)
    place = place_of(context, data, database, as_json)
    _check_names(issuer, source)

    from storage.statements import StatementQuery, find_statements

    query = StatementQuery(
        since=since, until=until, issuer=issuer, language=language, source=source, limit=limit
    )
    # Closed before the connection, also when the reader of a pipe has gone.
    with place.reading() as connection, closing(find_statements(connection, query)) as found:
        if place.json:
            for view in found:
                write_json(view)
            return
        number = show_table(found)
    say(f"{number} statement{'s' if number != 1 else ''}")


def _check_names(issuer: str | None, source: str | None) -> None:
    """A name that nobody bears is a slip of the pen, not an empty answer."""
    if issuer is not None:
        from crawler.issuers import ISSUERS

        check_names("issuer", [issuer], sorted(ISSUERS))
    check_source_name(source)


def show_table(views: Iterable[StatementView], title: str | None = None) -> int:
    """Statements as a table on standard output; returns how many."""
    shown = table("said", "id", "title", "issuers", "in", "n", "versions", title=title, right=["n"])
    said, identifier, _, issuers, languages, _, versions = shown.columns
    said.no_wrap = identifier.no_wrap = True
    issuers.max_width, languages.max_width, versions.max_width = 12, 8, 13
    for view in views:
        roles = Counter(release.role for release in view.releases)
        shown.add_row(
            str(view.said_on),
            cell(view.id[:SHORT], "dim"),
            cell(view.title),
            cell(" ".join(view.issuers)),
            " ".join(view.languages),
            str(len(view.releases)),
            "\n".join(f"{number} {role}" for role, number in roles.items()),
        )
    if shown.row_count:
        out().print(shown)
    return shown.row_count


def show(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Id of a statement or release (its beginning will do), or an address."
        ),
    ],
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one statement: its versions, why they were joined, what changed, where each text was taken from.

    Ids of statements that were joined to another lead to it; an id of a release leads to its statement.
    """
    place = place_of(context, data, database, as_json)

    from scheduler.statement import describe
    from storage.provenance import links_of, origins_of, revisions_of
    from storage.statements import find_statement

    with place.reading() as connection:
        found = id_of(connection, what)
        view = find_statement(connection, found)
        if view is None:
            raise Refusal(f"expected a statement or release {found}, found none", 1)
        ids = [release.id for release in view.releases]
        origins = origins_of(connection, ids)
        revisions = revisions_of(connection, ids)
        links = links_of(connection, ids)
    captures = place.data / "captures"
    if place.json:
        statement = {field.name: getattr(view, field.name) for field in fields(view)}
        statement["releases"] = [
            {
                **{field.name: getattr(release, field.name) for field in fields(release)},
                "provenance": origins[release.id],
                "revisions": revisions.get(release.id, []),
            }
            for release in view.releases
        ]
        write_json({"asked_for": what, **statement, "links": links, "captures_folder": captures})
        return
    if found != view.id and found.startswith("s"):
        say(f"{found} was joined to {view.id}", "yellow")
    out().print(describe(view, origins, revisions, links, captures))


def id_of(connection: Connection, what: str) -> str:
    """The id that an id, the beginning of one, or an address means. Refusal when none or several."""
    from storage.provenance import ids_at, ids_beginning

    if "://" in what:
        from crawler.source import registry

        keys = [(name, source.address_key(what)) for name, source in registry().items()]
        found = ids_at(connection, what, [(name, key) for name, key in keys if key is not None])
        if not found:
            raise Refusal(
                f"expected an address of a release that is kept, found nothing for {what}. "
                "Crawl or ingest it first; `communique held` shows whether it was held back."
            )
        return found[0]
    found = ids_beginning(connection, what) if len(what) >= SHORTEST else []
    if not found:
        raise Refusal(
            f"expected the id of a statement (s...) or release (r...), or an address with http(s)://, found "
            f"{what!r}, which nothing bears. `communique statements` lists ids."
        )
    if len(found) > 1 and what not in found:
        raise Refusal(f"{what} fits several: {', '.join(found)}. Write more of it.", 2)
    return what if what in found else found[0]
