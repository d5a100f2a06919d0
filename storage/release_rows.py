"""What a release looks like in the tables: pure, from the item to the values of rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from crawler.items import Release
from storage.inserting import Rows
from storage.signatures import bands_of
from storage.tables import BandRow, ClaimRow, ReleaseIssuerRow


def detail_digest(release: Release) -> str:
    """Over everything that is kept of a release beside its content, except when and whence it was taken."""
    told: list[object] = [getattr(release, name) for name in _DETAILS]
    told.append(sorted((claim.kind.value, claim.value) for claim in release.claims))
    told.append(release.signature.hex())
    return f"sha256:{hashlib.sha256(_encode(told).encode('utf-8', 'surrogatepass')).hexdigest()}"


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
_DETAILS = (
    "source_kind",
    "url",
    "key",
    "native_id",
    "language",
    "kind",
    "kind_raw",
    "role_hint",
    "standing",
    "summary",
    "said_raw",
    "posted_at",
    "posted_raw",
    "timezone",
    "issuers",
    "issuers_raw",
    "folio",
    "attribution",
    "translator",
    "insertions",
    "attachments",
    "withdrawn_at",
    "modified",
    "read_by",
    "notes",
)

COLUMNS = (
    *("source", "source_kind", "url", "key", "native_id", "language", "kind", "kind_raw", "role_hint"),
    *("standing", "title", "summary", "body", "said_on", "said_raw", "posted_on", "posted_at", "posted_raw"),
    *("timezone", "issuers", "issuers_raw", "folio", "attribution", "translator", "insertions"),
    *("attachments", "withdrawn", "withdrawn_at", "modified", "read_by", "notes", "content_digest"),
    *("detail_digest", "signature", "captured_at", "origin", "capture_file", "capture_offset"),
    *("capture_length", "capture_digest"),
)


def _place(release: Release) -> dict[str, Any]:
    place = release.capture
    return {
        "capture_file": place.file if place else None,
        "capture_offset": place.offset if place else None,
        "capture_length": place.length if place else None,
    }


def columns_of(release: Release, detail: str) -> dict[str, Any]:
    """Values of COLUMNS."""
    values = {name: getattr(release, name) for name in _GIVEN}
    for name in ("issuers", "issuers_raw", "attachments", "notes"):
        values[name] = list(values[name])
    return {**values, **_place(release), "detail_digest": detail}


_GIVEN = tuple(name for name in COLUMNS if name in Release.__dataclass_fields__)


def revision_row(release: Release, number: int, run: str, seen_at: datetime) -> dict[str, Any]:
    """Values of a row of `revisions`."""

    def text(value: date | datetime | None) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "release_id": release.id,
        "number": number,
        "content_digest": release.content_digest,
        "title": release.title,
        "body": release.body,
        "fields": {
            "said_on": text(release.said_on),
            "posted_on": text(release.posted_on),
            "issuers": list(release.issuers),
            "folio": release.folio,
            "withdrawn": release.withdrawn,
            "withdrawn_at": text(release.withdrawn_at),
        },
        "seen_at": seen_at,
        "run_id": run,
        **_place(release),
    }


def own_statement(release: Release) -> str:
    """Id of the statement that the release opens when it is new."""
    return f"s{release.id[1:]}"


Part = type[ReleaseIssuerRow] | type[ClaimRow] | type[BandRow]
PARTS: dict[Part, tuple[str, ...]] = {
    ReleaseIssuerRow: ("release_id", "position", "issuer"),
    ClaimRow: ("release_id", "kind", "value"),
    BandRow: ("release_id", "band", "value"),
}
"""Tables of the rows that hang on releases, with their columns."""


def parts_of(releases: Iterable[Release]) -> dict[Part, Rows]:
    """Values of the rows that hang on releases, by table, in the order of its columns."""
    issuers: Rows = []
    claims: Rows = []
    bands: Rows = []
    for each in releases:
        issuers += [(each.id, position, issuer) for position, issuer in enumerate(each.issuers)]
        told = dict.fromkeys((claim.kind.value, claim.value) for claim in each.claims)
        claims += [(each.id, kind, value) for kind, value in told]
        bands += [
            (each.id, band, value) for band, value in enumerate(bands_of(each.language, each.signature))
        ]
    return {ReleaseIssuerRow: issuers, ClaimRow: claims, BandRow: bands}
