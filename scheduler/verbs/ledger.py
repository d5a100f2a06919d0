"""`sources`, `runs`, `held`: what is crawled, how it went, and what waits."""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from scheduler.names import check_source_name
from scheduler.options import DatabaseOption, DataOption, JsonOption, Place, place_of
from scheduler.screen import Refusal, cell, in_zone, out, plain, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from crawler.source import Source
    from storage.runs import RunView

NO_DATABASE = "0 done, 1 no database there, 2 wrong usage"

SourceOption = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help="Only that source.", show_default=False)
]


def add_sources(app: typer.Typer) -> None:
    """Add `sources`."""
    examples = ending(
        "communique sources", "communique sources --json | jq -r .name", codes="0 done, 2 wrong usage"
    )
    app.command("sources", epilog=examples)(sources)


def add_to(app: typer.Typer) -> None:
    """Add the other verbs."""
    app.command("held", epilog=ending("communique held --source mexidata", codes=NO_DATABASE))(held)
    examples = ending(
        "communique runs mx_sre --limit 5",
        "communique runs 8d3c0f2a9b7e6d51",
        codes="0 done, 1 no database there, or no such run, 2 wrong usage",
    )
    app.command("runs", epilog=examples)(runs)


def sources(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the sources that are crawled, how their releases are found, and when each is due."""
    place = place_of(context, data, database, as_json)

    from crawler.source import crawled_sources
    from scheduler.plan import plans
    from scheduler.triggers import every_in_words
    from storage.runs import latest_runs

    now = datetime.now(UTC)
    with place.reading_if_any() as connection:
        last = latest_runs(connection, crawls=True) if connection is not None else {}
        planned = plans(crawled_sources(), connection, now)
    shown = table("source", "title", "kind", "in", "found by", "every", "last run", "next")
    for name, source in crawled_sources().items():
        run = last.get(name)
        due = planned[name].next_at
        if place.json:
            write_json(_definition(source, run, due))
            continue
        shown.add_row(
            name,
            cell(source.title),
            source.kind.value,
            _languages(source.languages),
            ", ".join(_ways(source)),
            every_in_words(planned[name].schedule.every),
            _run_in_words(run),
            "paused" if due is None else "now" if due <= now else in_zone(due),
        )
    if not place.json:
        out().print(shown)


def _ways(source: type[Source]) -> list[str]:
    return list(dict.fromkeys(type(each).__name__.lower() for each in source.discoveries()))


def _languages(tags: tuple[str, ...]) -> str:
    more = len(tags) - 3
    return " ".join(tags[:3]) + (f" +{more}" if more > 0 else "")


def _run_in_words(run: RunView | None) -> str:
    if run is None:
        return "never"
    return f"{in_zone(run.started_at)} {run.state}"


def _definition(source: type[Source], run: RunView | None, due: datetime | None) -> dict[str, object]:
    return {
        "name": source.name,
        "title": source.title,
        "country": source.country,
        "kind": source.kind,
        "issuers": source.issuers,
        "languages": source.languages,
        "found_by": _ways(source),
        "hosts": source.hosts,
        "timezone": source.timezone,
        "every_seconds": int(source.every.interval.total_seconds()),
        "archive_from": source.archive_from,
        "expected_per_week": {"at_least": source.expect.at_least, "at_most": source.expect.at_most},
        "terms": source.terms,
        "facts": source.facts,
        "unverified": source.unverified,
        "last_run": run,
        "next_due": due,
    }


_STATE_STYLES = {"finished": "green", "stopped": "yellow", "running": "cyan", "planned": "dim"}


def state_of(run: RunView | None, now: datetime | None = None) -> Text:
    """How a run ended, in its color; `lost` where it says that it works while its process is gone."""
    if run is None:
        return cell("")
    if now is not None and run.is_lost(now):
        return cell("lost", "red")
    return cell(run.state, _STATE_STYLES.get(run.state, "red"))


def held(
    context: typer.Context,
    source: SourceOption = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List records that wait for a person: why they were held back, and what to do."""
    place = place_of(context, data, database, as_json)
    check_source_name(source)

    from storage.held import list_held

    number = 0
    shown = table("source", "reason", "what was expected, what was found, what to do")
    with place.reading() as connection, closing(list_held(connection, source)) as found:
        for each in found:
            number += 1
            if place.json:
                write_json(each)
            else:
                text = cell(each.url)
                text.append(f"\n{plain(each.detail)}", "dim")
                shown.add_row(each.source, cell(each.reason, "yellow"), text)
    if place.json:
        return
    if number:
        out().print(shown)
    say(f"{number} held back" if number else "Nothing is held back.")


def runs(
    context: typer.Context,
    named: Annotated[
        str | None,
        typer.Argument(
            metavar="[RUN|SOURCE]", help="One run, in full; or those of one source.", show_default=False
        ),
    ] = None,
    source: SourceOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Most to show.")] = 20,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List runs, the latest first: who started them, how they ended, what they brought; or one in full."""
    place = place_of(context, data, database, as_json)
    check_source_name(source)

    from crawler.source import registry

    if source is None and named in registry():
        source = named
    elif named is not None:
        _show_run(place, named)
        return

    from scheduler.progress import counts_in_words
    from storage.runs import find_runs

    now = datetime.now(UTC)
    shown = table("run", "source", "by", "started", "took", "ended", "releases")
    with place.reading() as connection:
        for run in find_runs(connection, source, limit):
            if place.json:
                write_json(_run_fields(run))
                continue
            took = f"{run.seconds:.0f} s" if run.seconds is not None else ""
            words = counts_in_words(run.counts, "nothing new" if run.state == "finished" else "")
            shown.add_row(
                run.id, run.source, run.started_by, in_zone(run.started_at), took, state_of(run, now),
                cell(": ".join(each for each in (words, run.error) if each)),
            )  # fmt: skip
    if shown.row_count:
        out().print(shown)
    elif not place.json:
        say("No runs. Begin with: communique crawl SOURCE, or communique schedule run")


_STEPS = (
    "listed", "discovered", "fetched", "stored", "revised", "unchanged", "not_modified", "held", "skipped",
    "failed", "gone", "vacant",
)  # fmt: skip
"""Counts of a run in the order of the way; `read` and what else there is follows."""


def _run_fields(run: RunView) -> dict[str, object]:
    """All that is known of a run, with what follows from it."""
    lost = run.is_lost(datetime.now(UTC))
    return {
        **{each.name: getattr(run, each.name) for each in fields(run)},
        "counts": {**dict.fromkeys(_STEPS, 0), **run.counts},
        "lost": lost,
        "complete": run.is_complete,
        "seconds": run.seconds,
        "requests": run.requests,
        "requests_per_release": run.requests_per_release,
    }


def _show_run(place: Place, run_id: str) -> None:
    from storage.runs import find_run
    from storage.walks import walks_of

    with place.reading() as connection:
        run = find_run(connection, run_id)
        walks = walks_of(connection, run.source, run_id) if run is not None else []
    if run is None:
        raise Refusal(
            f"expected the id of a run or the name of a source, found {run_id!r}. All there are: "
            "communique runs, communique sources"
        )
    told = {**_run_fields(run), "walks": walks}
    if place.json:
        write_json(told)
        return
    shown = table("", "")
    for name, value in told.items():
        if name == "counts":
            words = ", ".join(f"{number:,} {each}" for each, number in {**run.counts}.items())
            shown.add_row(name, cell(words or "none"))
        elif name == "walks":
            for walk in walks:
                ended = "finished" if walk.complete else "not finished"
                floor = f", back to {walk.floor}" if walk.floor else ""
                shown.add_row("walk", cell(f"{walk.index}: {ended}{floor}"))
        elif isinstance(value, datetime):
            shown.add_row(name, cell(in_zone(value)))
        elif isinstance(value, dict):
            told_here = {key: each for key, each in value.items() if key != "shapes"}  # for programs only
            shown.add_row(name, cell("\n".join(f"{key}: {each}" for key, each in told_here.items())))
        elif value is not None:
            shown.add_row(name, cell(value))
    out().print(shown)
