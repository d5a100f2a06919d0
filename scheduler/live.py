"""Definitions on their live sites: one page of an index and one release each, read as a crawl does.

The crawl is the real one (child process, guard, robots.txt, the definition's pace), limited to one release,
into a folder of its own that is deleted afterwards: nothing of it is kept or counted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crawler.declare import Fields, Layout, Numbers, Parts, Record
from crawler.items import Capture, Due, FailureKind, Held, ReadBy, ReleaseItem
from crawler.pages.entries import IndexPage
from crawler.pages.index import read_index
from crawler.pages.page import Page
from crawler.pages.read import applies, read_page
from crawler.source import Source
from pipelines.process import process
from scheduler.capturing import index_pages
from scheduler.crawl import GOOD, Crew, Order, Report, crawl
from storage.store import open_store
from storage.tables import AddressRow
from storage.warc import captures_in

RULES = (
    "posted",
    "said",
    "kind",
    "issuers",
    "folio",
    "dateline",
    "attribution",
    "alternates",
    "attachments",
    "summary",
)
_RESULTS = {
    FailureKind.ROBOTS: "blocked by robots.txt",
    FailureKind.CHALLENGE: "challenge",
    FailureKind.LAYOUT: "layout changed",
    FailureKind.EMPTY_LISTING: "empty",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One field of one page."""

    of: str
    """index, release"""
    field: str
    result: str
    """found, missing, or not as declared"""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A fact that nobody had checked on the live site."""

    fact: str
    state: str
    """to be settled (something was fetched: compare), or open (nothing was)"""


@dataclass(frozen=True, slots=True)
class LiveReport:
    """How one source stands on its site."""

    source: str
    result: str
    """as declared, not as declared, blocked by robots.txt, challenge, layout changed, TLS error, timeout,
    empty, or the failure's own name"""
    detail: str
    findings: tuple[Finding, ...] = ()
    unverified: tuple[Unverified, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was found as it is declared."""
        return self.result == "as declared"


def check_live(
    sources: Sequence[type[Source]], environment: Mapping[str, str] | None = None
) -> list[LiveReport]:
    """A report for each source, asked one after the other."""
    return [_check(source, environment or {}) for source in sources]


def _check(source: type[Source], environment: Mapping[str, str]) -> LiveReport:
    with tempfile.TemporaryDirectory(prefix="communique-live-") as folder:
        data = Path(folder)
        store = open_store({"COMMUNIQUE_DATA": folder, "COMMUNIQUE_DATABASE": ""})
        try:
            crew = Crew(data, store.database, None, environment, jobs=1)
            (report,) = crawl([Order(source.name, limit=1, started_by="check")], crew, lambda _: None)
            with store.database.read() as connection:
                rows = connection.execute(
                    select(
                        AddressRow.key, AddressRow.url, AddressRow.state, AddressRow.reason,
                        AddressRow.failure, AddressRow.title, AddressRow.posted_on, AddressRow.language,
                        AddressRow.kind,
                    ).where(AddressRow.source == source.name, AddressRow.state != "discovered")
                ).all()  # fmt: skip
        finally:
            store.close()
        captures = [each for file in sorted(data.rglob("*.warc*")) for each in captures_in(file)]
    return _report(source, report, rows, captures)


def _report(
    source: type[Source], run: Report, rows: Sequence[Any], captures: Sequence[Capture]
) -> LiveReport:
    findings = [each for capture in captures for each in _of_index(source, capture)][:40]
    due = {row.url: row for row in rows}
    for capture in captures:
        row = due.get(capture.url)
        if row is not None:
            hint = Due(
                row.key,
                row.url,
                title=row.title,
                posted_on=row.posted_on,
                language=row.language,
                kind=row.kind,
            )
            findings += _of_release(source, capture, hint)
    failed = next((row for row in rows if row.failure is not None), None)
    if failed is not None:
        result, detail = named(failed.failure, failed.reason or ""), f"{failed.url}: {failed.reason}"
    elif run.ending not in GOOD:
        result, detail = named(None, run.error or ""), run.error or run.ending.value
    elif any(each.result == "not as declared" for each in findings):
        result, detail = "not as declared", "see the fields"
    elif not any(each.of == "release" for each in findings):
        result, detail = "empty", "the index showed no release that could be fetched"
    else:
        result, detail = "as declared", f"{len(captures)} pages fetched"
    state = "to be settled: compare with what was found" if findings else "open: nothing was fetched"
    return LiveReport(
        source.name,
        result,
        detail,
        tuple(findings),
        tuple(Unverified(each, state) for each in source.unverified),
    )


def named(failure: str | None, words: str) -> str:
    """The name of a failure, by its kind in the ledger or the words that a run ended with."""
    folded = words.lower()
    if any(each in folded for each in ("certificate", "tls", "ssl")):
        return "TLS error"
    if "timeout" in folded or "timed out" in folded or "took longer" in folded:
        return "timeout"
    for kind, name in _RESULTS.items():
        if failure == kind.value or folded.startswith(kind.value) or f"{kind.value}:" in folded:
            return name
    return failure or "failed"


def _of_index(source: type[Source], capture: Capture) -> Iterator[Finding]:
    """What one page of an index shows, for each field that its definition declares."""
    for number, discovery in index_pages(source, capture.url):
        if isinstance(discovery, Numbers):
            continue
        page: IndexPage = read_index(source, discovery, capture)
        if page.failure is not None:
            yield Finding("index", f"{number} {capture.url}", "not as declared", page.failure.detail)
            return
        yield Finding(
            "index", f"{number} entries", "found" if page.entries else "missing", f"{len(page.entries)}"
        )
        for name in ("title", "posted", "kind", "modified"):
            if not getattr(discovery, name, None) or not page.entries:
                continue
            shown = [getattr(each, "posted_on" if name == "posted" else name) for each in page.entries]
            told = [each for each in shown if each is not None]
            result = "found" if told else "missing"
            yield Finding(
                "index",
                f"{number} {name}",
                result,
                f"{len(told)} of {len(shown)}: {str(told[0])[:80]}" if told else "",
            )
        return


def _of_release(source: type[Source], capture: Capture, hint: Due) -> Iterator[Finding]:
    reading = read_page(source, capture, hint)
    if reading.failure is not None:
        yield Finding("release", capture.url, "not as declared", reading.failure.detail)
        return
    if reading.skipped is not None:
        yield Finding("release", capture.url, "found", f"skipped: {reading.skipped}")
        return
    for item in reading.items:
        yield Finding("release", "address", "found", item.url)
        by_rules = item.read_by is ReadBy.RULES
        yield Finding(
            "release",
            "layout",
            "found" if by_rules else "not as declared",
            "; ".join(item.notes) or "by rules",
        )
        declared = _declared(source, capture)
        for each in fields(ReleaseItem):
            value = getattr(item, each.name)
            if each.name in ("title", "body", "language") or each.name in declared:
                yield _field(item, each.name, value)
        made = process(item)
        if isinstance(made, Held):
            yield Finding("release", "stages", "not as declared", f"{made.reason}: {made.detail}")
        else:
            yield Finding(
                "release", "said on", "found", f"{made.said_on} ({made.said_raw or 'the posting day'})"
            )
            yield Finding("release", "who speaks", "found", ", ".join(made.issuers))
            yield Finding(
                "release", "kind of release", "found", f"{made.kind.value} ({made.kind_raw or 'no label'})"
            )


def _field(item: ReleaseItem, name: str, value: Any) -> Finding:  # noqa: ANN401 - any field
    if name == "body":
        return Finding("release", name, "found", f"{len(item.body)} paragraphs: {item.body[0][:80]}")
    if name in ("posted", "said") and value and getattr(item, f"{name}_on") is None:
        return Finding("release", name, "not as declared", f"{value!r} fits no declared format")
    if value in (None, (), ""):
        return Finding("release", name, "missing")
    shown = f"{value} = {getattr(item, f'{name}_on')}" if name in ("posted", "said") else str(value)
    return Finding("release", name, "found", shown[:120])


def _declared(source: type[Source], capture: Capture) -> set[str]:
    """Fields for which the layouts of such a page have a rule, or the definition a method."""
    page = Page(capture)
    layouts: list[Layout] = []
    for layout in source.layouts():
        if applies(layout, page):
            layouts += layout.parts.values() if isinstance(layout, Parts) else (layout,)
    ruled = {
        name
        for layout in layouts
        if isinstance(layout, Fields | Record)
        for name in RULES
        if getattr(layout, name, None)
    }
    return ruled | {name.removeprefix("read_") for name in dir(source) if name.startswith("read_")}
