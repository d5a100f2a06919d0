"""Uncertain links, the most valuable first: a person joins, keeps apart, or leaves it for later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from pipelines.decide import Decided, DecisionRefused, Person, answer, undo
from storage.access import note
from storage.decisions import DecisionUndone, DecisionUnknown, find_decisions, latest_decisions
from storage.links import load_texts
from storage.questions import find_questions
from storage.statements import find_statement
from web.access import check_form
from web.pages.page import address, caller, desk_of, problem, show
from web.pages.statement import compared_rows
from web.pages.why import told_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from storage.questions import Question
    from web.desk import Desk

router = APIRouter()
REASON = "compared side by side at the desk"
MOST_LATER = 60
"""Questions that can be left for later in one sitting."""
RECENT = 8
_SHORT = 8
_AT_ONCE = 20


@router.get("/review")
def review(
    request: Request,
    later: Annotated[str, Query(max_length=2000)] = "",
    decided: Annotated[int | None, Query(ge=1)] = None,
    undone: Annotated[int | None, Query(ge=1)] = None,
) -> HTMLResponse:
    """The question whose answer is worth most, beside what was decided last."""
    desk = desk_of(request)
    left_out = _left_out(later)
    waiting = desk.pairs.get(lambda: _waiting(desk))
    with desk.read() as connection:
        open_ones = [pair for pair in waiting if short(pair) not in left_out]
        question = _first(connection, open_ones)
        # Who speaks for itself stands on the left.
        pair = sorted((question.left, question.right), key=lambda each: not each.speaks) if question else []
        texts = load_texts(connection, [question.left.id, question.right.id]) if question else {}
        recent = latest_decisions(connection, RECENT)
        told = find_decisions(connection, numbers=[decided or undone or 0]) if decided or undone else []
        urls: dict[str, str] = {}
        for each in (question.left, question.right) if question else ():
            view = find_statement(connection, each.id)
            urls |= {one.id: one.url for one in view.releases} if view else {}
    values = {
        "question": question,
        "pair": pair,
        "rows": compared_rows(texts[pair[0].id], texts[pair[1].id], pair[0], pair[1]) if pair else None,
        "texts": texts,
        "urls": urls,
        "says": told_of(question.features) if question else [],
        "waiting": len(waiting) if question else 0,
        "open": len(open_ones) if question else 0,
        "later": ".".join(left_out),
        "skipped": ".".join([*left_out, short((question.left.id, question.right.id))][-MOST_LATER:])
        if question
        else "",
        "recent": recent,
        "flash": told[0] if told else None,
        "was_undone": undone is not None,
    }
    return show(request, "review.html", values)


@router.post("/review")
def decide(
    request: Request,
    left: Annotated[str, Form(max_length=40)],
    right: Annotated[str, Form(max_length=40)],
    verdict: Annotated[str, Form(max_length=10)],
    reason: Annotated[str, Form(max_length=500)] = "",
    later: Annotated[str, Form(max_length=2000)] = "",
    form: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Join two statements, or keep them apart."""
    desk = desk_of(request)
    who = caller(request)
    check_form(desk, request, who, form, "decide")
    if verdict not in ("join", "apart"):
        return problem(request, 422, "This form cannot be understood", "Expected the verdict join or apart.")
    now = desk.clock()
    person = Person(who.name or "", reason.strip() or REASON)
    try:
        with desk.write() as connection:
            made: Decided = answer(connection, left, right, verdict == "join", person, now)
            deed = who.deed(verdict, f"{left} {right}", {"decision": made.number, "reason": person.reason})
            note(connection, deed, now)
    except DecisionRefused as error:
        return problem(request, 409, "This was not decided", str(error))
    except (LookupError, ValueError) as error:
        return problem(request, 404, "This was not decided", f"Expected two releases that are kept: {error}")
    return _back(request, later, decided=made.number)


@router.post("/review/undo")
def take_back(
    request: Request,
    number: Annotated[int, Form(ge=1)],
    later: Annotated[str, Form(max_length=2000)] = "",
    form: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Take a decision back; what evidence and the other decisions say counts again."""
    desk = desk_of(request)
    who = caller(request)
    check_form(desk, request, who, form, "decide")
    now = desk.clock()
    try:
        with desk.write() as connection:
            undo(connection, number, Person(who.name or "", "undone at the desk"), now)
            note(connection, who.deed("undo", f"decision {number}"), now)
        # What it was about may be a question again.
        desk.pairs.forget()
    except DecisionUnknown:
        return problem(request, 404, "Nothing to undo", f"There is no decision number {number}.")
    except DecisionUndone:
        return problem(request, 409, "Nothing to undo", f"Decision {number} was undone before.")
    return _back(request, later, undone=number)


def short(pair: tuple[str, str]) -> str:
    """A few characters that stand for a question in an address."""
    return pair[0][1 : 1 + _SHORT] + pair[1][1 : 1 + _SHORT]


def _waiting(desk: Desk) -> tuple[tuple[str, str], ...]:
    """All pairs about which a person is asked, the most valuable question first."""
    with desk.read() as connection:
        return tuple((each.left.id, each.right.id) for each in find_questions(connection))


def _first(connection: Connection, pairs: Sequence[tuple[str, str]]) -> Question | None:
    """The first of the pairs that is still a question: others may have been answered meanwhile."""
    for start in range(0, len(pairs), _AT_ONCE):
        some = pairs[start : start + _AT_ONCE]
        found = {
            (each.left.id, each.right.id): each for each in find_questions(connection, among=frozenset(some))
        }
        for pair in some:
            if pair in found:
                return found[pair]
    return None


def _left_out(later: str) -> list[str]:
    return [each for each in dict.fromkeys(later.split(".")) if each.isalnum()][-MOST_LATER:]


def _back(request: Request, later: str, **told: int) -> Response:
    desk = desk_of(request)
    there = address("/review", {"later": ".".join(_left_out(later)), **told})
    return RedirectResponse(desk.path(there), 303)
