"""Feeds of any search, of changes, and of how sources stand: Atom and JSON Feed, to be subscribed to.

Ids never change, wherever the archive is served; a reader that has seen everything gets 304. Where
`settings.hub` names a WebSub hub, feeds name it, in the document and in their headers.
"""

from __future__ import annotations

import json
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response

from crawler.issuers import names_of
from pipelines.changes import Change, Reached, changes_before
from storage.health import health_changes
from storage.search.finding import find_statements
from storage.search.summaries import StatementSummary, excerpts
from storage.syndication import ATOM, BEGINNING, JSON_FEED, Entry, Head, atom, json_feed, urn_of
from web.api.answers import reading
from web.api.problems import ProblemRoute
from web.asking import Wanted, parameters_of
from web.conditional import answer

router = APIRouter(prefix="/feeds", route_class=ProblemRoute, tags=["feeds"])

LENGTH = 30
"""Entries of a feed."""
Form = Annotated[str, Path(pattern="^(atom|json)$", description="`atom` or `json`.")]
SourceName = Annotated[str | None, Query(max_length=80, description="Only of that source.")]


def statements_feed(request: Request, form: Form, wanted: Wanted) -> Response:
    """The statements that a search finds, the latest said first: parameters as `/api/v1/statements`."""
    with reading(request) as connection:
        page = find_statements(connection, wanted, limit=LENGTH)
        texts = excerpts(connection, [each.versions[0].id for each in page.items])
    entries = [statement_entry(_base(request), each, texts) for each in page.items]
    named = parameters_of(wanted)
    told = ", ".join(f"{name} {value}" for name, value in named.items())
    query = f"?{urlencode(named)}" if named else ""
    title = f"Communique: {told}" if told else "Communique: statements"
    return _feed(request, form, urn_of("feed", "statements", query), title, f"/{query}", query, entries)


def changes_feed(request: Request, form: Form, source: SourceName = None) -> Response:
    """What sites edited, withdrew or took down after it was first seen, what came back, and translations that
    were left behind: the last found first."""
    base = _base(request)
    with reading(request) as connection:
        found, _ = changes_before(connection, Reached(), LENGTH, source and source.replace("\0", "\ufffd"))
    entries = [
        Entry(
            id=urn_of("change", each.release, *_which(each)),
            title=f"{each.kind.capitalize()}: {each.title}",
            changed_at=each.found_at or each.at,
            link=f"{base}/releases/{each.release}",
            via=each.url,
            text=f"{each.source}: {each.summary}. First seen so on {each.at:%Y-%m-%d}; it was said on "
            f"{each.said_on}.",
            language=each.language,
            said_on=each.said_on,
            tags=(each.source, each.kind.value),
        )
        for each in found
    ]
    query = f"?{urlencode({'source': source})}" if source else ""
    title = f"Communique: changes of {source}" if source else "Communique: changes"
    return _feed(request, form, urn_of("feed", "changes", query), title, "/changes", query, entries)


def _which(change: Change) -> tuple[object, ...]:
    """Which of the changes of its release it is."""
    if change.original is not None:
        return change.kind.value, change.original, change.revision
    if change.revision is None:
        return change.kind.value, change.at.isoformat()
    return (change.revision,)


def health_feed(request: Request, form: Form, source: SourceName = None) -> Response:
    """How sources fare: each change of the state of a source with its reason, the latest first."""
    base = _base(request)
    with reading(request) as connection:
        found = list(health_changes(connection, source and source.replace("\0", "\ufffd"), limit=LENGTH))
    entries = [
        Entry(
            id=urn_of("health", each.source, each.changed_at.isoformat(), each.after),
            title=f"{each.source}: {each.after}",
            changed_at=each.changed_at,
            link=f"{base}/sources/{each.source}",
            text=f"{each.reason} (before: {each.before})" if each.before else each.reason,
            tags=(each.source, each.after),
        )
        for each in found
    ]
    query = f"?{urlencode({'source': source})}" if source else ""
    title = f"Communique: health of {source}" if source else "Communique: health of sources"
    return _feed(request, form, urn_of("feed", "health", query), title, "/sources", query, entries)


for _path, _function in (("statements", statements_feed), ("changes", changes_feed), ("health", health_feed)):
    router.add_api_route(
        f"/{_path}.{{form}}",
        _function,
        methods=["GET"],
        response_class=Response,
        responses={
            200: {"content": {"application/atom+xml": {}, JSON_FEED: {}}},
            304: {"description": "It is what the request says that it has."},
            422: {
                "description": "A parameter cannot be understood.",
                "content": {"application/problem+json": {}},
            },
            503: {"description": "It took too long.", "content": {"application/problem+json": {}}},
        },
    )
    router.add_api_route(f"/{_path}.{{form}}", _function, methods=["HEAD"], include_in_schema=False)


def statement_entry(base: str, statement: StatementSummary, texts: dict[str, str]) -> Entry:
    """A statement as an entry: its first version, all issuers, languages as tags."""
    first = statement.versions[0]
    return Entry(
        id=urn_of("statement", statement.id),
        title=statement.title,
        changed_at=statement.changed_at,
        link=f"{base}/statements/{statement.id}",
        via=first.url,
        text=texts.get(first.id, ""),
        language=first.language,
        said_on=statement.said_on,
        authors=tuple(names_of(statement.issuers)),
        tags=(statement.kind, *statement.issuers, *statement.languages, *statement.sources),
    )


def _base(request: Request) -> str:
    """Address of the desk as the reader sees it, without a slash at its end."""
    return str(request.base_url).rstrip("/")


def _feed(
    request: Request, form: str, identity: str, title: str, page: str, query: str, entries: list[Entry]
) -> Response:
    changed_at = max((each.changed_at for each in entries), default=BEGINNING)
    base = _base(request)
    local = str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", "")))
    self_link = f"{base}{local}{query}"
    hub = getattr(getattr(request.app.state.desk, "settings", None), "hub", None)
    head = Head(identity, title, changed_at, f"{base}{page}", self_link, hub)
    links = [f'<{self_link}>; rel="self"']
    if hub is not None:
        links.append(f'<{hub}>; rel="hub"')
    if form == "atom":
        body, media_type = atom(head, entries).encode("utf-8", "replace"), ATOM
    else:
        told = json.dumps(json_feed(head, entries), ensure_ascii=False)
        body, media_type = told.encode("utf-8", "replace"), JSON_FEED
    return answer(request, body, media_type, changed_at, {"Link": ", ".join(links)})
