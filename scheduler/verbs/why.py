"""`why`: what speaks for and against two releases being versions of one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, out, say, write_json
from scheduler.verbs import ending
from scheduler.verbs.statements import id_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pipelines.linking.judge import Judge

MOST_PAIRS = 10
"""Of two statements so many pairs of releases are explained; `--json` gives all."""


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "why",
        epilog=ending(
            "communique why s1f0c9a2b s90ab12cd",
            "communique why r77d0c1e2 http://mexidata.info/id4410.html --json | jq .evidence",
            codes="0 explained, 1 nothing bears that id or address, 2 wrong usage",
        ),
    )(why)


def why(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="A", help="A release or statement, by id or address.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why two releases are in one statement, or are not.

    Shows the evidence and what each feature adds to its score, the rules that applied, what persons decided,
    and, where two are joined only by way of others, that way. Of two statements, every pair of releases that
    anything is known about. With --json one line for each pair.
    """
    place = place_of(context, data, database, as_json)

    from pipelines.why import explain
    from scheduler.why import as_json as why_as_json
    from scheduler.why import describe

    with place.reading() as connection:
        pairs = _pairs(connection, one, other)
        judge = _judge()
        shown = pairs if place.json else pairs[:MOST_PAIRS]
        for left, right in shown:
            found = explain(connection, left, right, judge)
            if place.json:
                write_json(why_as_json(found))
            else:
                out().print(describe(found))
    if len(shown) < len(pairs):
        say(f"... and {len(pairs) - len(shown)} more pairs; name two releases, or ask with --json")


def _pairs(connection: Connection, one: str, other: str) -> list[tuple[str, str]]:
    from pipelines.why import pairs_between
    from storage.links import load_statement_mates
    from storage.statements import find_statement

    sides: list[set[str]] = []
    for what in (one, other):
        found = id_of(connection, what)
        if found.startswith("r"):
            sides.append({found})
            continue
        view = find_statement(connection, found)
        if view is None:
            raise Refusal(f"expected a statement or release, found {found}, which leads to none")
        sides.append(load_statement_mates(connection, [view.id]))
    ours, theirs = sides
    if ours == theirs and len(ours) == 1:
        raise Refusal(f"expected two releases or statements, found {one} and {other}, which are one", 2)
    pairs = [pair for pair in pairs_between(connection, ours, theirs) if pair[0] != pair[1]]
    if pairs:
        return pairs
    first, second = min(ours), min(each for each in theirs if {each} != ours)
    return [(min(first, second), max(first, second))] if first != second else []


def _judge() -> Judge[Any] | None:
    """The judge, to compare what has no link; without one only what is stored is told."""
    from crawler.settings import environment_now
    from pipelines.linking.encoders.protocol import EncoderError
    from pipelines.linking.passage_judge import open_judge
    from pipelines.linking.weights import WeightsError

    try:
        return open_judge(environment_now().encoder or None)[0]
    except (EncoderError, WeightsError):
        return None
