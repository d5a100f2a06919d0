"""`source pause`, `resume`, `every`: what a person says about the schedule of a source."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from scheduler.names import check_names
from scheduler.options import DatabaseOption, DataOption, JsonOption, Place, place_of
from scheduler.screen import Refusal, say, write_json
from scheduler.verbs import ending

AS_DEFINED = "definition"

SourceArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="As `communique sources` lists it.", show_default=False)
]
ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who says so; else your name here.", show_default=False),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, for those who come later.", show_default=False)
]


def add_to(group: typer.Typer) -> None:
    """Add the verbs to the group `source`."""
    group.command(
        "pause",
        epilog=ending('communique source pause mx_sre --by Ana --reason "the site is being rebuilt"'),
    )(pause)
    group.command("resume", epilog=ending('communique source resume mx_sre --by Ana --reason "it is back"'))(
        resume
    )
    group.command(
        "every",
        epilog=ending(
            'communique source every mx_sre 30min --by Ana --reason "summit week"',
            "communique source every mx_sre '0 6,18 * * *' --by Ana --reason \"twice a day, in its zone\"",
            f"communique source every mx_sre {AS_DEFINED} --by Ana",
        ),
    )(every)


def pause(
    context: typer.Context,
    name: SourceArgument,
    by: ByOption = None,
    reason: ReasonOption = "",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl a source no more by the clock, until somebody resumes it; crawls by hand stay possible.

    A service that runs notices within a quarter of a minute; a crawl that is under way goes on to its end.
    """
    from storage.schedules import PAUSED

    place = place_of(context, data, database, as_json)
    _say(place, name, PAUSED, "yes", by, reason)
    if not place.json:
        say(f"{name} is paused. Go on with: communique source resume {name}", "green")


def resume(
    context: typer.Context,
    name: SourceArgument,
    by: ByOption = None,
    reason: ReasonOption = "",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl a paused source again; what was missed is made up for with one crawl."""
    from storage.schedules import PAUSED

    place = place_of(context, data, database, as_json)
    _say(place, name, PAUSED, None, by, reason)
    if not place.json:
        say(f"{name} is crawled again. What comes next: communique schedule plan", "green")


def every(
    context: typer.Context,
    name: SourceArgument,
    interval: Annotated[
        str,
        typer.Argument(
            metavar="INTERVAL",
            help=f"6h, 1d12h, 30min; five fields of cron in the source's zone; or: {AS_DEFINED}.",
            show_default=False,
        ),
    ],
    by: ByOption = None,
    reason: ReasonOption = "",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl a source at other times than its definition says, until somebody says otherwise."""
    from scheduler.triggers import every_in_words, read_every
    from storage.schedules import EVERY

    place = place_of(context, data, database, as_json)
    value = None
    words = "as its definition says"
    if interval.strip().lower() != AS_DEFINED:
        try:
            words = every_in_words(read_every(interval))
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        value = interval.strip()
    _say(place, name, EVERY, value, by, reason)
    if not place.json:
        said = "" if value is None else "every " if not read_every(interval).cron else "by cron: "
        say(f"{name} is crawled {said}{words}. What comes next: communique schedule plan", "green")


def _say(place: Place, name: str, what: str, value: str | None, by: str | None, reason: str) -> None:
    from crawler.settings import environment_with
    from crawler.source import crawled_sources
    from scheduler.service.settings import read_service_settings
    from storage.clock import clock_of
    from storage.schedules import Override, override

    check_names("source", [name], crawled_sources())
    try:
        now = clock_of(read_service_settings(environment_with({})).clock)()
    except ValueError as error:
        raise Refusal(str(error), 2) from None
    who = by or _user()
    store = place.open()
    try:
        with store.database.write() as connection:
            try:
                override(connection, name, what, value, who, reason, now)
            except ValueError as error:
                raise typer.BadParameter(str(error)) from None
    finally:
        store.close()
    if place.json:
        write_json(Override(name, what, value, who, reason, now))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise typer.BadParameter("expected --by: this system does not tell who you are") from None
