"""Samples made of pages: fetched as a crawl fetches, or taken from a saved file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.declare import Discovery, Feed, Numbers, Sitemap
from crawler.items import Capture
from crawler.pages.page import Page
from crawler.settings import environment_with
from crawler.source import Source
from scheduler.samples import Sample, draft

SECONDS = 180
"""Longest that one page may take, waiting for the site's own delay included."""
_KEPT_HEADERS = ("X-WP-Total", "X-WP-TotalPages")
_SUFFIXES = {"application/json": "json", "text/plain": "txt", "application/pdf": "pdf"}


class NotCaptured(Exception):
    """No sample was made; the message says why and what to do."""


def saved(file: Path, url: str, captured_at: datetime | None) -> Capture:
    """A file that somebody saved, as the capture of an address."""
    body = file.read_bytes()
    if not body.strip():
        raise NotCaptured(f"{file}: expected a saved page, found an empty file")
    suffix = file.suffix.lower().removeprefix(".")
    kind = {
        "json": "application/json",
        "txt": "text/plain",
        "pdf": "application/pdf",
        "xml": "application/xml",
    }
    at = captured_at or datetime.now(UTC)
    headers = (("Content-Type", kind.get(suffix, "text/html")),)
    return Capture(url, 200, headers, body, at if at.tzinfo else at.replace(tzinfo=UTC))


def fetched(source: type[Source], url: str) -> Capture:
    """The page at an address, asked for once with the crawl's own guard, robots.txt and name; in a child."""
    if urlsplit(url).hostname not in source.hosts:
        raise NotCaptured(
            f"{url}: expected an address on one of the hosts of {source.name} ({', '.join(source.hosts)})"
        )
    with tempfile.TemporaryDirectory(prefix="communique-capture-") as folder:
        answer = Path(folder) / "answer.json"
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                [sys.executable, "-m", "scheduler.fetch", source.name, url, str(answer)],
                env=environment_with({"COMMUNIQUE_DATA": folder, "COMMUNIQUE_DATABASE": ""}),
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotCaptured(f"{url}: expected a page within {SECONDS} seconds, found none") from None
        if not answer.exists():
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise NotCaptured(f"{url}: could not be asked for: {last}")
        told = json.loads(answer.read_text("utf-8"))
        if "failure" in told:
            raise NotCaptured(f"{url}: {told['failure']}: {told['detail']}")
        return Capture(
            url=url,
            status=told["status"],
            headers=tuple((name, value) for name, value in told["headers"]),
            body=(Path(folder) / "body").read_bytes(),
            captured_at=datetime.fromisoformat(told["captured_at"]),
            final_url=told["final_url"],
        )


def write_sample(
    source: type[Source],
    capture: Capture,
    samples: Path,
    *,
    case: str | None = None,
    language: str | None = None,
    discovery: int | None = None,
) -> Path:
    """The folder of a new sample: page, meta.json, drafted expected.json; NotCaptured when it is there."""
    page = Page(capture)
    index = discovery if discovery is not None else _index_of(source, capture.url)
    spoken = language or (page.language or "").partition("-")[0] or source.languages[0]
    if spoken not in source.languages:
        raise NotCaptured(
            f"{capture.url}: expected a page in {', '.join(source.languages)}, found {spoken!r}; "
            "say which with --language"
        )
    if index is None and source.address_key(capture.url) is None:
        raise NotCaptured(
            f"{capture.url}: is no release's address by the definition of {source.name}, nor one of its "
            "indexes; correct `address`, or say which index with --index"
        )
    name = case or _case_of(capture, spoken, index)
    folder = samples / source.name / name
    if folder.exists():
        raise NotCaptured(f"{folder}: is there already; choose another --case, or delete it yourself")
    folder.mkdir(parents=True)
    (folder / _file_name(source, capture, page, index)).write_bytes(capture.body)
    _write_json(folder / "meta.json", _meta(capture, spoken, index))
    draft(Sample(folder))
    return folder


def _index_of(source: type[Source], url: str) -> int | None:
    """The index whose pages have such an address; None for a release, and for what is neither."""
    if source.address_key(url) is not None:
        return None
    return next((number for number, _ in index_pages(source, url)), None)


def index_pages(source: type[Source], url: str) -> Iterator[tuple[int, Discovery]]:
    """The indexes of a source that an address may be a page of, by number: same host, path and parameters."""
    asked = urlsplit(url)
    for number, discovery in enumerate(source.discoveries()):
        for pattern in (discovery.url, getattr(discovery, "first_url", None)):
            if pattern is None or isinstance(discovery, Numbers):
                continue
            declared = urlsplit(pattern)
            path = re.sub(r"\\\{\w+\\\}", "[^/]*", re.escape(declared.path or "/"))
            names = {name for name, _ in parse_qsl(declared.query, keep_blank_values=True)}
            given = {name for name, _ in parse_qsl(asked.query, keep_blank_values=True)}
            if (
                declared.hostname == asked.hostname
                and re.fullmatch(path, asked.path or "/")
                and names <= given
            ):
                yield number, discovery
                break


def _case_of(capture: Capture, language: str, index: int | None) -> str:
    what = "index" if index is not None else "release"
    return f"{capture.captured_at:%Y-%m-%d}-{what}-{language}"


def _file_name(source: type[Source], capture: Capture, page: Page, index: int | None) -> str:
    kind = "json" if page.is_json else _SUFFIXES.get(page.media_type, "html")
    if index is None:
        return f"page.{kind}"
    found = source.discoveries()[index]
    if isinstance(found, Feed):
        return "feed.xml"
    if isinstance(found, Sitemap):
        return "sitemap.xml"
    if isinstance(found, Numbers):
        raise NotCaptured(f"{capture.url}: numbered pages have no index")
    return f"listing.{kind}"


def _meta(capture: Capture, language: str, index: int | None) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "url": capture.url,
        "captured_at": capture.captured_at.astimezone(UTC).isoformat(timespec="seconds"),
        "language": language,
        "content_type": capture.header("content-type") or "text/html",
    }
    kept = {name: value for name in _KEPT_HEADERS if (value := capture.header(name)) is not None}
    if kept:
        meta["headers"] = kept
    if index is not None:
        meta["discovery"] = index
    meta["provenance"] = "Captured: to be written anew by us in this shape before it is committed."
    return meta


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")


__all__ = ["NotCaptured", "fetched", "saved", "write_sample"]
