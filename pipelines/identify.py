"""Third stage: which release it is (id), what it says (digest, signature), what it claims of others."""

from __future__ import annotations

import hashlib
import json

from crawler.items import Release
from crawler.source import Source, registry
from pipelines.claims import claims_of
from pipelines.hold import drops, stage
from pipelines.normalize import Draft
from pipelines.signature import signature_of


def release_id(source: str, native_id: str | None, key: str) -> str:
    """`r` and 20 hex digits of SHA-256 over source and native id, or address key where there is none.

    Raw and stable values only: no cleaning of titles or texts can ever change an id.
    """
    return "r" + hashlib.sha256(f"{source}\n{native_id or key}".encode()).hexdigest()[:20]


def content_digest(draft: Draft) -> str:
    """`sha256:` over what a reader would call the text: title, body, days, issuers, withdrawal.

    Equal digests mean no new revision, so nothing may enter that changes by itself (notes, captures,
    change stamps) or that depends on where the page was found: the posting time may be the index's.
    """
    item = draft.item
    content = (
        draft.title,
        draft.paragraphs,
        draft.said_on.isoformat(),
        draft.posted_on.isoformat() if draft.posted_on else None,
        draft.issuers,
        item.withdrawn,
        item.withdrawn_at.isoformat() if item.withdrawn_at else None,
    )
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(plain.encode()).hexdigest()


@stage("identify")
def identify(draft: Draft, source: type[Source]) -> Release:
    """The release, complete."""
    item = draft.item
    return Release(
        id=release_id(source.name, item.native_id, draft.key),
        source=source.name,
        source_kind=draft.source_kind,
        url=item.url,
        key=draft.key,
        native_id=item.native_id,
        language=draft.language,
        kind=draft.kind,
        kind_raw=item.kind,
        role_hint=draft.role_hint,
        standing=draft.standing,
        title=draft.title,
        summary=draft.summary,
        body="\n\n".join(draft.paragraphs),
        said_on=draft.said_on,
        said_raw=draft.said_raw,
        posted_on=draft.posted_on,
        posted_at=draft.posted_at,
        posted_raw=item.posted,
        timezone=draft.timezone,
        issuers=draft.issuers,
        issuers_raw=item.issuers,
        folio=draft.folio,
        attribution=item.attribution or draft.notice,
        translator=draft.attribution.translator if draft.attribution else None,
        insertions=draft.insertions,
        claims=claims_of(draft, source),
        attachments=item.attachments,
        withdrawn=item.withdrawn,
        withdrawn_at=item.withdrawn_at,
        modified=item.modified,
        read_by=item.read_by,
        notes=draft.notes,
        content_digest=content_digest(draft),
        signature=signature_of(draft.paragraphs, draft.language),
        captured_at=item.captured_at,
        origin=item.origin,
        capture=item.capture,
        capture_digest=item.capture_digest,
        etag=item.etag,
        last_modified=item.last_modified,
    )


class Identify:
    """Scrapy's adapter of `identify`."""

    @drops
    def process_item(self, item: Draft | Release) -> Release:
        """The complete release. See Validate about releases."""
        if isinstance(item, Release):
            return item
        return identify(item, registry()[item.item.source])
