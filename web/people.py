"""`user`, `token`, `audit`: who may do what at the desk, and who did what."""

from __future__ import annotations

import getpass
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.options import DatabaseOption, DataOption, JsonOption, Place, place_of
from scheduler.screen import Refusal, cell, in_zone, out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.access import Deed

_user = typer.Typer(no_args_is_help=True, help="Persons who may log in at the desk.")
_token = typer.Typer(no_args_is_help=True, help="Tokens with which programs use the desk.")

MayOption = Annotated[
    str,
    typer.Option("--may", metavar="RIGHT", help="read, decide (also review), or run (also start crawls)."),
]
DONE = "0 done, 1 refused: the message says why, 2 wrong usage"


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    _user.command("add", epilog=ending("communique user add ana --may decide", codes=DONE))(user_add)
    _user.command("password", epilog=ending("communique user password ana", codes=DONE))(user_password)
    _user.command("remove", epilog=ending("communique user remove ana", codes=DONE))(user_remove)
    _user.command("list", epilog=ending("communique user list", codes=DONE))(user_list)
    _token.command("add", epilog=ending("communique token add newsroom --may read --days 90", codes=DONE))(
        token_add
    )
    _token.command("remove", epilog=ending("communique token remove newsroom", codes=DONE))(token_remove)
    _token.command("list", epilog=ending("communique token list", codes=DONE))(token_list)
    app.add_typer(_user, name="user")
    app.add_typer(_token, name="token")
    app.command("audit", epilog=ending("communique audit --limit 20", codes=DONE))(audit)


def user_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="How the person is called.")],
    may: MayOption = "run",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Let somebody log in at the desk. Asks for a password, or reads it from standard input."""
    from storage.access import NameTaken, add_user
    from web.keys import password_hash

    name = _checked(name, may)
    place = place_of(context, data, database, as_json=False)
    kept = password_hash(_password())
    with _changing(place) as connection:
        try:
            add_user(connection, name, kept, may, _now())
        except NameTaken:
            raise Refusal(
                f"There is somebody named {name} already. Another password: communique user password {name}"
            ) from None
        _note(connection, "user add", name, may)
    say(f"{name} may {may}.", "green")


def user_password(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who gets another password.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Give somebody another password; whoever is logged in under the name must log in again."""
    from storage.access import NameUnknown, change_password
    from web.keys import password_hash

    place = place_of(context, data, database, as_json=False)
    kept = password_hash(_password())
    with _changing(place) as connection:
        try:
            change_password(connection, name, kept)
        except NameUnknown:
            raise Refusal(f"There is nobody named {name}: communique user list") from None
        _note(connection, "user password", name)
    say(f"{name} has another password.", "green")


def user_remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who may log in no longer.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Let somebody log in no longer, and end their sessions. What they decided stays."""
    from storage.access import NameUnknown, remove_user

    with _changing(place_of(context, data, database, as_json=False)) as connection:
        try:
            remove_user(connection, name)
        except NameUnknown:
            raise Refusal(f"There is nobody named {name}: communique user list") from None
        _note(connection, "user remove", name)
    say(f"{name} may log in no longer.", "green")


def user_list(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who may log in, and what each may do."""
    from storage.access import list_users

    place = place_of(context, data, database, as_json)
    shown = table("name", "may", "since")
    with place.reading() as connection:
        for each in list_users(connection):
            if place.json:
                write_json({"name": each.name, "may": each.may, "created_at": each.created_at})
            shown.add_row(cell(each.name), each.may, in_zone(each.created_at))
    if not place.json:
        out().print(shown)


def token_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the token is for.")],
    may: MayOption = "read",
    days: Annotated[
        int | None,
        typer.Option(
            "--days", min=1, metavar="N", help="Counts so long (else: for ever).", show_default=False
        ),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token for a program and print it: it is shown once, and kept as a digest only.

    It is sent as a header: Authorization: Bearer TOKEN
    """
    from storage.access import NameTaken, add_token
    from web.keys import digest, new_token

    name = _checked(name, may)
    place = place_of(context, data, database, as_json)
    made, now = new_token(), _now()
    expires = now + timedelta(days=days) if days is not None else None
    with _changing(place) as connection:
        try:
            add_token(connection, name, digest(made), may, now, expires)
        except NameTaken:
            raise Refusal(f"There is a token named {name} already: communique token remove {name}") from None
        _note(connection, "token add", name, may)
    if place.json:
        write_json({"name": name, "may": may, "expires_at": expires, "token": made})
    else:
        typer.echo(made)
        say(f"Whoever shows it may {may}. It is not shown again.", "green")


def token_remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which token.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Let a token count no longer."""
    from storage.access import NameUnknown, remove_token

    with _changing(place_of(context, data, database, as_json=False)) as connection:
        try:
            remove_token(connection, name)
        except NameUnknown:
            raise Refusal(f"There is no token named {name}: communique token list") from None
        _note(connection, "token remove", name)
    say(f"The token {name} counts no longer.", "green")


def token_list(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List tokens by name; the tokens themselves are not kept."""
    from storage.access import list_tokens

    place = place_of(context, data, database, as_json)
    shown = table("name", "may", "since", "until")
    with place.reading() as connection:
        for each in list_tokens(connection):
            if place.json:
                write_json(each)
            shown.add_row(cell(each.name), each.may, in_zone(each.created_at), in_zone(each.expires_at))
    if not place.json:
        out().print(shown)


def audit(
    context: typer.Context,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, metavar="N", help="Most to show.")
    ] = 50,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was changed at the desk, the latest first: who, what, when, from where."""
    from storage.access import list_audit

    place = place_of(context, data, database, as_json)
    shown = table("when", "who", "by", "what", "about", "from")
    with place.reading() as connection:
        for each in list_audit(connection, limit):
            if place.json:
                write_json({"id": each.id, "at": each.at, **_fields(each.deed)})
                continue
            deed = each.deed
            shown.add_row(
                in_zone(each.at), cell(deed.who), deed.way, deed.action, cell(deed.about), cell(deed.place)
            )
    if not place.json:
        out().print(shown)


def _fields(deed: Deed) -> dict[str, object]:
    return {
        "who": deed.who, "way": deed.way, "action": deed.action, "about": deed.about, "place": deed.place,
        "details": deed.details,
    }  # fmt: skip


def _checked(name: str, may: str) -> str:
    from storage.access import MAY

    if may not in MAY:
        raise typer.BadParameter(f"expected one of {', '.join(MAY)} for --may, found {may!r}")
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable() or name.casefold() == "machine":
        raise typer.BadParameter(f"expected a name of 1 to 80 characters (not machine), found {name!r}")
    return name


def _password() -> str:
    from web.keys import LONGEST_PASSWORD, SHORTEST_PASSWORD

    if sys.stdin.isatty():
        password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refusal(
            f"expected a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters (typed, or the "
            f"first line of standard input), found {len(password)}"
        )
    return password


@contextmanager
def _changing(place: Place) -> Iterator[Connection]:
    """The one writing transaction, in a database that is made where there is none."""
    store = place.open()
    try:
        with store.database.write() as connection:
            yield connection
    finally:
        store.close()


def _note(connection: Connection, action: str, about: str, may: str | None = None) -> None:
    from storage.access import Deed, note

    details = {} if may is None else {"may": may}
    who = getpass.getuser()
    note(connection, Deed(who, "command", action, about, socket.gethostname(), details), _now())


def _now() -> datetime:
    return datetime.now(UTC)
