"""What a release looks like in the tables: pure, from the item to the values of rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from crawler.items import Release
from storage.signatures import bands_of
from storage.tables import BandRow, ClaimRow, ReleaseIssuerRow


def detail_digest(release: Release) -> str:
    """Over everything that is kept of a release beside its content, except when and whence it was taken."""
    told = {
        **{name: getattr(release, name) for name in _DETAILS},
        "claims": sorted((claim.kind.value, claim.value) for claim in release.claims),
        "signature": release.signature.hex(),
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


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
    given = {name: getattr(release, name) for name in COLUMNS if hasattr(release, name)}
    lists = {name: list(given[name]) for name in ("issuers", "issuers_raw", "attachments", "notes")}
    return {**given, **lists, **_place(release), "detail_digest": detail}


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


def parts_of(
    releases: Iterable[Release],
) -> dict[type[ReleaseIssuerRow] | type[ClaimRow] | type[BandRow], list[dict[str, Any]]]:
    """Values of the rows that hang on releases, by table."""
    issuers: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []
    bands: list[dict[str, Any]] = []
    for each in releases:
        issuers += [
            {"release_id": each.id, "position": position, "issuer": issuer}
            for position, issuer in enumerate(each.issuers)
        ]
        claims += [
            {"release_id": each.id, "kind": kind, "value": value}
            for kind, value in dict.fromkeys((claim.kind, claim.value) for claim in each.claims)
        ]
        bands += [
            {"release_id": each.id, "band": band, "value": value}
            for band, value in enumerate(bands_of(each.language, each.signature))
        ]
    return {ReleaseIssuerRow: issuers, ClaimRow: claims, BandRow: bands}
