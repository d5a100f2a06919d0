"""`serve`: the desk in the browser."""

from __future__ import annotations

import ipaddress
import socket
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.extras import how_to_install
from scheduler.options import DatabaseOption, DataOption, place_of
from scheduler.screen import Refusal, say
from scheduler.verbs import ending

if TYPE_CHECKING:
    pass

HOW_TO_INSTALL = f"The desk needs packages that are not installed: {how_to_install('web')}"


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(
        "serve",
        epilog=ending(
            "communique serve",
            "communique serve --host 0.0.0.0 --port 8080 --public --read-only",
            "communique serve --root-path /communique --name archive.example.org",
            "communique serve --public --read-only --processes 4",
            codes="0 ended by Ctrl-C, 1 refused: the message says why, 2 wrong usage",
        ),
    )(serve)


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address to listen at.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port; 0: any that is free.")
    ] = 8000,
    root_path: Annotated[
        str,
        typer.Option(
            "--root-path", metavar="PREFIX", help="Prefix under which a proxy shows it.", show_default=False
        ),
    ] = "",
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="HOST", help="Host name under which it answers, too.", show_default=False
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Nothing can be changed, whoever asks.")
    ] = False,
    processes: Annotated[
        int,
        typer.Option(
            "--processes", min=1, max=64, metavar="N", help="Processes that answer; several need --read-only."
        ),
    ] = 1,
    public: Annotated[
        bool, typer.Option("--public", help="Whoever reaches the address may read without a login.")
    ] = False,
    login: Annotated[bool, typer.Option("--login", help="Reading needs a login also on loopback.")] = False,
    hub: Annotated[
        str | None,
        typer.Option("--hub", metavar="URL", help="WebSub hub that feeds name.", show_default=False),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show the desk in the browser: find statements, read versions side by side, review, start crawls.

    Reading is open on this machine (127.0.0.1). At any other address it needs a login, unless --public says
    that everybody may read. Whatever changes something needs a login (communique user add) or a token
    (communique token add). Ctrl-C ends it; crawls that were started go on.
    """
    place = place_of(context, data, database, as_json=False)
    if public and login:
        raise typer.BadParameter("expected one of --public and --login, found both")
    if processes > 1 and not read_only:
        # What was started and decided at the desk is known to the process that did it.
        raise typer.BadParameter(
            "several processes only show: add --read-only, and run a desk of one process beside them, at "
            "another --port, for those who change something"
        )
    prefix = _prefix(root_path)
    try:
        import fastapi  # noqa: F401
        import httptools  # noqa: F401
        import jinja2  # noqa: F401
        import python_multipart  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise Refusal(f"{HOW_TO_INSTALL} ({error})") from None

    from storage.access import list_users
    from web.app import create_app
    from web.desk import LOOPBACK_NAMES, DeskSettings
    from web.heads import LimitedHeads
    from web.processes import EndsAtOnce, answer_in

    loopback = _is_loopback(host)
    names = frozenset(each.lower() for each in name or ())
    settings = DeskSettings(
        data=place.data,
        database_url=place.database,
        root_path=prefix,
        read_only=read_only,
        login_to_read=login or not (loopback or public),
        # At an address of the network nobody knows under which names it is reached, unless they are given.
        hub=hub,
        names=names | LOOPBACK_NAMES | {host.lower()} if loopback or names else frozenset(),
    )
    store = place.open()
    try:
        with store.database.read() as connection:
            users = list_users(connection)
        if settings.login_to_read and not users:
            raise Refusal(
                f"At {host} reading needs a login, and nobody may log in yet. Add somebody (communique "
                "user add NAME), say that everybody may read (--public), or stay on this machine "
                "(--host 127.0.0.1)."
            )
        with _listening(host, port) as listener:
            where = _address(host, listener.getsockname()[1])
            say(f"The desk: {where}{prefix}/   (Ctrl-C ends it)", "bold", whole=True)
            if not users and not read_only:
                say(
                    "Nobody may log in yet, so nothing can be changed. Add somebody: communique user add NAME"
                )
            config = uvicorn.Config(
                partial(create_app, settings),
                factory=True,
                log_level="warning",
                http=LimitedHeads,
                server_header=False,
                access_log=False,
                # Who asks is believed of a proxy only where there is said to be one.
                proxy_headers=bool(prefix or names),
            )
            try:
                if processes == 1:
                    uvicorn.Server(config).run([listener])
                else:
                    # Each process has connections of its own; one that two speak through tells both nonsense.
                    store.database.close()
                    answer_in(processes, partial(uvicorn.Server(config).run, [listener]))
            except KeyboardInterrupt:
                pass  # how a person ends it
            except EndsAtOnce as error:
                raise Refusal(f"The desk cannot answer: {error}. What it said stands above.") from None
    finally:
        store.close()


def _prefix(told: str) -> str:
    prefix = "/" + told.strip("/") if told.strip("/") else ""
    if any(not (each.isalnum() or each in "/-_.~") for each in prefix) or "//" in prefix:
        raise typer.BadParameter(f"expected a prefix such as /communique, found {told!r}")
    return prefix


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    listener: socket.socket | None = None
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise Refusal(
            f"Nothing can listen at {host}, port {port}: {error.strerror or error}. "
            "Name another --port (0: any that is free) or --host."
        ) from None
    return listener


def _address(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{shown}:{port}"
