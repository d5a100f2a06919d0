"""`relink`: everything linked again, shown before it counts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from scheduler.options import DatabaseOption, DataOption, JsonOption, Place, place_of
from scheduler.screen import Refusal, cell, err, out, say, table, write_json
from scheduler.verbs import ending
from scheduler.verbs.linker import EncoderOption
from scheduler.verbs.statements import SHORT

if TYPE_CHECKING:
    from pipelines.relink import Plan, Relinker, RelinkProgress
    from storage.relinks import Relink
    from storage.store import SqlStore

SHOWN = 20
"""Changes of one sort that are listed; `--json` gives all."""


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "relink",
        epilog=ending(
            "communique relink --plan",
            "communique relink --jobs 4",
            "communique relink --queue",
            codes="0 done, or shown, 1 it cannot be done now: the message says why, 2 wrong usage, "
            "3 interrupted: begin again, it goes on where it was",
        ),
    )(relink)


def relink(
    context: typer.Context,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would change.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Give up a relink that is not finished.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", min=1, max=256, metavar="N", help="Processes (else: one per core).", show_default=False
        ),
    ] = None,
    encoder: EncoderOption = None,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the workers of this database: communique worker.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Link everything again: after an upgrade of the program, its weights or the encoder.

    All evidence is weighed anew in several processes and set aside; then it comes into force, statement by
    statement. With --plan it stays aside, and what would change is shown: what would be joined, split,
    moved, and newly asked. What persons decided stands. Ctrl-C or a kill loses nothing: the same command
    goes on. With --json a line for each change, and one for the sums.
    """
    place = place_of(context, data, database, as_json)
    if queue:
        if plan or drop:
            raise typer.BadParameter("expected --queue alone: a worker shows no plan, and drops nothing")
        _defer(place, jobs, encoder)
        return

    from pipelines.linking.encoders.protocol import EncoderError
    from pipelines.linking.weights import WeightsError
    from pipelines.relink import RelinkInProgress
    from storage.linkers import LinkerBusy

    with place.reading():
        pass  # there must be a database: a relink makes none
    store = place.open()
    try:
        with _bar() as tell:
            work = _relinker(place, store, encoder, jobs or os.cpu_count() or 1, tell)
            if drop:
                dropped = work.drop()
            else:
                weighed = work.weigh()
                shown = work.plan(weighed)
        if drop:
            say("Dropped." if dropped else "There is no relink to drop.")
            return
        _show(place, shown, weighed)
        if plan:
            say("Nothing has changed yet. Bring it into force: communique relink")
            return
        _apply(place, store, work)
    except (EncoderError, WeightsError, LinkerBusy, RelinkInProgress) as error:
        raise Refusal(str(error)) from None
    except KeyboardInterrupt:
        say("Interrupted. communique relink goes on where it was.", "yellow")
        raise typer.Exit(3) from None
    finally:
        store.close()


def _defer(place: Place, jobs: int | None, encoder: str | None) -> None:
    from scheduler.workers.deferring import LINKING
    from scheduler.workers.placing import defer_commands

    words = ["relink"]
    if jobs is not None:
        words += ["--jobs", str(jobs)]
    if encoder is not None:
        words += ["--encoder", encoder]
    defer_commands(place, {"relink": words}, queue=LINKING, locks={"relink": LINKING})


def _relinker(
    place: Place, store: SqlStore, encoder: str | None, jobs: int, tell: Callable[[RelinkProgress], object]
) -> Relinker:
    from crawler.settings import environment_now
    from pipelines.linking.passage_judge import judge_named, open_judge
    from pipelines.relink import Relinker
    from scheduler.linker import now

    judge, notice = open_judge(encoder or environment_now().encoder or None)
    if notice:
        say(notice, "yellow")
    named = partial(judge_named, judge.encoder_name)
    return Relinker(store.database, place.url, named, now, jobs=jobs, tell=tell)


def _apply(place: Place, store: SqlStore, work: Relinker) -> None:
    from scheduler.linker import link_what_waits, say_linked

    with _bar() as tell:
        work.tell = tell
        result = work.apply(work.weigh())
    say(
        f"Relinked: {len(result.joined)} releases joined, {len(result.split)} separated, "
        f"{len(result.asked)} pairs to be reviewed.",
        "green",
    )
    say_linked(link_what_waits(store.database))


@contextmanager
def _bar() -> Iterator[Callable[[RelinkProgress], object]]:
    """One bar for each state; what is left is told from the pace of the last minute or so."""
    console = err()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, disable=not console.is_terminal, speed_estimate_period=90
    ) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(where: RelinkProgress) -> None:
            if where.state not in tasks:
                # What an earlier, interrupted run did counts as done, not as speed.
                tasks[where.state] = progress.add_task(where.state, total=where.total, completed=where.done)
            progress.update(tasks[where.state], completed=where.done, total=where.total)

        yield tell


def _show(place: Place, plan: Plan, weighed: Relink) -> None:
    sums = {what: plan.count(what) for what in ("join", "split", "move", "ask")}
    if place.json:
        for change in plan.changes:
            write_json(change)
        links, judge = dict(plan.links), weighed.judge
        write_json({**sums, "links": links, "changed_since": plan.changed_since, "judge": judge})
        return
    for what, heading in (
        ("join", "Statements that become one"),
        ("split", "Releases that leave a statement"),
        ("move", "Releases that move to another statement"),
        ("ask", "Pairs about which a person would be asked"),
    ):
        some = [change for change in plan.changes if change.what == what]
        if not some:
            continue
        shown = table("statements", "releases", title=f"{heading}: {len(some)}")
        for change in some[:SHOWN]:
            shown.add_row(_ids(change.statements), _ids(change.releases))
        out().print(shown)
        if len(some) > SHOWN:
            say(f"... and {len(some) - SHOWN} more; --json gives all")
    words = ", ".join(f"{number} {what}" for what, number in plan.links.items() if number)
    say(f"Statements: {', '.join(f'{number} to {what}' for what, number in sums.items())}.")
    say(f"Links: {words or 'none differs'}.")
    if plan.changed_since:
        say(f"{plan.changed_since} releases have changed since: they are linked afterwards, one by one.")


def _ids(ids: tuple[str, ...]) -> Text:
    more = f" and {len(ids) - 6} more" if len(ids) > 6 else ""
    return cell(" ".join(each[:SHORT] for each in ids[:6]) + more)
