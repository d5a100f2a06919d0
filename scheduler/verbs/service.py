"""`schedule run`: the service that crawls every source in its time."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from scheduler.names import check_names
from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, write_json
from scheduler.verbs import ending


def add_to(group: typer.Typer) -> None:
    """Add the verb to the group `schedule`."""
    group.command(
        "run",
        epilog=ending(
            "communique schedule run --jobs 4",
            "communique schedule run --once --json-logs",
            "communique schedule run --metrics 9100 --alert mailto://me:secret@example.org "
            "--heartbeat https://hc.example.org/ping/1",
            codes=(
                "0 ended as it was told to (--once: nothing was due, or all that was ended well), "
                "1 --once: a crawl failed, 2 wrong usage, 3 --once: interrupted, "
                "4 --once: another service is at work"
            ),
        ),
    )(run)


def run(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Start what is due, wait until it has ended, and end.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            min=1,
            max=256,
            metavar="N",
            help="Crawls at the same time (or COMMUNIQUE_JOBS; else 4).",
            show_default=False,
        ),
    ] = None,
    hours: Annotated[
        float | None,
        typer.Option(
            "--hours",
            min=0,
            metavar="N",
            help="Longest that a crawl may take (or COMMUNIQUE_RUN_HOURS; else 12; 0: any).",
            show_default=False,
        ),
    ] = None,
    memory: Annotated[
        int | None,
        typer.Option(
            "--memory",
            min=0,
            metavar="MIB",
            help="Most memory of a crawl and what it starts (or COMMUNIQUE_RUN_MEMORY; else 2048; 0: any).",
            show_default=False,
        ),
    ] = None,
    grace: Annotated[
        float | None,
        typer.Option(
            "--grace",
            min=0,
            metavar="SECONDS",
            help="For crawls to end by themselves at the end (or COMMUNIQUE_GRACE; else 60).",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--source", metavar="NAME", help="Only that source; may be repeated.", show_default=False
        ),
    ] = None,
    metrics: Annotated[
        int | None,
        typer.Option(
            "--metrics",
            metavar="PORT",
            help="Serve /metrics and /healthz there (or COMMUNIQUE_METRICS).",
            show_default=False,
        ),
    ] = None,
    alert: Annotated[
        list[str] | None,
        typer.Option(
            "--alert",
            metavar="URL",
            help="Whom to tell, as Apprise writes it; may be repeated (or COMMUNIQUE_ALERTS).",
            show_default=False,
        ),
    ] = None,
    heartbeat: Annotated[
        str | None,
        typer.Option(
            "--heartbeat",
            metavar="URL",
            help="Asked for while all is well (or COMMUNIQUE_HEARTBEAT).",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        bool,
        typer.Option(
            "--workers",
            help="Leave crawls to communique worker, here and elsewhere (or COMMUNIQUE_WORKERS=1).",
        ),
    ] = False,
    json_logs: Annotated[
        bool, typer.Option("--json-logs", help="Log as JSON lines (or COMMUNIQUE_LOGS=json).")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl every source in its time, for as long as it runs: the service.

    What was missed while it did not run is made up for once. One service works on a database: a second one
    stands by and takes over when the first ends, however it ends. Ctrl-C and SIGTERM let crawls end or leave
    them where the next run goes on; a second one kills them; kill -9 loses nothing. With --once it is a
    command for cron, which says with its exit code how it went (--json: one line for each crawl).
    """
    place = place_of(context, data, database, as_json)
    given: dict[str, Any] = {
        "jobs": jobs,
        "run_hours": hours,
        "run_memory": memory,
        "grace": grace,
        "metrics": metrics,
        "alerts": tuple(alert) if alert else None,
        "heartbeat": heartbeat,
        "json_logs": json_logs or None,
        "workers": workers or None,
    }

    from crawler.settings import environment_with
    from crawler.source import crawled_sources
    from scheduler.alerts import AlertsUnusable
    from scheduler.crawl import interrupted
    from scheduler.service.logs import configure
    from scheduler.service.running import service_for
    from scheduler.service.settings import read_service_settings
    from storage.database import DatabaseUnusable

    try:
        settings = read_service_settings(environment_with({}))
    except ValueError as error:
        raise Refusal(str(error), 2) from None
    settings = replace(settings, **{name: value for name, value in given.items() if value is not None})
    sources = dict(crawled_sources())
    check_names("source", only or (), sources)
    if only:
        sources = {name: source for name, source in sources.items() if name in only}
    configure(as_json=settings.json_logs)
    store = place.open()
    try:
        with interrupted() as interrupts:
            try:
                service = service_for(store, place.database, sources, settings, interrupts)
            except DatabaseUnusable as error:
                raise Refusal(str(error)) from None
            except OSError as error:
                raise Refusal(error.strerror or str(error), 2) from None
            except (AlertsUnusable, ValueError) as error:
                raise Refusal(str(error), 2) from None
            if not once:
                service.run()
                raise typer.Exit(0)
            ended = service.once()
            if ended is None:
                raise Refusal(
                    "another service is at work on this database, and does what is due. See communique runs.",
                    4,
                )
            if place.json:
                for each in ended:
                    write_json(each)
            stopped = bool(interrupts.count)
    finally:
        store.close()
    if stopped:
        raise typer.Exit(3)
    raise typer.Exit(0 if all(each.state == "finished" for each in ended) else 1)
