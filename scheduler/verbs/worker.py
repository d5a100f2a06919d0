"""`worker`: takes crawls, backfills and linking from the queue that many machines share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, cell, in_zone, out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.queues import JobView

CODES = (
    "0 it was told to end, or nothing is left, 1 there is no queue here: the message says why, 2 wrong usage"
)
SHOWN = 50
"""Jobs that `worker status` lists; --json gives all."""


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(invoke_without_command=True, help=worker.__doc__)
    group.callback(
        epilog=ending(
            "communique worker --jobs 4",
            "communique worker --until-empty",
            "communique crawl --all --queue",
            "communique worker status",
            codes=CODES,
        )
    )(worker)
    group.command("status", epilog=ending("communique worker status --json", codes=CODES))(status)
    app.add_typer(group, name="worker")


def worker(
    context: typer.Context,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, max=64, metavar="N", help="Jobs at the same time.")
    ] = 2,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="QUEUE",
            help="Only jobs of that queue: crawl, backfill, linking. May be given more than once.",
            show_default=False,
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Do one job, then end.")] = False,
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="End when nothing waits and nothing is at work.")
    ] = False,
    silence: Annotated[
        float,
        typer.Option(
            "--silence",
            min=0.5,
            max=3600,
            metavar="SECONDS",
            help="A worker elsewhere that was silent for so long counts as dead.",
        ),
    ] = 30.0,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take crawls, backfills and linking from the queue that many machines share in PostgreSQL.

    Start as many as you like, on any machine that reaches the database. Of one host's sources one is worked
    on at a time, and its pace is shared: more workers never ask a host faster. Work gets into the queue by
    `communique schedule run --workers`, `crawl --queue`, `backfill --queue` and `relink --queue`. The first
    Ctrl-C or SIGTERM lets what is at work end cleanly and go back into the queue, the second ends it at once;
    what a killed worker had is taken over. With --json a line when it is ready, and one at the end.
    """
    if context.invoked_subcommand is not None:
        return
    from scheduler.workers.deferring import QUEUES

    for name in only or []:
        if name not in QUEUES:
            raise typer.BadParameter(f"no queue {name!r}. There are: {', '.join(QUEUES)}")
    if once and until_empty:
        raise typer.BadParameter("expected --once or --until-empty, found both")
    place = place_of(context, data, database, as_json)

    from scheduler.workers.app import prepare_queue, refuse_sqlite
    from storage.database import Database, DatabaseUnusable

    try:
        refuse_sqlite(Database(place.url))
        store = place.open()
        prepare_queue(store.database)
    except DatabaseUnusable as error:
        raise Refusal(str(error)) from None

    from crawler.settings import environment_with
    from scheduler.crawl import Crew
    from scheduler.service.logs import configure
    from scheduler.service.notify import Notifier
    from scheduler.service.settings import read_service_settings
    from scheduler.workers.worker import Pace, Until, Worker

    def ready(number: int) -> None:
        if place.json:
            write_json({"worker": number, "jobs": jobs})
        else:
            say(f"Worker {number} takes {jobs} jobs at a time from {store.database.url}. Ctrl-C ends it.")

    until = Until.ONE if once else Until.EMPTY if until_empty else Until.TOLD
    try:
        settings = read_service_settings(environment_with({}))
    except ValueError as error:
        raise Refusal(str(error), 2) from None
    configure(as_json=settings.json_logs)
    crew = Crew(place.data, store.database, place.database, jobs=jobs)
    notifier = Notifier(settings.notify_socket)
    working = Worker(
        crew, only=only or QUEUES, until=until, pace=Pace(silence=silence), ready=ready, notifier=notifier
    )
    try:
        working.run()
    finally:
        store.close()
    if place.json:
        write_json({"done": working.done})
    else:
        say(f"Worker ended; it had {working.done} jobs.")


def status(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the queue: workers, what is at work and what waits, what failed.

    With --json a line for each worker and each job, and one for the sums.
    """
    place = place_of(context, data, database, as_json)

    from scheduler.workers.app import NoQueue, refuse_sqlite
    from storage.queue_schema import queue_version

    with place.database_at() as opened:
        try:
            refuse_sqlite(opened)
        except NoQueue as error:
            raise Refusal(str(error)) from None
        if opened.revision() is None or queue_version(opened) is None:
            raise Refusal(
                f"{opened.url} holds no queue yet. The first worker makes it (communique worker), "
                "and so does communique db upgrade."
            )
        with opened.read() as connection:
            _show(connection, as_json=place.json)


def _show(connection: Connection, *, as_json: bool) -> None:
    from storage import queues

    shown_states = (*queues.OPEN, "failed")
    workers = queues.workers(connection)
    jobs = queues.jobs(connection, shown_states, most=100_000 if as_json else SHOWN)
    counts = queues.counts(connection)
    if as_json:
        for each in workers:
            write_json({"worker": each})
        for job in jobs:
            write_json({"job": job})
        write_json({"totals": counts})
        return
    who = table("worker", "on", "process", "jobs", "since", "last heard", right=["worker", "process", "jobs"])
    at_work = [job for job in jobs if job.state == "doing"]
    for each in workers:
        has = sum(job.worker == each.number for job in at_work)
        who.add_row(
            str(each.number), cell(each.host), str(each.process), f"{has}/{each.slots}",
            in_zone(each.started_at), f"{each.silent_seconds:.0f} s ago",
        )  # fmt: skip
    if workers:
        out().print(who)
    what = table("job", "queue", "what", "state", "tries", "when", right=["job", "tries"])
    for job in jobs:
        what.add_row(
            str(job.id), job.queue, cell(_what(job)), cell(_state(job)), str(job.attempts),
            in_zone(job.scheduled_at) if job.state == "todo" else "",
        )  # fmt: skip
    if jobs:
        out().print(what)
    sums = ", ".join(
        f"{queue}: " + ", ".join(f"{number} {state}" for state, number in found.items())
        for queue, found in counts.items()
    )
    say(f"{len(workers)} workers. {sums or 'The queue is empty.'}")


def _what(job: JobView) -> str:
    order = job.arguments.get("order")
    if isinstance(order, dict):
        window = "..".join(str(order.get(name) or "") for name in ("since", "until"))
        return f"{job.task} {order.get('source')}" + (f" {window}" if window != ".." else "")
    return " ".join(str(word) for word in job.arguments.get("words", [job.task]))


def _state(job: JobView) -> str:
    if job.state == "doing":
        return f"at work, worker {job.worker}" if job.worker is not None else "its worker is gone"
    return {"todo": "waits"}.get(job.state, job.state)
