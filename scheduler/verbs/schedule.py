"""`schedule preview` and `plan`: when crawls fire, and what comes next. (`run`: scheduler.verbs.service)"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from scheduler.names import check_names
from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, cell, in_zone, out, table, write_json
from scheduler.verbs import ending, service

if TYPE_CHECKING:
    from scheduler.plan import Plan
    from scheduler.triggers import Trigger


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        name="schedule",
        no_args_is_help=True,
        help="Crawl by the clock: the service, what comes next, and when a trigger fires.",
        epilog=ending("communique schedule run", "communique schedule plan"),
    )
    group.command(
        "preview",
        epilog=ending(
            "communique schedule preview --cron '0 0 * * *' --timezone Europe/Brussels "
            "--from 2026-01-01 --until 2027-01-01 --json",
            "communique schedule preview --every 2h --timezone America/Santiago --from 2026-04-04 "
            "--until 2026-04-06 --jitter 600",
            "communique schedule preview --source mx_sre --from 2026-01-01 --until 2026-01-08",
        ),
    )(preview)
    group.command(
        "plan",
        epilog=ending(
            "communique schedule plan mx_sre",
            "communique schedule plan --json | jq -r 'select(.overdue) | .source'",
        ),
    )(plan)
    service.add_to(group)
    app.add_typer(group)


def preview(
    context: typer.Context,
    begin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="TIME",
            help="First moment: a day or a time (2026-01-01, 2026-01-01T06:00Z), else in the zone.",
        ),
    ],
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Moment before which it ends.")],
    cron: Annotated[
        str | None,
        typer.Option(
            "--cron",
            metavar="FIELDS",
            help="Minute, hour, day, month, weekday (0 and 7 are Sunday), by the clock of the zone.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(
            "--every",
            metavar="INTERVAL",
            help="6h, 1d12h, 30min: elapsed time, counted from --from.",
            show_default=False,
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="NAME", help="What the definition of a source says.", show_default=False
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            metavar="ZONE",
            help="As in Europe/Brussels; UTC, or the source's, when none is given.",
            show_default=False,
        ),
    ] = None,
    jitter: Annotated[
        int | None,
        typer.Option(
            "--jitter",
            min=0,
            metavar="SECONDS",
            help="Longest delay. None when it is not given; of a source an hour.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="From which the jitter is computed.")
    ] = "preview",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print when a trigger fires: of a cron exactly once for each local period, whatever clocks do.

    With --json one line for each firing: "fires_at" the moment in UTC, jitter included; "local" the same
    moment in the zone, with its offset; "period" what it is the one firing of: an hour (2026-03-29T02), a
    day (2026-03-29), an ISO week (2026-W13), a month (2026-03), the time on the wall where a cron fires
    several times in these, or the beginning of an interval in UTC; "slot" the moment without jitter in
    UTC. A time that does not exist fires at the first moment of its period that does; one that comes twice
    fires the first time; a period that does not exist has no firing.
    """
    place = place_of(context, data, database, as_json)
    zone = _zone(timezone) if timezone is not None else None
    trigger, zone = _trigger(cron, every, source, zone, jitter, name, begin)
    first, end = _moment("--from", begin, zone), _moment("--until", until, zone)
    if end < first:
        raise typer.BadParameter(f"expected --from before --until, found {begin} and {until}; exchange them")
    shown = table("UTC", "local", "period")
    for firing in trigger.firings(first, end):
        if place.json:
            write_json(firing)
        else:
            shown.add_row(f"{firing.fires_at:%Y-%m-%d %H:%M:%S}", firing.local.isoformat(), firing.period)
    if not place.json:
        out().print(shown)


def plan(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="Only these; all when left out.", show_default=False),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what comes next for each source: when, how often, what persons said instead, what is overdue."""
    place = place_of(context, data, database, as_json)

    from crawler.settings import environment_with
    from crawler.source import crawled_sources
    from scheduler.plan import plans
    from scheduler.service.settings import read_service_settings
    from scheduler.triggers import every_in_words
    from storage.clock import clock_of

    try:
        settings = read_service_settings(environment_with({}))
    except ValueError as error:
        raise Refusal(str(error), 2) from None
    wanted = dict(crawled_sources())
    check_names("source", sources or (), wanted)
    if sources:
        wanted = {name: wanted[name] for name in sources}
    now = clock_of(settings.clock)()
    with place.reading_if_any() as connection:
        found = plans(wanted, connection, now, settings.spread)
    last = datetime.max.replace(tzinfo=now.tzinfo)
    shown = table("source", "next", "local", "every", "state")
    for name, each in sorted(found.items(), key=lambda one: (one[1].next_at or last, one[0])):
        if place.json:
            write_json(plan_fields(each, now))
            continue
        schedule = each.schedule
        said = f" (by {schedule.overridden.made_by})" if schedule.overridden is not None else ""
        shown.add_row(
            name,
            in_zone(each.next_at),
            in_zone(each.next_at, schedule.zone),
            cell(every_in_words(schedule.every) + said),
            cell(plan_state(each, now)),
        )
    if not place.json:
        out().print(shown)


def plan_state(plan: Plan, now: datetime) -> str:
    """Where a source stands, for a person."""
    paused = plan.schedule.paused
    if paused is not None:
        return f"paused by {paused.made_by}, {in_zone(paused.made_at)}: {paused.reason}"
    if plan.due is not None:
        return "never crawled" if plan.service.run is None and plan.following is None else "due"
    match plan.service.state:
        case "at work":
            return f"run {plan.service.run} is at work"
        case "waiting":
            return "the last run died; tried again"
        case "given up":
            return "its runs died again and again; the next time comes"
        case _:
            return ""


def plan_fields(plan: Plan, now: datetime) -> dict[str, object]:
    """What `schedule plan --json` says of a source."""
    from scheduler.triggers import every_in_words

    schedule, due = plan.schedule, plan.due
    return {
        "source": schedule.source,
        "next_at": plan.next_at,
        "local": plan.next_at.astimezone(schedule.zone) if plan.next_at is not None else None,
        "overdue": due is not None,
        "overdue_seconds": int((now - due.fires_at).total_seconds()) if due is not None else 0,
        "slot": due.slot if due is not None else plan.following.slot if plan.following is not None else None,
        "every": every_in_words(schedule.every),
        "timezone": schedule.zone.key,
        "paused": schedule.paused,
        "overridden": schedule.overridden,
        "state": "paused"
        if schedule.paused is not None
        else "due"
        if due is not None
        else plan.service.state,
        "run": plan.service.run,
    }


def _trigger(
    cron: str | None,
    every: str | None,
    source: str | None,
    zone: ZoneInfo | None,
    jitter: int | None,
    name: str,
    begin: str,
) -> tuple[Trigger, ZoneInfo]:
    from crawler.declare import DefinitionError
    from crawler.declare.cron import read_cron
    from scheduler.triggers import CronTrigger, IntervalTrigger, read_every, trigger_for

    given = [each for each in (cron, every, source) if each is not None]
    if len(given) != 1:
        raise typer.BadParameter(
            f"expected one of --cron, --every and --source, found {len(given) or 'none'} of them"
        )
    if source is not None:
        from crawler.source import crawled_sources
        from scheduler.plan import JITTER

        check_names("source", [source], crawled_sources())
        definition = crawled_sources()[source]
        own = zone or definition.zone()
        delay = JITTER if jitter is None else timedelta(seconds=jitter)
        return trigger_for(definition.every, own, source, delay), own
    zone = zone or ZoneInfo("UTC")
    delay = timedelta(seconds=jitter or 0)
    try:
        if cron is not None:
            return CronTrigger(read_cron(cron), zone, name, delay), zone
        said = read_every(every or "")
    except (ValueError, DefinitionError) as error:
        raise typer.BadParameter(str(error)) from None
    if said.cron:
        return CronTrigger(said.calendar(), zone, name, delay), zone
    return IntervalTrigger(said.interval, zone, name, delay, _moment("--from", begin, zone)), zone


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise typer.BadParameter(
            f"expected a zone of the IANA database such as Europe/Brussels, found {name!r}"
        ) from None


def _moment(option: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{option}: expected a day or a time (2026-01-01, 2026-01-01T06:00), found {text!r}"
        ) from None
    if not 1900 <= moment.year <= 2400:
        raise typer.BadParameter(f"{option}: expected a year from 1900 to 2400, found {moment.year}")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
