"""`link run`: content links for what waits in the queue."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import say, write_json
from scheduler.verbs import ending

EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="Encoder of sentences, or none (or COMMUNIQUE_ENCODER; else the one that comes along).",
        show_default=False,
    ),
]


def add_to(group: typer.Typer) -> None:
    """Add the verb to the group `link`."""
    group.command(
        "run",
        epilog=ending(
            "communique link run",
            "communique link run --encoder none --json",
            codes="0 nothing waits any more, 1 it could not be linked: the message says why, 2 wrong usage, "
            "3 interrupted: begin again, nothing is lost",
        ),
    )(run)


def run(
    context: typer.Context,
    encoder: EncoderOption = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare what is new with what is stored, and join versions of one statement by what they say.

    Crawls and intakes do it by themselves at their end. One process links a database at a time; it may be
    killed at any moment and goes on where it was.
    """
    place = place_of(context, data, database, as_json)

    from scheduler.linker import link_what_waits, say_linked

    store = place.open()
    try:
        linked = link_what_waits(store.database, encoder)
    except KeyboardInterrupt:
        say("Interrupted. What is linked is linked; communique link run takes up the rest.", "yellow")
        raise typer.Exit(3) from None
    finally:
        store.close()
    if place.json:
        write_json(linked)
    elif not linked.releases and linked.problem is None:
        say("Nothing waits.")
    say_linked(linked)
    raise typer.Exit(1 if linked.problem is not None else 0)
