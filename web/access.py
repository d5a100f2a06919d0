"""Who may do what: sessions, tokens, forms that only our own pages can send, attempts that are counted.

Reading is open unless the settings say otherwise. Whatever changes something needs a person who is logged
in, with a form that carries the session's own number, or a program's token. Each change is written down in
the transaction that makes it.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import Request

from storage.access import MAY, Deed, find_session, find_token
from web.keys import digest, same, signature, unsigned

if TYPE_CHECKING:
    from web.desk import Desk

SESSION = "communique_session"
"""Cookie of somebody who is logged in."""
FORM = "communique_form"
"""Cookie that ties the login form to the browser that was given it."""
CHANGING = "form"
"""Name of the hidden field that every form carries."""


class MustLogIn(Exception):
    """What was asked for needs somebody who is logged in."""


class MayNot(Exception):
    """What was asked for is not allowed; the message says why and what would be."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    name: str | None = None
    """None: nobody in particular."""
    may: str | None = None
    """One of `storage.access.MAY`; None: what anybody may."""
    way: str = ""
    """login, token"""
    session: str | None = None
    """Number of the session."""
    place: str = ""
    """Address that it is asked from."""

    def can(self, what: str) -> bool:
        """Whether that is allowed."""
        return self.may is not None and MAY.index(self.may) >= MAY.index(what)

    def deed(self, action: str, about: str, details: Mapping[str, Any] | None = None) -> Deed:
        """What it does, for the audit trail."""
        return Deed(self.name or "", self.way, action, about, self.place, details or {})


def caller_of(desk: Desk, request: Request) -> Caller:
    """Who asks: by token, by session, or nobody in particular."""
    place = request.client.host if request.client else ""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and shown:
        with desk.read() as connection:
            token = find_token(connection, digest(shown.strip()), desk.clock())
        return Caller(token.name, token.may, "token", None, place) if token else Caller(place=place)
    cookie = request.cookies.get(SESSION)
    number = unsigned(desk.key, "session", cookie) if cookie else None
    if number is None:
        return Caller(place=place)
    with desk.read() as connection:
        user = find_session(connection, digest(number), desk.clock())
    return Caller(user.name, user.may, "login", number, place) if user else Caller(place=place)


def form_key(desk: Desk, caller: Caller, browser: str = "") -> str:
    """What a form carries that only a page of ours can have told the browser."""
    return signature(desk.key, "form", caller.session or browser)


def check_form(desk: Desk, request: Request, caller: Caller, carried: str, what: str) -> None:
    """Refuses a change that is not allowed, or that another site's page sends.

    Raises MustLogIn or MayNot.
    """
    if desk.settings.read_only:
        raise MayNot("The desk runs with --read-only: nothing can be changed here.")
    if caller.name is None:
        raise MustLogIn
    if not caller.can(what):
        raise MayNot(
            f"This needs the right to {what}; {caller.name} may {caller.may}. "
            "Whoever runs the desk gives rights: communique user add NAME --may " + what
        )
    if caller.way == "login":
        check_own_page(request)
        if not same(carried, form_key(desk, caller)):
            raise MayNot("This form is from another session. Go back, reload the page, and try again.")


def check_own_page(request: Request) -> None:
    """Refuses what a page of another site sends. Raises MayNot."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise MayNot("This was sent by a page of another site.")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise MayNot("This was sent by a page of another site.")


class Attempts:
    """Counts logins that failed, by name and by address: after some the next ones must wait."""

    MOST = 5
    """Failures within WINDOW after which nobody may try."""
    MOST_FROM_ONE_PLACE = 30
    WINDOW = timedelta(minutes=15)
    _REMEMBERED = 10_000

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, place: str, now: datetime) -> timedelta | None:
        """How long nobody may try under that name from that address; None: go on."""
        with self._lock:
            waits = [
                times[-most] + self.WINDOW - now
                for key, most in self._limits(name, place)
                if len(times := self._recent(key, now)) >= most
            ]
        return max(waits, default=None)

    def failed(self, name: str, place: str, now: datetime) -> None:
        """A login failed."""
        with self._lock:
            for key, _ in self._limits(name, place):
                self._failed[key] = [*self._recent(key, now), now]
                self._failed.move_to_end(key)
            while len(self._failed) > self._REMEMBERED:
                self._failed.popitem(last=False)

    def succeeded(self, name: str, place: str) -> None:
        """Somebody logged in: what failed before is forgotten."""
        with self._lock:
            self._failed.pop(self._limits(name, place)[0][0], None)

    def _recent(self, key: str, now: datetime) -> list[datetime]:
        return [each for each in self._failed.get(key, ()) if now - each < self.WINDOW]

    def _limits(self, name: str, place: str) -> tuple[tuple[str, int], ...]:
        return (f"{place} {name}", self.MOST), (place, self.MOST_FROM_ONE_PLACE)


def new_number() -> str:
    """Number of a session, or of a browser that is shown the login form."""
    return secrets.token_urlsafe(32)
