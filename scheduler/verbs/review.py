"""`review`: pairs that a person should decide, side by side, the most valuable first."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, Place, place_of
from scheduler.screen import Refusal, cell, out, say, table, write_json
from scheduler.verbs import ending
from scheduler.verbs.statements import SHORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database import Database
    from storage.questions import Question

REASON = "compared side by side"


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "review",
        epilog=ending(
            "communique review --by Ana",
            "communique review --json --limit 20 | jq .title",
            codes="0 done, or listed, 1 no database there, 2 wrong usage, 3 interrupted: answers are kept",
        ),
    )(review)


def review(
    context: typer.Context,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who decides (else: your login).", show_default=False),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")] = REASON,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Most to show.")] = 50,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walk through the pairs that the evidence does not settle: are they versions of one statement?

    The most valuable first: the least certain, between the largest statements, of the sources that speak for
    themselves. In a terminal the two texts stand side by side, and a key decides: y(es), n(o), s(kip),
    q(uit). Every answer is kept at once, with name and reason, and can be undone (communique undo). Where
    there is no terminal they are listed.
    """
    place = place_of(context, data, database, as_json)

    from storage.questions import find_questions

    with place.reading() as connection:
        questions = find_questions(connection, limit)
    if place.json:
        for each in questions:
            write_json(_as_json(each))
        return
    if not questions:
        say("Nothing to decide.")
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _list(questions)
        say("There is no terminal here to ask at. Decide with: communique merge, split or move;")
        say("  communique why A B tells what speaks for and against a pair.", whole=True)
        return
    raise typer.Exit(_walk(place, by or getpass.getuser(), reason, limit))


def _walk(place: Place, name: str, reason: str, limit: int) -> int:
    """Ask one question after the other; the exit code."""
    from storage.questions import find_questions

    store = place.open()
    skipped: set[tuple[str, str]] = set()
    answered = 0
    try:
        while answered + len(skipped) < limit:
            # Anew after every answer: it may settle others, or change what they are worth.
            with store.database.read() as connection:
                questions = [
                    each
                    for each in find_questions(connection)
                    if (each.left.id, each.right.id) not in skipped
                ]
            if not questions:
                break
            question = questions[0]
            _show(store.database, question, len(questions))
            key = _ask()
            if key == "q":
                break
            if key == "s" or not _decide(store.database, question, key == "y", name, reason):
                skipped.add((question.left.id, question.right.id))
            else:
                answered += 1
    except (KeyboardInterrupt, EOFError):
        say(f"Interrupted. {answered} answered: kept.", "yellow")
        return 3
    finally:
        store.close()
    say(f"{answered} answered, {len(skipped)} skipped.")
    return 0


def _ask() -> str:
    say("One statement?  y(es)  n(o)  s(kip)  q(uit)", "bold")
    while True:
        pressed = typer.getchar()
        if not pressed or "\x03" in pressed or "\x04" in pressed:
            raise KeyboardInterrupt
        # Keys pressed in a hurry come together; the first that means something counts.
        for key in pressed.lower():
            if key in "ynsq":
                return key


def _decide(database: Database, question: Question, same: bool, name: str, reason: str) -> bool:
    from pipelines.decide import DecisionRefused, Person, answer

    try:
        with database.write() as connection:
            decided = answer(
                connection, question.left.id, question.right.id, same, Person(name, reason), datetime.now(UTC)
            )
    except DecisionRefused as error:
        say(str(error), "red")
        return False
    except LookupError as error:
        raise Refusal(str(error)) from None
    say(f"Decided: number {decided.number}, {'one statement' if same else 'two statements'}.", "green")
    return True


def _show(database: Database, question: Question, waiting: int) -> None:
    from scheduler.sides import side_by_side
    from storage.links import load_texts

    with database.read() as connection:
        texts = load_texts(connection, [question.left.id, question.right.id])
    out().rule(f"{waiting} to decide")
    out().print(side_by_side(question, texts[question.left.id], texts[question.right.id]))


def _list(questions: Sequence[Question]) -> None:
    shown = table("value", "one", "other", "evidence", "titles", right=["value"])
    for each in questions:
        shown.add_row(
            f"{each.value:.2f}",
            cell(f"{each.left.id[:SHORT]} {each.left.source} {each.left.language}"),
            cell(f"{each.right.id[:SHORT]} {each.right.source} {each.right.language}"),
            cell(f"{each.kind} {each.chance:.2f}"),
            cell(f"{each.left.title} / {each.right.title}"),
        )
    out().print(shown)


def _as_json(question: Question) -> dict[str, object]:
    return {
        "value": question.value,
        "left": _release(question.left.id, question),
        "right": _release(question.right.id, question),
        "kind": question.kind,
        "score": question.score,
        "chance": question.chance,
        "features": question.features,
        "sizes": question.sizes,
    }


def _release(release: str, question: Question) -> dict[str, object]:
    facts = question.left if question.left.id == release else question.right
    return {
        "id": facts.id,
        "statement": facts.statement_id,
        "source": facts.source,
        "language": facts.language,
        "said_on": facts.said_on,
        "title": facts.title,
    }
