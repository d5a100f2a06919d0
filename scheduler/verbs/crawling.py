"""`crawl`: fetch what is new on sites, or what a window names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.names import check_names
from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    Place,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
)
from scheduler.screen import cell, out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from scheduler.crawl import Order, Report


INTERRUPTED = 3
"""Exit code of a command that somebody interrupted."""


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "crawl",
        epilog=ending(
            "communique crawl mx_sre --since 2017-02-20 --until 2017-02-28",
            "communique crawl --all --jobs 4",
            "communique crawl us_dhs --since 2026-11-01 --again",
            "communique crawl --all --queue",
            codes=(
                "0 all finished (or stopped at --limit), 1 some failed: the table says which and why, "
                "2 wrong usage, 3 interrupted, 4 another run has the source"
            ),
        ),
    )(crawl)


def crawl(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE", help="Names, as `communique sources` lists them.", show_default=False
        ),
    ] = None,
    every_source: Annotated[bool, typer.Option("--all", help="All sources.")] = False,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, metavar="N", help="Most releases to fetch per source.", show_default=False
        ),
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Ask also for what is kept already: was it edited, withdrawn?"),
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, max=64, metavar="N", help="Sources at the same time.")
    ] = 2,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the workers of this database: communique worker.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl sources, each in a process of its own: what is new, or what the days name.

    What is known and unchanged is not fetched again, unless --again asks whether it still stands as it was;
    what an earlier run left over is taken up. When all have ended, what is new is compared with what is
    stored, and versions of one statement are joined (communique link run). Ctrl-C lets the crawls end
    cleanly, a second one kills them: nothing is lost either way.
    """
    from crawler.source import crawled_sources

    check_window(since, until)
    names = _names(sources or [], crawled_sources(), every_source)
    place = place_of(context, data, database, as_json)

    from scheduler.crawl import Crew, Order
    from scheduler.crawl import crawl as crawl_sources
    from scheduler.linker import Linked, link_what_waits, say_linked
    from scheduler.progress import bars

    orders = [Order(name, since, until, limit, again=again) for name in names]
    if queue:
        _defer(place, orders)
        return
    store = place.open()
    try:
        crew = Crew(place.data, store.database, place.database, jobs=jobs)
        with bars(names) as watch:
            reports = crawl_sources(orders, crew, watch)
        code = exit_code(len(names), reports)
        linked = Linked() if code == INTERRUPTED else link_what_waits(store.database)
    finally:
        store.close()
    _show(reports, place)
    show_problems(names, reports)
    say_linked(linked)
    raise typer.Exit(code)


def _defer(place: Place, orders: Sequence[Order]) -> None:
    """Put the crawls into the queue; what waits there already is not put there twice."""
    from scheduler.workers.deferring import AlreadyQueued
    from scheduler.workers.placing import deferrer_at

    with deferrer_at(place) as deferrer:
        for order in deferrer.longest_first(orders):
            try:
                run: str | None = deferrer.crawl(order)
            except AlreadyQueued:
                run = None
            if place.json:
                write_json({"source": order.source, "run": run, "queued": run is not None})
            elif run is not None:
                say(f"{order.source}: waits for a worker, run {run}", "green")
            else:
                say(f"{order.source}: waits in the queue already", "yellow")


def _names(given: list[str], known: Collection[str], every_source: bool) -> list[str]:
    if every_source and given:
        raise typer.BadParameter(
            f"expected names of sources or --all, found both: {' '.join(given)} and --all"
        )
    if not every_source and not given:
        raise typer.BadParameter(
            f"expected names of sources or --all, found none. There are: {', '.join(known)}"
        )
    check_names("source", given, known)
    return list(known if every_source else dict.fromkeys(given))


def exit_code(ordered: int, reports: Sequence[Report]) -> int:
    """The exit code that tells how so many ordered crawls ended."""
    from scheduler.crawl import GOOD, Ending

    endings = {report.ending for report in reports}
    if Ending.INTERRUPTED in endings or len(reports) < ordered:
        return INTERRUPTED
    if Ending.FAILED in endings:
        return 1
    if Ending.BUSY in endings:
        return 4
    return 0 if endings <= GOOD else 1


def _show(reports: Sequence[Report], place: Place) -> None:
    from scheduler.crawl import GOOD
    from scheduler.progress import report_in_words

    if place.json:
        for report in reports:
            write_json(report)
        return
    shown = table("source", "ended", "releases", "time")
    for report in reports:
        style = "green" if report.ending in GOOD else "red"
        took = f"{(report.ended_at - report.started_at).total_seconds():.0f} s"
        shown.add_row(
            report.source,
            cell(report.ending.value, style),
            report_in_words(report),
            took,
        )
    if reports:
        out().print(shown)


def show_problems(names: Sequence[str], reports: Sequence[Report]) -> None:
    """On standard error: what did not end well and why, with the log; what was not begun."""
    for report in reports:
        if report.error:
            say(f"{report.source}: {report.error}", style="red")
            say(f"  log: {report.log}", whole=True)
    for name in names:
        if name not in {report.source for report in reports}:
            say(f"{name}: not begun", style="yellow")
