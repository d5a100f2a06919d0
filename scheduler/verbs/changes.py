"""`changes`: what was edited, withdrawn or taken down after it was first seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
)
from scheduler.screen import cell, in_zone, out, say, table, write_json
from scheduler.verbs import ending
from scheduler.verbs.ledger import SourceOption
from scheduler.verbs.statements import SHORT

if TYPE_CHECKING:
    from pipelines.changes import Change

KINDS = ("edited", "withdrawn", "reinstated", "gone", "returned", "outdated")


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "changes",
        epilog=ending(
            "communique changes --since 2026-11-01",
            "communique changes --kind edited --sentences",
            "communique changes --kind outdated --json | jq -r .url",
            codes="0 done, 1 no database there, 2 wrong usage",
        ),
    )(changes)


def changes(
    context: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help=f"Only {', '.join(KINDS)}.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many.", show_default=False)
    ] = None,
    sentences: Annotated[
        bool, typer.Option("--sentences", help="Show the sentences that were changed.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what changed after it was first seen, the latest first: silent edits, withdrawals, returns.

    A moved clock, a share counter or a session id is no change. A page is gone only when it was missing for
    days while the site was up. An outdated translation still says what its original no longer says. Days
    are those of the change, in UTC.
    """
    check_window(since, until)
    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"expected --kind to be one of {', '.join(KINDS)}, found {kind!r}")
    place = place_of(context, data, database, as_json)

    from pipelines.changes import ChangeKind, ChangeQuery
    from pipelines.changes import changes as find_changes

    query = ChangeQuery(since, until, source, ChangeKind(kind) if kind else None, limit)
    with place.reading() as connection:
        found = find_changes(connection, query)
    if place.json:
        for change in found:
            write_json(_as_json(change))
        return
    shown = table("when", "what", "source", "release", "title and change")
    for change in found:
        words = Text.assemble(cell(change.title, "bold"), "\n", cell(change.summary))
        if sentences and change.difference is not None:
            words.append_text(_sentences(change))
        shown.add_row(
            in_zone(change.at),
            cell(change.kind.value, _STYLES.get(change.kind.value, "")),
            change.source,
            change.release[:SHORT],
            words,
        )
    if found:
        out().print(shown)
    say(f"{len(found)} change{'s' if len(found) != 1 else ''}")


_STYLES = {
    "gone": "bold red",
    "withdrawn": "red",
    "edited": "yellow",
    "outdated": "magenta",
    "returned": "green",
}


def _as_json(change: Change) -> dict[str, object]:
    fields = {name: getattr(change, name) for name in change.__dataclass_fields__}
    difference = change.difference
    fields["difference"] = (
        None
        if difference is None
        else {"fields": difference.fields, "sentences": difference.sentences, "summary": difference.summary}
    )
    return fields


def _sentences(change: Change) -> Text:
    shown = Text()
    if change.difference is None:
        return shown
    for field in change.difference.fields:
        shown.append_text(Text.assemble("\n", cell(f"- {field.field}: {field.before}", "red")))
        shown.append_text(Text.assemble("\n", cell(f"+ {field.field}: {field.after}", "green")))
    for piece in change.difference.sentences:
        if piece.before is not None and piece.kind != "moved":
            shown.append_text(Text.assemble("\n", cell(f"- {piece.before}", "red")))
        if piece.after is not None:
            mark, style = ("~", "blue") if piece.kind == "moved" else ("+", "green")
            shown.append_text(Text.assemble("\n", cell(f"{mark} {piece.after}", style)))
    return shown
