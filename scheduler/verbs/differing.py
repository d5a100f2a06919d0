"""`differences`: in what the versions of a statement differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, out, say, write_json
from scheduler.verbs import ending
from scheduler.verbs.statements import SHORT, id_of

if TYPE_CHECKING:
    from pipelines.linking.differences import Differences
    from pipelines.linking.encoders.protocol import Encoder
    from storage.statements import ReleaseView, StatementView


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "differences",
        epilog=ending(
            "communique differences s1f0c9a2b",
            "communique differences http://mexidata.info/id4410.html",
            "communique differences r77d0c1e2 r0a4b8c6d --json | jq '.flags[]'",
            codes="0 compared, whatever was found, 1 no such id, or only one version, 2 wrong usage",
        ),
    )(differences)


def differences(
    context: typer.Context,
    one: Annotated[
        str,
        typer.Argument(metavar="A", help="A statement: each version against the original. Or a release."),
    ],
    other: Annotated[
        str | None,
        typer.Argument(metavar="B", help="A release to compare the release A with.", show_default=False),
    ] = None,
    encoder: Annotated[
        str, typer.Option("--encoder", metavar="NAME", help="What helps to align sentences; none for none.")
    ] = "none",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show versions side by side, with what differs: figures, days, names, what was left out or added.

    Of a statement every version is compared with the original (or the first one, where none is known); of
    a release, this one alone. A figure that is written in another way is no difference. With --json one
    line for each pair.
    """
    place = place_of(context, data, database, as_json)

    from pipelines.linking.encoders import open_encoder
    from pipelines.linking.encoders.protocol import EncoderError
    from storage.statements import find_statement

    try:
        opened = open_encoder(encoder)
    except EncoderError as error:
        raise Refusal(str(error)) from None
    with place.reading() as connection:
        asked = [id_of(connection, each) for each in (one, other) if each is not None]
        views = [find_statement(connection, each) for each in asked]
    pairs = _pairs(asked, [view for view in views if view is not None])
    for left, right in pairs:
        found = _compared(left, right, opened)
        if place.json:
            write_json(_as_json(left, right, found))
        else:
            _show(left, right, found)


def _pairs(asked: list[str], views: list[StatementView]) -> list[tuple[ReleaseView, ReleaseView]]:
    """Which versions are compared: the original first."""
    if len(views) < len(asked):
        raise Refusal(f"expected statements or releases {' '.join(asked)}, found {len(views)} of them")
    named = [
        next((each for each in view.releases if each.id == asked[at]), None) for at, view in enumerate(views)
    ]
    if len(asked) == 2:
        one, other = named
        if one is None or other is None:
            raise Refusal("two things can be compared when both are releases (r...); a statement alone", 2)
        return [(one, other)]
    # Originals come first, then who speaks for itself.
    first, *others = views[0].releases
    if named[0] is not None:
        others = [
            each for each in (first, *others) if each.id == named[0].id and each.id != first.id
        ] or others
    if not others:
        raise Refusal(f"{views[0].id} has one version: there is nothing to compare it with")
    return [(first, each) for each in others]


def _compared(left: ReleaseView, right: ReleaseView, encoder: Encoder | None) -> Differences:
    from pipelines.linking.differences import find_differences
    from pipelines.linking.rows import Text

    days = {day for each in (left, right) for day in (each.said_on, each.posted_on) if day is not None}
    one, other = (Text(each.language.split("-")[0], each.body) for each in (left, right))
    return find_differences(one, other, encoder, days)


def _as_json(left: ReleaseView, right: ReleaseView, found: Differences) -> dict[str, Any]:
    return {
        "left": {"id": left.id, "url": left.url, "language": left.language, "role": left.role},
        "right": {"id": right.id, "url": right.url, "language": right.language, "role": right.role},
        "rows": [{"left": row.left, "right": row.right, "moved": row.moved} for row in found.rows],
        "flags": found.flags,
    }


def _show(left: ReleaseView, right: ReleaseView, found: Differences) -> None:
    from scheduler.side_by_side import side_by_side

    console = out()
    names = [f"{each.id[:SHORT]} {each.language} {each.role}, {each.source}" for each in (left, right)]
    console.print(side_by_side(found, names[0], names[1], width=console.width))
    number = len(found.flags)
    say(f"{number} difference{'s' if number != 1 else ''}", "yellow" if number else "green")
