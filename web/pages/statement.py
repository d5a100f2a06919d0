"""One statement: its versions side by side, what changed, where each text comes from, how it is cited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from storage.provenance import LinkView, RevisionView, links_of, origins_of, revisions_of
from storage.statements import find_statement
from web import citation
from web.marks import SentenceChange, ShownRow, rows_of, sentence_changes
from web.pages.page import address, desk_of, show

if TYPE_CHECKING:
    from storage.provenance import ReleaseOrigin
    from storage.statements import ReleaseView, StatementView

router = APIRouter()
MOST_REVISIONS = 50
"""Of a release that are shown with what changed, the latest ones."""
LONGEST_COMPARED = 120_000
"""Characters of two texts together that are aligned; longer ones stand beside each other as they are."""
Id = Annotated[str, Query(max_length=40)]


class Worded(Protocol):
    """A text in a language."""

    @property
    def language(self) -> str:
        """Its tag."""

    @property
    def body(self) -> str:
        """Paragraphs separated by empty lines."""


class Dated(Protocol):
    """When a version was said and posted."""

    @property
    def said_on(self) -> date:
        """The day when it was said."""

    @property
    def posted_on(self) -> date | None:
        """The day when a site posted it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Why a version belongs to the statement."""

    other: str
    """The release that it is tied to."""
    link: LinkView


@dataclass(frozen=True, slots=True)
class Changed:
    """A revision beside the one before."""

    revision: RevisionView
    title_before: str | None
    sentences: tuple[SentenceChange, ...]
    details: tuple[tuple[str, str, str], ...]
    """Other fields: name, before, now."""


@dataclass(frozen=True, slots=True)
class Version:
    """A release as the page shows it."""

    release: ReleaseView
    origin: ReleaseOrigin
    joined: tuple[Joined, ...]
    changes: tuple[Changed, ...]
    cited: citation.Cited
    plain: str
    bibtex: str
    csl: str


@router.get("/statements/{id}")
def statement(request: Request, id: str, left: Id = "", right: Id = "") -> Response:  # noqa: A002
    """A statement; an id that was joined to another, and one of a release, lead to it."""
    desk = desk_of(request)
    with desk.read() as connection:
        view = find_statement(connection, id[:40])
        if view is None or not view.releases:
            raise HTTPException(
                404, f"No statement bears the id {id[:40]}. Search for it, or look at the timeline."
            )
        if view.id != id:
            asked = {"left": left, "right": right}
            return RedirectResponse(desk.path(address(f"/statements/{view.id}", asked)), 301)
        ids = [each.id for each in view.releases]
        origins = origins_of(connection, ids)
        revisions = revisions_of(connection, ids)
        links = links_of(connection, ids)
    versions = [_version(request, each, origins[each.id], revisions, links, ids) for each in view.releases]
    one, other = _sides(view, left, right)
    values = {
        "view": view,
        "versions": versions,
        "names": {each.id: each for each in view.releases},
        "left": one,
        "right": other,
        "rows": compared_rows(one, other, one, other) if other is not None else None,
        "others": sorted({each for link in links for each in (link.left, link.right)} - set(ids)),
        "asked": [link for link in links if link.verdict == "ask"],
        "kept_apart": [link for link in links if link.verdict == "apart"],
    }
    return show(request, "statement.html", values)


@router.get("/releases/{id}")
def release(request: Request, id: str) -> Response:  # noqa: A002
    """A release leads to its statement."""
    desk = desk_of(request)
    with desk.read() as connection:
        view = find_statement(connection, id[:40])
    if view is None:
        raise HTTPException(404, f"No release bears the id {id[:40]}.")
    return RedirectResponse(desk.path(f"/statements/{view.id}#{id[:40]}"), 302)


@router.get("/releases/{id}/citation.{form}")
def cite(request: Request, id: str, form: str) -> Response:  # noqa: A002
    """A citation of a release as a file: txt, bib (BibTeX) or json (CSL-JSON)."""
    desk = desk_of(request)
    with desk.read() as connection:
        view = find_statement(connection, id[:40])
        found = next((each for each in view.releases if each.id == id), None) if view else None
        origins = origins_of(connection, [id]) if found is not None else {}
    if found is None or form not in ("txt", "bib", "json"):
        raise HTTPException(404, "Expected a release and one of citation.txt, citation.bib, citation.json.")
    about = citation.cited(found, origins[id], capture_address(request, id, found.revision))
    named = {"Content-Disposition": f'attachment; filename="{id}.{form}"'}
    if form == "json":
        text = json.dumps([citation.csl(about)], ensure_ascii=False, indent=1)
        return Response(text, 200, named, "application/vnd.citationstyles.csl+json")
    if form == "bib":
        return Response(citation.bibtex(about), 200, named, "application/x-bibtex; charset=utf-8")
    return PlainTextResponse(citation.plain(about) + "\n", 200, named)


@router.get("/releases/{id}/captures/{number}")
def capture(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """What a revision was read from, as text: never as what it is."""
    from web.captures import text_of

    desk = desk_of(request)
    with desk.read() as connection:
        states = revisions_of(connection, [id[:40]]).get(id, [])
    state = next((each for each in states if each.number == number), None)
    if state is None or state.capture is None:
        raise HTTPException(404, "No capture of that revision is kept here.")
    return text_of(desk, state.capture)


def capture_address(request: Request, release_id: str, revision: int) -> str:
    """The absolute address of a capture."""
    base = str(request.base_url).rstrip("/")
    return f"{base}/releases/{release_id}/captures/{revision}"


def _sides(view: StatementView, left: str, right: str) -> tuple[ReleaseView, ReleaseView | None]:
    """Which versions stand side by side: those asked for, else the original and its first translation."""
    known = {each.id: each for each in view.releases}
    one = known.get(left) or view.releases[0]
    others = [each for each in view.releases if each.id != one.id]
    other = known.get(right)
    if other is None or other.id == one.id:
        foreign = [each for each in others if each.language != one.language]
        other = next(iter([*foreign, *others]), None)
    return one, other


def compared_rows(left: Worded, right: Worded, one: Dated, other: Dated) -> tuple[ShownRow, ...] | None:
    """Two texts in rows; None when they are too long for it. Days count as in `find_differences`."""
    if len(left.body) + len(right.body) > LONGEST_COMPARED:
        return None
    days = {day for each in (one, other) for day in (each.said_on, each.posted_on) if day is not None}
    return _compared(left.language, left.body, right.language, right.body, tuple(sorted(days)))


@lru_cache(maxsize=256)
def _compared(
    left_language: str, left: str, right_language: str, right: str, days: tuple[date, ...]
) -> tuple[ShownRow, ...]:
    from pipelines.linking.differences import find_differences
    from pipelines.linking.rows import Text

    one, other = Text(left_language.split("-")[0], left), Text(right_language.split("-")[0], right)
    return tuple(rows_of(find_differences(one, other, None, days)))


def _version(
    request: Request,
    release: ReleaseView,
    origin: ReleaseOrigin,
    revisions: Mapping[str, Sequence[RevisionView]],
    links: Sequence[LinkView],
    members: Sequence[str],
) -> Version:
    inside = set(members)
    joined = [
        Joined(link.right if link.left == release.id else link.left, link)
        for link in links
        if release.id in (link.left, link.right)
        and {link.left, link.right} <= inside
        and link.verdict == "join"
    ]
    joined.sort(key=lambda each: (-(each.link.decided_by != "machine"), -each.link.score, each.link.kind))
    about = citation.cited(release, origin, capture_address(request, release.id, release.revision))
    return Version(
        release,
        origin,
        tuple(joined),
        tuple(_changes(revisions.get(release.id, ()))),
        about,
        citation.plain(about),
        citation.bibtex(about),
        json.dumps([citation.csl(about)], ensure_ascii=False, indent=1),
    )


def _changes(states: Sequence[RevisionView]) -> list[Changed]:
    """What each revision changed, the latest first. Revisions are put in order of when they were seen."""
    ordered = sorted(states, key=lambda each: (each.seen_at, each.number))[-MOST_REVISIONS:]
    changes: list[Changed] = []
    for before, now in pairwise(ordered):
        names = sorted({*before.fields, *now.fields})
        details = tuple(
            (name.replace("_", " "), _words(before.fields.get(name)), _words(now.fields.get(name)))
            for name in names
            if before.fields.get(name) != now.fields.get(name)
        )
        changes.append(
            Changed(
                now,
                before.title if before.title != now.title else None,
                tuple(sentence_changes(before.body, now.body)) if before.body != now.body else (),
                details,
            )
        )
    return changes[::-1]


def _words(value: object) -> str:
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
