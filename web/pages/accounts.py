"""Logging in and out, and the trail of what was changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from storage.access import Deed, close_session, find_user, list_audit, note, open_session
from web import words
from web.access import (
    FORM,
    SESSION,
    Caller,
    MayNot,
    MustLogIn,
    check_own_page,
    form_key,
    new_number,
)
from web.desk import Desk
from web.keys import LONGEST_PASSWORD, digest, nobodys_password, password_fits, same, signed
from web.pages.page import caller, desk_of, show

router = APIRouter()
PAGE = 100
_NAME = 80


@router.get("/login")
def login_form(request: Request, next: str = "/") -> HTMLResponse:  # noqa: A002 - as addresses name it
    """The form."""
    return _form(request, next)


@router.post("/login")
def login(
    request: Request,
    name: Annotated[str, Form(max_length=_NAME)] = "",
    password: Annotated[str, Form(max_length=LONGEST_PASSWORD)] = "",
    form: Annotated[str, Form(max_length=100)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
) -> Response:
    """Log in; after some failures the next attempts must wait."""
    desk = desk_of(request)
    check_own_page(request)
    browser = request.cookies.get(FORM, "")
    if not browser or not same(form, form_key(desk, Caller(), browser)):
        return _form(request, next, "The form was too old. Please try again.", 403)
    now = desk.clock()
    place = caller(request).place
    name = name.strip()
    wait = desk.attempts.wait(name, place, now)
    if wait is not None:
        told = f"Too many attempts failed. Try again in {words.length(wait + timedelta(seconds=1))}."
        return _form(request, next, told, 429)
    with desk.read() as connection:
        user = find_user(connection, name)
    fits = password_fits(password, user.password if user else nobodys_password())
    if user is None or not fits:
        desk.attempts.failed(name, place, now)
        with desk.write() as connection:
            note(connection, Deed(name, "login", "login failed", name, place), now)
        return _form(request, next, "Name and password do not belong together.", 403)
    desk.attempts.succeeded(name, place)
    number = new_number()
    hours = timedelta(hours=desk.settings.session_hours)
    with desk.write() as connection:
        open_session(connection, digest(number), user.name, now, now + hours)
        note(connection, Deed(user.name, "login", "login", user.name, place), now)
    answer = RedirectResponse(desk.path(_within(next)), 303)
    _set_cookie(
        desk, request, answer, SESSION, signed(desk.key, "session", number), int(hours.total_seconds())
    )
    answer.delete_cookie(FORM, path=desk.path("/"))
    return answer


@router.post("/logout")
def logout(request: Request, form: Annotated[str, Form(max_length=100)] = "") -> Response:
    """End the session."""
    desk = desk_of(request)
    who = caller(request)
    answer = RedirectResponse(desk.path("/"), 303)
    if who.session is None:
        return answer
    check_own_page(request)
    if not same(form, form_key(desk, who)):
        raise MayNot("This form is from another session. Go back, reload the page, and try again.")
    with desk.write() as connection:
        close_session(connection, digest(who.session))
    answer.delete_cookie(SESSION, path=desk.path("/"))
    return answer


@router.get("/audit")
def audit(request: Request, before: Annotated[int | None, Query(ge=1)] = None) -> HTMLResponse:
    """What was changed at the desk, by whom, from where: for those who may change something."""
    desk = desk_of(request)
    who = caller(request)
    if who.name is None:
        raise MustLogIn
    if not who.can("decide"):
        raise MayNot(f"This needs the right to decide; {who.name} may {who.may}.")
    with desk.read() as connection:
        deeds = list_audit(connection, PAGE + 1, before)
    more = deeds[PAGE - 1].id if len(deeds) > PAGE else None
    return show(request, "audit.html", {"deeds": deeds[:PAGE], "more": more})


def _form(request: Request, back: str, told: str = "", status: int = 200) -> HTMLResponse:
    desk = desk_of(request)
    browser = request.cookies.get(FORM) or new_number()
    values = {"next": _within(back), "told": told, "form_key": form_key(desk, Caller(), browser)}
    page = show(request, "login.html", values, status)
    page.headers["Cache-Control"] = "no-store"
    _set_cookie(desk, request, page, FORM, browser, 3600)
    return page


def _within(back: str) -> str:
    """An address of the desk; anything else leads to its front page."""
    inside = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if inside else "/"


def _set_cookie(desk: Desk, request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path=desk.path("/"),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
