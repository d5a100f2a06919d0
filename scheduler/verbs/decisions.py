"""`split`, `merge`, `move`, `undo`, `decisions`: what persons decide about statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, Place, place_of
from scheduler.screen import Refusal, cell, in_zone, out, say, table, write_json
from scheduler.verbs import ending
from scheduler.verbs.statements import SHORT, id_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pipelines.decide import Decided
    from storage.decisions import Decision

CODES = "0 decided, 1 refused: the message says why and what to do, 2 wrong usage"

ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for those who come later.")]
SupersedeOption = Annotated[
    bool, typer.Option("--supersede", help="Take the place of earlier decisions that say otherwise.")
]
StatementArgument = Annotated[
    str, typer.Argument(metavar="STATEMENT", help="Id of a statement (its beginning will do), or an address.")
]


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(
        "split",
        epilog=ending(
            'communique split s1f0c9a2b r77d0c1e2 --by Ana --reason "the correction of 3 May, not a copy"',
            codes=CODES,
        ),
    )(split)
    app.command(
        "merge",
        epilog=ending(
            'communique merge s1f0c9a2b s90ab12cd --by Ana --reason "same text, other headline"', codes=CODES
        ),
    )(merge)
    app.command(
        "move",
        epilog=ending(
            'communique move r77d0c1e2 s90ab12cd --by Ana --reason "translates the readout"', codes=CODES
        ),
    )(move)
    app.command("undo", epilog=ending('communique undo 12 --by Ana --reason "wrong release"', codes=CODES))(
        undo
    )
    app.command(
        "decisions",
        epilog=ending(
            "communique decisions",
            "communique decisions s1f0c9a2b --json",
            codes="0 done (also when there are none), 1 no database there, 2 wrong usage",
        ),
    )(decisions)


def split(
    context: typer.Context,
    statement: StatementArgument,
    releases: Annotated[
        list[str], typer.Argument(metavar="RELEASE...", help="Releases in it that do not belong there.")
    ],
    by: ByOption,
    reason: ReasonOption,
    supersede: SupersedeOption = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take releases out of a statement; together they become another one.

    It holds whatever is crawled, read or linked later, and can be undone.
    """
    from pipelines import decide

    place = place_of(context, data, database, as_json)
    with _deciding(place) as connection:
        source = statement_named(connection, statement)
        leaving = [release_named(connection, each) for each in releases]
        decided = decide.split(connection, source, leaving, decide.Person(by, reason), _now(), supersede)
    _tell(place, "split", decided)


def merge(
    context: typer.Context,
    one: StatementArgument,
    other: Annotated[str, typer.Argument(metavar="STATEMENT", help="The other one.")],
    by: ByOption,
    reason: ReasonOption,
    supersede: SupersedeOption = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make one statement of two; both ids lead to it from then on."""
    from pipelines import decide

    place = place_of(context, data, database, as_json)
    with _deciding(place) as connection:
        left, right = statement_named(connection, one), statement_named(connection, other)
        decided = decide.merge(connection, left, right, decide.Person(by, reason), _now(), supersede)
    _tell(place, "merge", decided)


def move(
    context: typer.Context,
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Id of a release, or an address.")],
    statement: StatementArgument,
    by: ByOption,
    reason: ReasonOption,
    supersede: SupersedeOption = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a release out of its statement and put it into another one."""
    from pipelines import decide

    place = place_of(context, data, database, as_json)
    with _deciding(place) as connection:
        moved, target = release_named(connection, release), statement_named(connection, statement)
        decided = decide.move(connection, moved, target, decide.Person(by, reason), _now(), supersede)
    _tell(place, "move", decided)


def undo(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of the decision: `communique decisions`.")],
    by: ByOption,
    reason: ReasonOption,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a decision back; what the evidence and other decisions say counts again."""
    from pipelines import decide
    from storage.decisions import DecisionUndone, DecisionUnknown

    place = place_of(context, data, database, as_json)
    with _deciding(place) as connection:
        try:
            undone, changes = decide.undo(connection, number, decide.Person(by, reason), _now())
        except DecisionUnknown:
            raise Refusal(
                f"expected the number of a decision, found {number}; `communique decisions` lists them"
            ) from None
        except DecisionUndone:
            raise Refusal(f"decision {number} was undone before") from None
    if place.json:
        write_json({"undone": number, "kind": undone.kind, "statements_changed": changes.touched})
    else:
        say(f"Undone: number {number}, {undone.kind} by {undone.made_by}.", "green")
        _tell_touched(changes.touched)


def decisions(
    context: typer.Context,
    about: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Only those about this statement or release.", show_default=False),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what persons decided, the latest first; what was undone is listed too."""
    place = place_of(context, data, database, as_json)

    from storage.decisions import find_decisions
    from storage.links import load_statement_mates

    with place.reading() as connection:
        releases: set[str] = set()
        if about is not None:
            found = id_of(connection, about)
            releases = {found} if found.startswith("r") else load_statement_mates(connection, [found])
        listed = find_decisions(connection, releases=releases) if about is None or releases else []
    if place.json:
        for each in listed:
            write_json(_as_json(each))
        return
    shown = table("no.", "decided", "what", "by", "why", "stands", right=["no."])
    for each in listed:
        shown.add_row(
            str(each.id), in_zone(each.made_at), cell(_what(each)), cell(each.made_by), cell(each.reason),
            cell(_standing(each), "" if each.stands else "dim"),
        )  # fmt: skip
    if listed:
        out().print(shown)
    say(f"{len(listed)} decision{'s' if len(listed) != 1 else ''}")


def statement_named(connection: Connection, what: str) -> str:
    """The id of the statement that an id, a beginning of one or an address means."""
    from storage.statements import find_statement

    found = find_statement(connection, id_of(connection, what))
    if found is None:
        raise Refusal(f"expected a statement, found {what!r}, which leads to none")
    return found.id


def release_named(connection: Connection, what: str) -> str:
    """The id of the release that an id, a beginning of one or an address means."""
    found = id_of(connection, what)
    if not found.startswith("r"):
        raise Refusal(f"expected a release (r...) or its address, found {what}, a statement", 2)
    return found


@contextmanager
def _deciding(place: Place) -> Iterator[Connection]:
    """The one writing transaction; a refusal of the decision is one of the command."""
    from pipelines.decide import DecisionRefused

    with place.reading():
        pass  # there must be a database: a decision makes none
    store = place.open()
    try:
        with store.database.write() as connection:
            yield connection
    except DecisionRefused as error:
        raise Refusal(str(error)) from None
    finally:
        store.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(place: Place, kind: str, decided: Decided) -> None:
    if place.json:
        write_json(
            {
                "decision": decided.number,
                "kind": kind,
                "releases": decided.statements,
                "statements_changed": decided.changes.touched,
            }
        )
        return
    say(f"Decided: number {decided.number}, {kind}.", "green")
    _tell_touched(tuple(dict.fromkeys(decided.statements.values())))


def _tell_touched(statements: tuple[str, ...]) -> None:
    for each in statements:
        say(f"  communique show {each[:SHORT]}", whole=True)


def _what(decision: Decision) -> str:
    asked = decision.asked
    several = asked.get("statements") or asked.get("releases") or [asked.get("release", "")]
    between = {"merge": " with ", "yes": " with ", "no": " apart from "}.get(decision.kind, ", ")
    words = f"{decision.kind} {between.join(str(each)[:SHORT] for each in several)}"
    preposition = {"split": "out of", "move": "to"}.get(decision.kind)
    return f"{words} {preposition} {str(asked['statement'])[:SHORT]}" if preposition else words


def _standing(decision: Decision) -> str:
    if not decision.stands:
        return f"undone by {decision.undone_by}: {decision.undone_reason}"
    if not decision.overruled:
        return "yes"
    return "no: later ones say otherwise" if len(decision.overruled) == len(decision.pairs) else "in part"


def _as_json(decision: Decision) -> dict[str, object]:
    return {
        "id": decision.id,
        "kind": decision.kind,
        "by": decision.made_by,
        "reason": decision.reason,
        "made_at": decision.made_at,
        "asked": decision.asked,
        "stands": decision.stands,
        "pairs": [
            {"left": left, "right": right, "verdict": verdict, "counts": pair_counts(decision, (left, right))}
            for (left, right), verdict in sorted(decision.pairs.items())
        ],
        "undone_by": decision.undone_by,
        "undone_reason": decision.undone_reason,
        "undone_at": decision.undone_at,
    }


def pair_counts(decision: Decision, pair: tuple[str, str]) -> bool:
    """Whether it is this decision that counts for the pair."""
    return decision.stands and pair not in decision.overruled
