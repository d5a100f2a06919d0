"""What the answers of the API hold, for its description: shapes of the views that are sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """Parent of all: what stands below a field describes it."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Problem(Shape):
    """Why a request could not be served (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    """What was expected, what was found, what to do."""
    errors: list[dict[str, Any]] = []
    """Each parameter that could not be understood: `where` and `detail`."""


class SnippetShape(Shape):
    """Where the question was found."""

    release: str
    language: str
    text: str
    """Plain text as the site wrote it: escape it."""
    marks: list[tuple[int, int]]
    """Start and end (behind the last character) of each place that was found, in characters of `text`."""
    begins: bool
    """Whether the text of the version begins with it."""
    ends: bool


class VersionShape(Shape):
    """A version of a statement, without its text."""

    id: str
    source: str
    source_kind: str
    url: str
    language: str
    role: str
    standing: str | None
    title: str
    said_on: date
    posted_on: date | None
    edited: bool
    withdrawn: bool
    gone: bool
    """Whether the site said, when last asked, that the page no longer exists."""


class SummaryShape(Shape):
    """A statement in a list."""

    id: str
    title: str
    kind: str
    said_on: date
    """The day on which it was said, not the day on which a site posted it."""
    issuers: list[str]
    languages: list[str]
    sources: list[str]
    roles: list[str]
    has_translation: bool
    edited: bool
    withdrawn: bool
    gone: bool
    changed_at: datetime
    versions: list[VersionShape]
    snippet: SnippetShape | None


class StatementPage(Shape):
    """Part of a list of statements, the latest said first."""

    items: list[SummaryShape]
    next_cursor: str | None
    """Give it back as `cursor` for the next part; null at the end."""


class PlaceShape(Shape):
    """Where a capture lies in the store of WARC files."""

    file: str
    offset: int
    length: int


class ReleaseShape(Shape):
    """A release with its text."""

    id: str
    source: str
    url: str
    language: str
    kind: str
    role: str
    standing: str | None
    title: str
    said_on: date
    posted_on: date | None
    issuers: list[str]
    folio: str | None
    body: str
    """Plain text, paragraphs separated by an empty line."""
    captured_at: datetime | None
    withdrawn: str | None
    revision: int
    read_by: str
    insertions: int
    notes: list[str]
    capture: PlaceShape | None
    attribution: str | None
    translator: str | None
    address_state: str | None
    gone_since: datetime | None


class LinkShape(Shape):
    """Why two releases belong together, or do not."""

    left: str
    right: str
    kind: str
    verdict: str
    score: float
    features: dict[str, Any]
    decided_by: str
    decided_at: datetime


class StatementShape(Shape):
    """A statement with all its versions and what joined them."""

    id: str
    """May differ from the id that was asked for: that one was joined to it."""
    title: str
    kind: str
    said_on: date
    issuers: list[str]
    languages: list[str]
    releases: list[ReleaseShape]
    changed_at: datetime | None
    """When a version was last stored with another text, or first seen."""
    links: list[LinkShape]


class OriginShape(Shape):
    """What lies behind a release."""

    key: str
    native_id: str | None
    kind_raw: str | None
    said_raw: str | None
    posted_at: datetime | None
    posted_raw: str | None
    timezone: str
    issuers_raw: list[str]
    content_digest: str
    first_seen_at: datetime
    changed_at: datetime
    captured_at: datetime | None
    origin: str
    capture_digest: str | None


class OneReleaseShape(ReleaseShape):
    """A release with its text, and what lies behind it."""

    statement: str
    """Id of its statement."""
    provenance: OriginShape


class ReleaseLine(Shape):
    """A release in a list, without its text."""

    id: str
    statement: str
    source: str
    url: str
    language: str
    kind: str
    role: str
    title: str
    said_on: date
    posted_on: date | None
    revision: int
    changed_at: datetime


class ReleasePage(Shape):
    """Part of the list of all releases, in order of their ids: complete for who goes through it once."""

    items: list[ReleaseLine]
    next_cursor: str | None


class RevisionShape(Shape):
    """One state of a release over time."""

    release: str
    number: int
    seen_at: datetime
    run: str
    title: str
    body: str
    fields: dict[str, Any]
    content_digest: str
    capture: PlaceShape | None


class Revisions(Shape):
    """All states of a release, the first one first."""

    items: list[RevisionShape]


class ChangeShape(Shape):
    """What happened to a release after it was first seen."""

    release: str
    statement: str
    source: str
    url: str
    title: str
    language: str
    said_on: date
    kind: str
    """edited, withdrawn, reinstated, gone, returned, outdated"""
    summary: str
    """What changed, in a line."""
    at: datetime
    """When the site did it, as far as is known."""
    number: int | None
    """Of the revision that came with the change; null where the text did not change."""
    original: str | None
    """Of an outdated translation: the release that was edited."""
    seen_at: datetime
    """When it was found."""


class ChangePage(Shape):
    """Part of the list of changes, the latest seen first."""

    items: list[ChangeShape]
    next_cursor: str | None


class RunShape(Shape):
    """One execution of a source."""

    id: str
    source: str
    state: str
    started_by: str
    slot: str | None
    since: date | None
    until: date | None
    limit: int | None
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None
    counts: dict[str, int]
    error: str | None
    code_version: str


class RunPage(Shape):
    """Part of the list of runs, the latest first."""

    items: list[RunShape]
    next_cursor: str | None


class HealthShape(Shape):
    """The state of a source, as it was last judged."""

    state: str
    reason: str
    since: datetime
    judged_at: datetime


class CoverageDay(Shape):
    """One day of one source: how many were expected, shown, and how each ended."""

    source: str
    day: date
    expected: float
    indexed: int
    fetched: int
    stored: int
    held: int
    failed: int
    missing: int
    gone: int
    skipped: int
    walked: bool


class CoverageShape(Shape):
    """Days in order, also those without anything."""

    items: list[CoverageDay]


class SourceShape(Shape):
    """One section of one site that is crawled, and how it stands."""

    name: str
    title: str
    kind: str
    country: str
    issuers: list[str]
    languages: list[str]
    terms: str
    """Terms of use of its texts, in a sentence."""
    health: HealthShape | None
    """null while nobody has judged it: `communique schedule run` does."""
    last_run: RunShape | None
    addresses: dict[str, int]
    """Addresses in the ledger by state."""
    next_try_at: datetime | None


class Sources(Shape):
    """All sources."""

    items: list[SourceShape]


class HeldCount(Shape):
    """How many records of a source are held back, and why."""

    source: str
    reason: str
    number: int


class HeldCounts(Shape):
    """Records held back."""

    items: list[HeldCount]


class CountShape(Shape):
    """How many there are."""

    number: int
    exact: bool
    """false: at least so many; other counts then are of the latest ones only."""


class FacetsShape(Shape):
    """How many of the statements that a filter finds have each value."""

    total: CountShape
    values: dict[str, dict[str, int]]
    """By dimension (issuer, country, language, source, role, kind, is) and value."""


class BarShape(Shape):
    """A span of time."""

    start: date
    number: int


class VolumeShape(Shape):
    """How many statements were said when; spans without any are left out."""

    by: str
    bars: list[BarShape]
    exact: bool
    """false: only the latest ones were counted."""
