"""`alerts`: are people told, and what were they told."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, cell, in_zone, out, say, table, write_json
from scheduler.verbs import ending

AlertOption = Annotated[
    list[str] | None,
    typer.Option(
        "--alert",
        metavar="URL",
        help="Whom to tell, as Apprise writes it; may be repeated (or COMMUNIQUE_ALERTS).",
        show_default=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    group = typer.Typer(no_args_is_help=True, help="Messages to people: send a test, list what was sent.")
    group.command(
        "test",
        epilog=ending(
            "communique alerts test",
            "communique alerts test --alert json://127.0.0.1:8080/",
            codes="0 delivered, 1 not delivered, or nobody to tell, 2 wrong usage",
        ),
    )(send_test)
    group.command(
        "list",
        epilog=ending("communique alerts list --limit 5", codes="0 done, 1 no database there, 2 wrong usage"),
    )(list_them)
    app.add_typer(group, name="alerts", epilog=ending("communique alerts test"))


def send_test(
    context: typer.Context,
    alert: AlertOption = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a test message to everybody who would be told."""
    place = place_of(context, data, database, as_json)

    from crawler.settings import environment_with
    from scheduler.alerts import AlertsUnusable, apprise_to
    from scheduler.service.settings import read_service_settings

    try:
        addresses = tuple(alert or ()) or read_service_settings(environment_with({})).alerts
    except ValueError as error:
        raise Refusal(str(error), 2) from None
    if not addresses:
        raise Refusal(
            "expected addresses of people to tell, found none. Name them in COMMUNIQUE_ALERTS, with blanks "
            "between them, or with --alert: mailto://user:password@example.org, slack://..., json://host/path"
        )
    try:
        problem = apprise_to(addresses)(
            "Communique: a test", "This is how you are told when the state of a source changes."
        )
    except AlertsUnusable as unusable:
        raise Refusal(str(unusable)) from None
    if place.json:
        write_json({"addresses": len(addresses), "delivered": problem is None, "error": problem})
    if problem is not None:
        raise Refusal(f"the test message was not delivered: {problem}")
    say(f"Delivered to {len(addresses)} address{'es' if len(addresses) > 1 else ''}.", "green")


def list_them(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Most to show.")] = 20,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List messages, the latest first: when they were written, and whether they were delivered."""
    place = place_of(context, data, database, as_json)

    from storage.notices import list_notices

    shown = table("written", "kind", "delivered", "tries", "message", right=("tries",))
    with place.reading() as connection:
        for each in list_notices(connection, limit):
            if place.json:
                write_json(each)
                continue
            state = in_zone(each.delivered_at) if each.delivered_at else "not yet"
            text = cell(each.subject)
            if each.error:
                text.append(f"\n{each.error}", "red")
            shown.add_row(in_zone(each.written_at), each.kind, state, str(each.attempts), text)
    if not place.json:
        out().print(shown) if shown.row_count else say("Nobody was told anything yet.")
