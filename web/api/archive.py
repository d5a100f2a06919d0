"""Statements, releases and their states; how many there are, and of what sort."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from fastapi import HTTPException, Path, Query, Request, Response

from pipelines.changes import Reached, changes_before, read_reached
from storage.harvest import releases_after
from storage.provenance import links_of, origins_of, revisions_of
from storage.search.cursors import BadCursor, read_cursor, write_cursor
from storage.search.finding import Span, facets, find_statements, volume
from storage.statements import ReleaseView, find_statement
from web.api import models
from web.api.answers import Cursor, Limit, new_router, next_link, read, reading, send
from web.asking import Wanted, parameters_of

router = new_router()

Id = Annotated[
    str,
    Path(
        pattern="^[rs][0-9a-f]{20}$",
        description="Id of a statement (`s...`) or release (`r...`).",
        examples=["s1f0c9a2b3c4d5e6f7081"],
    ),
]
SourceName = Annotated[
    str | None, Query(max_length=80, description="Only of that source.", examples=["mx_sre"])
]


@read(
    router,
    "/statements",
    models.StatementPage,
    tag="statements",
    example={
        "items": [
            {
                "id": "s1f0c9a2b3c4d5e6f7081",
                "title": "Reunión sobre la frontera",
                "kind": "communique",
                "said_on": "2017-02-23",
                "issuers": ["mx.sre"],
                "languages": ["es"],
                "sources": ["mx_sre"],
                "roles": ["original"],
                "has_translation": False,
                "edited": False,
                "withdrawn": False,
                "gone": False,
                "changed_at": "2017-03-01T12:00:00+00:00",
                "versions": [],
                "snippet": None,
            }
        ],
        "next_cursor": None,
    },
)
def list_statements(request: Request, wanted: Wanted, cursor: Cursor = None, limit: Limit = 20) -> Response:
    """Statements that match, the latest said first. Parts stay whole while new statements arrive."""
    with reading(request) as connection:
        page = find_statements(connection, wanted, cursor=cursor, limit=limit)
    changed = max((each.changed_at for each in page.items), default=None)
    link = next_link(request, {**parameters_of(wanted), "limit": limit}, page.next_cursor)
    return send(request, page, changed, link)


@read(router, "/statements/{id}", models.StatementShape, tag="statements")
def show_statement(request: Request, id: Id) -> Response:  # noqa: A002 - it is its id
    """One statement with the texts of its versions and the links that joined them.

    Ids of statements that were joined to another lead to it; an id of a release leads to its statement.
    """
    with reading(request) as connection:
        found = find_statement(connection, id)
        if found is None:
            raise HTTPException(404, f"expected the id of a statement or release, found nothing for {id}")
        links = links_of(connection, [each.id for each in found.releases])
    told = {each.name: getattr(found, each.name) for each in fields(found)}
    return send(request, {**told, "links": links}, found.changed_at)


@read(router, "/releases", models.ReleasePage, tag="releases")
def list_releases(
    request: Request,
    source: SourceName = None,
    language: Annotated[str | None, Query(max_length=35, description="Only in that language.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """All releases in order of their ids, without texts: for who takes in everything."""
    question = f"releases {source!r} {language!r}"
    after = "" if cursor is None else read_cursor(cursor, question)
    with reading(request) as connection:
        found = releases_after(connection, after, limit + 1, _clean(source), _clean(language))
    following = write_cursor(found[limit - 1].id, question) if len(found) > limit else None
    link = next_link(request, _named(source=source, language=language, limit=limit), following)
    return send(request, {"items": found[:limit], "next_cursor": following}, headers=link)


@read(router, "/releases/{id}", models.OneReleaseShape, tag="releases")
def show_release(request: Request, id: Id) -> Response:  # noqa: A002
    """One release with its text, and what lies behind it."""
    with reading(request) as connection:
        statement, release = _release(connection, id)
        origin = origins_of(connection, [release.id])[release.id]
    told = {each.name: getattr(release, each.name) for each in fields(release)}
    behind = {name: getattr(origin, name) for name in models.OriginShape.model_fields}
    return send(request, {**told, "statement": statement, "provenance": behind}, origin.changed_at)


@read(router, "/releases/{id}/revisions", models.Revisions, tag="releases")
def list_revisions(request: Request, id: Id) -> Response:  # noqa: A002
    """All states of a release, the first one first."""
    with reading(request) as connection:
        _, release = _release(connection, id)
        found = revisions_of(connection, [release.id]).get(release.id, [])
    changed = max((each.seen_at for each in found), default=None)
    return send(request, {"items": found}, changed)


@read(router, "/changes", models.ChangePage, tag="changes")
def list_changes(
    request: Request, source: SourceName = None, cursor: Cursor = None, limit: Limit = 20
) -> Response:
    """What sites edited, withdrew or took down after it was first seen, what came back, and translations that
    were left behind: the last found first."""
    question = f"changes {source!r}"
    try:
        reached = Reached() if cursor is None else read_reached(read_cursor(cursor, question))
    except ValueError as error:
        raise BadCursor(str(error)) from None
    with reading(request) as connection:
        found, reaches = changes_before(connection, reached, limit, _clean(source))
    following = None if reaches is None else write_cursor(str(reaches), question)
    items = [
        {
            "release": each.release,
            "statement": each.statement,
            "source": each.source,
            "url": each.url,
            "title": each.title,
            "language": each.language,
            "said_on": each.said_on,
            "kind": each.kind,
            "summary": each.summary,
            "at": each.at,
            "number": None if each.original else each.revision,
            "original": each.original,
            "seen_at": each.found_at,
        }
        for each in found
    ]
    changed = max((each.found_at for each in found if each.found_at is not None), default=None)
    link = next_link(request, _named(source=source, limit=limit), following)
    return send(request, {"items": items, "next_cursor": following}, changed, link)


@read(router, "/facets", models.FacetsShape, tag="statements")
def count_facets(request: Request, wanted: Wanted) -> Response:
    """How many of the statements that match have each issuer, language, source ..."""
    with reading(request) as connection:
        return send(request, facets(connection, wanted))


@read(router, "/volume", models.VolumeShape, tag="statements")
def count_volume(
    request: Request,
    wanted: Wanted,
    by: Annotated[Span, Query(description="Length of the spans.")] = "month",
) -> Response:
    """How many of the statements that match were said in each day, month or year."""
    with reading(request) as connection:
        return send(request, volume(connection, wanted, by))


def _release(connection: Any, id: str) -> tuple[str, ReleaseView]:  # noqa: A002, ANN401
    found = find_statement(connection, id) if id.startswith("r") else None
    release = next((each for each in found.releases if each.id == id), None) if found else None
    if found is None or release is None:
        raise HTTPException(404, f"expected the id of a release, found nothing for {id}")
    return found.id, release


def _clean(value: str | None) -> str | None:
    """Without what no database takes; empty is nothing."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if value else None


def _named(**parameters: object) -> dict[str, object]:
    return {name: value for name, value in parameters.items() if value is not None}
