"""`reread`: all captures with today's readers, and what would change, before it does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, cell, err, out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from scheduler.reread import Told
    from scheduler.rereading import Found

INTERRUPTED = 3
BUSY = 4


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "reread",
        epilog=ending(
            "communique reread mx_sre",
            "communique reread mx_sre --show",
            "communique reread mx_sre --apply",
            "communique reread --jobs 8 --json | jq '{source, fields}'",
            codes=(
                "0 read, 1 no database there, 2 wrong usage, 3 interrupted: the same command goes on, "
                "4 a crawl has the source"
            ),
        ),
    )(reread)


def reread(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="Names; none: every source with captures.", show_default=False),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only show what would change (as without --apply).")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Store what changes.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Show every state that reads otherwise, field by field.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", min=1, max=256, metavar="N", help="Processes (else one a core).", show_default=False
        ),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read all captures again with today's readers, and count field by field what would change.

    Asks no site. Without --apply nothing is stored but how far the reading is; interrupted or killed, the
    same command goes on. With --apply states are put right where they stand: ids, statements and what persons
    decided stay, a correction is no revision, and what can no longer be read is kept as it is.
    """
    if plan and apply:
        raise typer.BadParameter("expected --plan or --apply, found both")
    place = place_of(context, data, database, as_json)
    with place.reading():
        pass  # refuses where there is no database, or an old schema

    from crawler.frontier import RunInProgress
    from crawler.source import registry
    from scheduler.linker import link_what_waits, say_linked
    from scheduler.reread import Rereading
    from scheduler.rereaders import InProcesses
    from storage.rereads import sources_with_captures

    store = place.open()
    try:
        with store.database.read() as connection:
            there = [name for name in sources_with_captures(connection) if name in registry()]
        names = list(dict.fromkeys(sources or there))
        for name in names:
            if name not in registry():
                raise typer.BadParameter(f"no source {name!r}. With captures: {', '.join(there)}")
        results: dict[str, Found] = {}
        told: list[Told] = []
        tell: Callable[[Told], None] = (write_json if place.json else told.append) if show else _nothing
        with InProcesses(place.data / "captures", jobs or os.cpu_count() or 1) as readers:
            for name in names:
                with _progress(name) as watch:
                    rereading = Rereading(
                        store, registry()[name], readers, applies=apply, tell=tell, watch=watch
                    )
                    results[name] = rereading.run()
        linked = link_what_waits(store.database) if apply else None
    except RunInProgress as error:
        raise Refusal(str(error), BUSY) from None
    except KeyboardInterrupt:
        say("Interrupted. The same command goes on where it was.", "yellow")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        store.close()
    if place.json:
        for name, found in results.items():
            write_json({"source": name, "applied": apply, **found.to_json()})
    else:
        _show_told(told)
        _show(results)
    if linked is not None:
        say_linked(linked)
    elif any(each.changed or each.new or each.revisions for each in results.values()):
        say(
            f"Store it with: communique reread {' '.join(sources or [])} --apply {place.options()}",
            whole=True,
        )


def _nothing(told: object) -> None:
    pass


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    console = err()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _show(results: dict[str, Found]) -> None:
    shown = table(
        "source", "captures", "as before", "otherwise", "new", "revisions", "lost", "fields",
        right=("captures", "as before", "otherwise", "new", "revisions", "lost"),
    )  # fmt: skip
    for name, found in results.items():
        shown.add_row(
            name,
            f"{found.captures:,}",
            f"{found.unchanged:,}",
            f"{found.changed:,}",
            f"{found.new:,}" + (f" ({found.freed} held before)" if found.freed else ""),
            f"{found.revisions:,}",
            f"{found.lost:,}",
            cell(found.in_words()),
        )
    if results:
        out().print(shown)
    for name, found in results.items():
        for reason, number in sorted(found.reasons.items(), key=lambda each: -each[1]):
            say(f"{name}: {number} captures give no release: {reason}", "dim")
        if found.lost:
            say(
                f"{name}: {found.lost} states cannot be read from their captures today; they stay as stored",
                "yellow",
            )


def _show_told(told: list[Told]) -> None:
    if not told:
        return
    shown = table("source", "release", "what", "field", "stored", "read today")
    for each in told:
        if not each.fields:
            shown.add_row(each.source, each.release, each.what, "", "", cell(each.reason or each.url))
        for one in each.fields:
            shown.add_row(
                each.source,
                each.release,
                one.how,
                one.field,
                cell(_short(one.before)),
                cell(_short(one.after)),
            )
    out().print(shown)


_LONGEST = 200


def _short(value: object) -> str:
    words = "" if value is None else str(value)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} …"
