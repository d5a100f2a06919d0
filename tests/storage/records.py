"""Releases and held records to store, and a look at everything that is stored."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from crawler.items import (
    CapturePlace,
    Claim,
    ClaimKind,
    Held,
    KindOfRelease,
    KindOfSource,
    Origin,
    ReadBy,
    Release,
    Role,
)
from storage.database import Database
from storage.tables import Table

NOON = datetime(2017, 3, 1, 12, tzinfo=UTC)
MEETING = Release(
    id="",
    source="mx_sre",
    source_kind=KindOfSource.MINISTRY,
    url="https://www.gob.mx/sre/prensa/reunion",
    key="prensa/reunion",
    native_id=None,
    language="es",
    kind=KindOfRelease.COMMUNIQUE,
    kind_raw="Comunicado",
    role_hint=Role.ORIGINAL,
    standing=None,
    title="Reunión sobre la frontera",
    summary=None,
    body="Las delegaciones se reunieron en la capital.\n\nHabrá otra reunión en marzo.",
    said_on=date(2017, 2, 23),
    said_raw="23 de febrero de 2017",
    posted_on=date(2017, 2, 23),
    posted_at=None,
    posted_raw=None,
    timezone="America/Mexico_City",
    issuers=("mx.sre", "mx.segob"),
    issuers_raw=("SRE", "SEGOB"),
    folio="056",
    attribution=None,
    translator=None,
    insertions=0,
    claims=(Claim(ClaimKind.ADDRESS, "mx_sre:prensa/reunion"), Claim(ClaimKind.FOLIO, "mx.sre|2017|c|056")),
    attachments=(),
    withdrawn=None,
    withdrawn_at=None,
    modified=None,
    read_by=ReadBy.RULES,
    notes=("date by the foot line",),
    content_digest="",
    signature=bytes(range(256)) * 2,
    captured_at=NOON,
    origin=Origin.LIVE,
    capture=CapturePlace("2017-03/a.warc.gz", 100, 50),
    capture_digest="sha256:00",
    etag='"tag"',
    last_modified="Thu, 23 Feb 2017 18:00:00 GMT",
)


def release(slug: str = "reunion", **changes: Any) -> Release:  # noqa: ANN401 - fields of Release
    """A release of mx_sre; id and digest follow from what it holds, as in the pipelines."""
    key = f"prensa/{slug}"
    made = replace(MEETING, key=key, url=f"https://www.gob.mx/sre/{key}", **changes)
    identity = made.id or f"r{hashlib.sha256(f'{made.source} {made.key}'.encode()).hexdigest()[:20]}"
    content = repr((made.title, made.body, made.said_on, made.posted_on, made.issuers, made.withdrawn))
    return replace(made, id=identity, content_digest=f"sha256:{hashlib.sha256(content.encode()).hexdigest()}")


def held(slug: str = "reunion", reason: str = "unknown issuer") -> Held:
    """A record of mx_sre held back."""
    return Held(
        source="mx_sre",
        url=f"https://www.gob.mx/sre/prensa/{slug}",
        key=f"prensa/{slug}",
        stage="normalize",
        reason=reason,
        detail="'Oficina de nadie' is no issuer that we know: add it to crawler/issuers.py.",
        item={"title": "Reunión", "issuers": ("Oficina de nadie",)},
        capture=CapturePlace("2017-03/a.warc.gz", 100, 50),
    )


def everything(database: Database) -> dict[str, list[str]]:
    """All rows of all tables, as text, sorted."""
    with database.read() as connection:
        return {
            table.name: sorted(
                json.dumps(dict(row._mapping), default=repr, sort_keys=True)
                for row in connection.execute(select(table))
            )
            for table in Table.metadata.sorted_tables
        }
