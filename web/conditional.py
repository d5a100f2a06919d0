"""Answers that are sent only when they differ from what the other side has: ETag, Last-Modified, 304."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response


def answer(
    request: Request,
    body: bytes,
    media_type: str,
    changed_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The body with its validators, or 304 when the request names them."""
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    told = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if changed_at is not None:
        changed_at = changed_at.astimezone(UTC).replace(microsecond=0)
        told["Last-Modified"] = format_datetime(changed_at, usegmt=True)
    if _is_known(request, tag, changed_at):
        return Response(status_code=304, headers=told)
    return Response(body, headers=told, media_type=media_type)


def _is_known(request: Request, tag: str, changed_at: datetime | None) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in tags.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or changed_at is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return changed_at <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
