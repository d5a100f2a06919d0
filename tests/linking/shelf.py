"""Releases made for tests, saved as the pipelines save them, and what became of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy import Connection, select, update

from crawler.items import (
    Claim,
    ClaimKind,
    KindOfRelease,
    KindOfSource,
    Origin,
    ReadBy,
    Release,
    Role,
    Standing,
)
from pipelines.identify import release_id
from pipelines.link import link_releases
from pipelines.partition import LinkResult
from pipelines.signature import signature_of
from storage.links import HUB_ABOVE
from storage.releases import save_releases
from storage.tables import LinkRow, ReleaseRow, StatementRow

NOW = datetime(2017, 3, 1, 12, tzinfo=UTC)
DAY = date(2017, 2, 23)

_ISSUER = {
    "mx_sre": "mx.sre",
    "mx_segob": "mx.segob",
    "mx_shcp": "mx.shcp",
    "us_state": "us.state",
    "uk_fcdo": "gb.fcdo",
}
_MIRRORS = ("mexidata", "otro_espejo", "third_mirror")


def release(
    source: str,
    key: str,
    body: str,
    title: str = "Comunicado",
    *,
    language: str = "es",
    said_on: date = DAY,
    posted_on: date | None = None,
    posted_at: datetime | None = None,
    issuers: Sequence[str] | None = None,
    kind: KindOfRelease = KindOfRelease.COMMUNIQUE,
    role: Role | None = None,
    standing: Standing | None = None,
    folio: str | None = None,
    claims: Iterable[tuple[ClaimKind, str]] = (),
) -> Release:
    """A release of a ministry, or of a mirror when the source is one."""
    mirror = source in _MIRRORS
    speaking = tuple(issuers) if issuers is not None else (_ISSUER.get(source, "mx.sre"),)
    made = [Claim(ClaimKind.ADDRESS, f"{source}|{key}")]
    if folio is not None:
        made.append(Claim(ClaimKind.FOLIO, f"{speaking[0]}|{said_on.year}|{folio.lstrip('0')}"))
    made += [Claim(claim_kind, value) for claim_kind, value in claims]
    content = f"{title}\n{body}\n{said_on}\n{posted_on}\n{speaking}"
    return Release(
        id=release_id(source, None, key),
        source=source,
        source_kind=KindOfSource.MIRROR if mirror else KindOfSource.MINISTRY,
        url=f"https://{source.replace('_', '-')}.example/{key}",
        key=key,
        native_id=None,
        language=language,
        kind=kind,
        kind_raw=None,
        role_hint=role or (Role.REPOST if mirror else Role.ORIGINAL),
        standing=standing,
        title=title,
        summary=None,
        body=body,
        said_on=said_on,
        said_raw=None,
        posted_on=posted_on or said_on,
        posted_at=posted_at,
        posted_raw=None,
        timezone="America/Mexico_City",
        issuers=speaking,
        issuers_raw=(),
        folio=folio,
        attribution=None,
        translator=None,
        insertions=0,
        claims=tuple(made),
        attachments=(),
        withdrawn=None,
        withdrawn_at=None,
        modified=None,
        read_by=ReadBy.RULES,
        notes=(),
        content_digest="sha256:" + hashlib.sha256(content.encode()).hexdigest(),
        signature=signature_of(body.split("\n\n"), language),
        captured_at=NOW,
        origin=Origin.FILE,
        capture=None,
    )


def translation(
    source: str,
    key: str,
    body: str,
    issuers: Sequence[str],
    said_on: date = DAY,
    *,
    title: str = "Communique",
    language: str = "en",
    posted_on: date = date(2017, 2, 27),
) -> Release:
    """A mirror's translation with a foot line that names issuers and day."""
    value = f"{'+'.join(sorted(issuers))}|{said_on.isoformat()}"
    return release(
        source,
        key,
        body,
        title,
        language=language,
        said_on=said_on,
        posted_on=posted_on,
        issuers=issuers,
        role=Role.TRANSLATION,
        standing=Standing.UNOFFICIAL,
        claims=[(ClaimKind.ATTRIBUTION, value)],
    )


def retold(made: Release, **changes: object) -> Release:
    """The same release, read again with something changed."""
    changed = replace(made, **changes)  # type: ignore[arg-type]
    content = f"{changed.title}\n{changed.body}\n{changed.said_on}\n{changed.claims}"
    return replace(
        changed,
        content_digest="sha256:" + hashlib.sha256(content.encode()).hexdigest(),
        signature=signature_of(changed.body.split("\n\n"), changed.language),
    )


def keep(
    connection: Connection, releases: Sequence[Release], now: datetime = NOW, cap: int = HUB_ABOVE
) -> LinkResult:
    """Save and link, as the pipelines do with a batch."""
    save_releases(connection, "run-1", releases, now)
    return link_releases(connection, [each.id for each in releases], now, cap)


def decide(connection: Connection, one: Release, other: Release, verdict: str, person: str = "Ana") -> None:
    """Store a person's decision on two releases."""
    left, right = sorted((one.id, other.id))
    connection.execute(
        LinkRow.__table__.insert().values(  # type: ignore[attr-defined]
            left_id=left,
            right_id=right,
            kind="person",
            verdict=verdict,
            score=1.0,
            features={"reason": "seen by a person"},
            decided_by=person,
            decided_at=NOW,
        )
    )


def change_decision(connection: Connection, verdict: str) -> None:
    """Change every decision of a person."""
    connection.execute(update(LinkRow).where(LinkRow.decided_by != "machine").values(verdict=verdict))


@dataclass(frozen=True, slots=True)
class State:
    """What readers can see of linking; nothing in it depends on when something came."""

    statements: frozenset[frozenset[str]]
    roles: frozenset[tuple[str, str, str | None]]
    links: frozenset[tuple[str, str, str, str, float, str]] = field(default_factory=frozenset)


def state(connection: Connection) -> State:
    """Partition, roles and links of everything; checks the redirects on the way."""
    releases = connection.execute(
        select(ReleaseRow.id, ReleaseRow.statement_id, ReleaseRow.role, ReleaseRow.standing)
    ).all()
    rows = {
        row.id: row.merged_into
        for row in connection.execute(select(StatementRow.id, StatementRow.merged_into))
    }
    groups: dict[str, set[str]] = {}
    for each in releases:
        groups.setdefault(each.statement_id, set()).add(each.id)
        assert rows[each.statement_id] is None, "a release is in a statement that is a redirect"
        seed = "s" + each.id[1:]
        assert (rows[seed] or seed) == each.statement_id, "an old id leads to another statement"
    links = connection.execute(
        select(
            LinkRow.left_id, LinkRow.right_id, LinkRow.kind, LinkRow.verdict, LinkRow.score, LinkRow.features
        )
    ).all()
    return State(
        frozenset(frozenset(group) for group in groups.values()),
        frozenset((each.id, each.role, each.standing) for each in releases),
        frozenset((*row[:5], repr(sorted(row[5].items()))) for row in links),
    )


def together(connection: Connection, releases: Collection[Release]) -> bool:
    """Whether these are all in one statement, and nothing else is."""
    return frozenset(each.id for each in releases) in state(connection).statements


def role_of(connection: Connection, made: Release) -> tuple[str, str | None]:
    """Role and standing of a release."""
    found = connection.execute(
        select(ReleaseRow.role, ReleaseRow.standing).where(ReleaseRow.id == made.id)
    ).one()
    return found.role, found.standing


def links_between(
    connection: Connection, one: Release, other: Release
) -> dict[str, tuple[str, dict[str, object]]]:
    """Kind -> verdict and features."""
    left, right = sorted((one.id, other.id))
    query = select(LinkRow.kind, LinkRow.verdict, LinkRow.features).where(
        LinkRow.left_id == left, LinkRow.right_id == right
    )
    return {row.kind: (row.verdict, dict(row.features)) for row in connection.execute(query)}
