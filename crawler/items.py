"""What travels through the house: items, captures and ledger entries, as frozen dataclasses.

Standard library only, so that every room may import it. Words are those of docs/words.md.
All times are timezone-aware UTC; the zone a site lives in is kept beside them by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class KindOfSource(StrEnum):
    """What a site is to the texts it shows."""

    MINISTRY = "ministry"
    """Speaks for itself."""
    MISSION = "mission"
    """An embassy or consulate: speaks for a ministry, often by re-posting it."""
    MIRROR = "mirror"
    """Re-posts or translates what others said; its dates are its own."""
    ARCHIVE = "archive"
    """Saved files and web archives: no voice of its own."""


class KindOfRelease(StrEnum):
    """What sort of text a release is; a statement holds releases of one kind."""

    COMMUNIQUE = "communique"
    STATEMENT = "statement"
    REMARKS = "remarks"
    TRANSCRIPT = "transcript"
    PRESS_CONFERENCE = "press conference"
    READOUT = "readout"
    SPEECH = "speech"
    ADVISORY = "advisory"
    FACT_SHEET = "fact sheet"


class Role(StrEnum):
    """What a release is within its statement."""

    ORIGINAL = "original"
    TRANSLATION = "translation"
    REPOST = "repost"
    EXCERPT = "excerpt"


class Standing(StrEnum):
    """How binding a translation is."""

    OFFICIAL = "official"
    COURTESY = "courtesy"
    UNOFFICIAL = "unofficial"


class Origin(StrEnum):
    """Where a capture was taken from."""

    LIVE = "live"
    WAYBACK = "wayback"
    COMMONCRAWL = "commoncrawl"
    FILE = "file"


class ReadBy(StrEnum):
    """How the fields of a record were found."""

    RULES = "rules"
    """By the source's own definition."""
    FALLBACK = "fallback"
    """By general extraction (trafilatura, htmldate), because there are no rules or they failed."""


class AddressState(StrEnum):
    """Where an address stands in the ledger; every address ends in one of the last five."""

    DISCOVERED = "discovered"
    """Shown by an index, not fetched yet: this is the frontier."""
    STORED = "stored"
    """Read, and kept as a release."""
    SKIPPED = "skipped"
    """Read, and not a release (a column, a report); the reason is kept. Not fetched again."""
    HELD = "held"
    """Read, but something on it cannot be mapped; the record waits for a person."""
    FAILED = "failed"
    """Not fetched or not readable; the reason and the next try are kept."""
    GONE = "gone"
    """The site says that it no longer exists (404, 410)."""


class FailureKind(StrEnum):
    """Why a page gave no release. Never "no news"."""

    CHALLENGE = "challenge"
    """A bot check was served in place of the page, often with status 200."""
    SOFT_404 = "soft 404"
    """"Not found" said with status 200."""
    ERROR_PAGE = "error page"
    LOGIN_WALL = "login wall"
    EMPTY_LISTING = "empty listing"
    """An index that must have entries has none."""
    FROZEN_LISTING = "frozen listing"
    """The next page of an index shows the same entries again."""
    LAYOUT = "layout changed"
    """No declared layout matches and general extraction finds no text either."""
    HTTP = "http status"
    NETWORK = "network"
    """No connection, TLS failure, time-out, truncated body."""
    REFUSED_ADDRESS = "refused address"
    """The address guard refused: not http(s), or it leads to an address that is not public."""
    ROBOTS = "robots.txt"
    """The site's robots.txt forbids this address."""
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"
    """The bytes are not what they claim to be (broken JSON, no HTML)."""
    STAGE = "stage failed"
    """A pipeline stage raised an error: a defect of ours, shown and tried again."""


SCANNED = "a PDF file of scanned pages, without text"
"""Note of an item without a body: there is something, and it takes a person (or character recognition) to
read it."""
RENDERED_BY = "X-Communique-Rendered-By"
"""Header of a capture that is not what the server sent but what a browser showed: which browser, and whether
it waited in vain."""


@dataclass(frozen=True, slots=True)
class CapturePlace:
    """Where a capture lies in the WARC store."""

    file: str
    """Path of the WARC file, relative to the captures folder, with forward slashes."""
    offset: int
    """Byte offset of the record (its gzip member) in the file."""
    length: int
    """Compressed length of the record in bytes."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetched response: everything that reading may depend on."""

    url: str
    """The address that was asked for."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Response headers in order; names as the server wrote them."""
    body: bytes
    """Payload after Content-Encoding was undone."""
    captured_at: datetime
    """When the response arrived (for an archive: when the archive took it), UTC."""
    origin: Origin = Origin.LIVE
    final_url: str | None = None
    """Where redirects ended, when that differs from url."""
    digest: str | None = None
    """`sha256:` and the hex digest of body."""
    place: CapturePlace | None = None
    """None while the capture is not in the store."""

    def header(self, name: str) -> str | None:
        """The first header of that name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another language version that the publisher itself names."""

    url: str
    language: str | None = None
    """BCP 47 tag as declared by the page; a claim, not a finding."""


@dataclass(frozen=True, slots=True)
class ReleaseItem:
    """What one page says, as it says it: the raw item that spiders yield.

    Nothing here is cleaned. A user's own spider may yield a dict, attrs or pydantic object with the
    same field names instead; only `source`, `url`, `title` and `body` are required then.
    """

    source: str
    """Name of the source, such as `mx_sre`."""
    url: str
    """Address of the release as a reader would open it, absolute."""
    title: str
    body: tuple[str, ...]
    """Paragraphs in reading order, markup removed, otherwise as on the page."""
    key: str | None = None
    """Ledger key of the address (`Source.address_key`); None: derived from url."""
    native_id: str | None = None
    """The publisher's own id, stable and raw ("state_press_release/1234", content id plus locale)."""
    shared_ids: tuple[str, ...] = ()
    """Ids that all language versions of a release share (GOV.UK content id, OAS number)."""
    summary: str | None = None
    language: str | None = None
    """BCP 47 tag that the page or the path declares; checked against the text later."""
    said: str | None = None
    """Raw text of the date when it was said, where the page names it apart from its posting date."""
    said_on: date | None = None
    """`said`, as the definition's rule reads it, in the source's zone."""
    posted: str | None = None
    """Raw text of the date when this site posted it."""
    posted_on: date | None = None
    posted_at: datetime | None = None
    """Exact posting time in UTC, where the page gives a clock time, or the index gives one of that day."""
    issuers: tuple[str, ...] = ()
    """Who speaks, as the page writes it (names, abbreviations); empty: the definition's issuers."""
    kind: str | None = None
    """The site's own label ("Comunicado", "Press Release")."""
    folio: str | None = None
    """Raw number line ("Comunicado No. 56"), where it stands apart from title and text."""
    attribution: str | None = None
    """Foot or source line of a mirror, whole."""
    dateline: str | None = None
    alternates: tuple[Alternate, ...] = ()
    source_links: tuple[str, ...] = ()
    """Addresses that a mirror names as where it took the text from."""
    attachments: tuple[str, ...] = ()
    withdrawn: str | None = None
    """The publisher's own notice of withdrawal."""
    withdrawn_at: datetime | None = None
    modified: str | None = None
    """The publisher's change stamp, raw; compared for equality only."""
    read_by: ReadBy = ReadBy.RULES
    notes: tuple[str, ...] = ()
    """What the reader wants known ("rules failed: title", "date by htmldate")."""
    doubt: str | None = None
    """Why the reader does not vouch for what it found, for a person: the record is held back with it."""
    captured_at: datetime | None = None
    origin: Origin = Origin.LIVE
    capture: CapturePlace | None = None
    capture_digest: str | None = None
    etag: str | None = None
    """Validator of the response, for the ledger: asks the site next time whether anything changed."""
    last_modified: str | None = None
    """Last-Modified of the response, raw; for the ledger as well."""


class ClaimKind(StrEnum):
    """What a publisher says that ties a release to others; each form can be compared for equality.

    An address is written `<source>|<key>` everywhere (`mx_sre|prensa/some-slug`).
    """

    ADDRESS = "address"
    """`<source>|<key>` of the release itself, so that others' claims can find it."""
    ALTERNATE = "alternate"
    """`<source>|<key>` of a language version that the publisher names: equals the other's ADDRESS. Versions
    on hosts that no definition knows are left out."""
    SHARED_ID = "shared id"
    """`<source>|<id>`: an id that all language versions share (GOV.UK content id)."""
    FOLIO = "folio"
    """`<issuer>|<year of said_on>|<number>`: the number without leading zeros, without its label and without
    the year, so that "Comunicado No. 056" and "Press Release No. 056" are equal. The issuer is the body whose
    site it is; on a mirror the first that the copy names."""
    SOURCE_LINK = "source link"
    """`<source>|<key>` of the page that a mirror names as its source: equals the other's ADDRESS."""
    ATTRIBUTION = "attribution"
    """`<issuers>|<day>` by a mirror's foot line: issuer keys sorted and joined by `+`, ISO day
    (`mx.segob+mx.shcp+mx.sre|2017-02-23`). To be compared with issuers and said_on of originals, and with
    the same claim of other mirrors."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One publisher's claim about a release, in a form that can be compared for equality."""

    kind: ClaimKind
    value: str


@dataclass(frozen=True, slots=True)
class Release:
    """One clean text at one address in one language: what is kept. See `ReleaseItem` for raw fields."""

    id: str
    """`r` and 20 hex digits of SHA-256 over source and native id or address key: stable for ever."""
    source: str
    source_kind: KindOfSource
    url: str
    key: str
    """Canonical address key within the source; the ledger's key."""
    native_id: str | None
    language: str
    """BCP 47 primary tag found in the text."""
    kind: KindOfRelease
    kind_raw: str | None
    role_hint: Role
    """What the release says of itself; the role in its statement is decided by linking."""
    standing: Standing | None
    """Only for translations."""
    title: str
    summary: str | None
    body: str
    """Paragraphs separated by one empty line."""
    said_on: date
    said_raw: str | None
    posted_on: date | None
    posted_at: datetime | None
    posted_raw: str | None
    timezone: str
    issuers: tuple[str, ...]
    issuers_raw: tuple[str, ...]
    folio: str | None
    """Number as printed, without its label ("056", "2011/1166")."""
    attribution: str | None
    translator: str | None
    insertions: int
    """Editor's insertions in square brackets, kept in the text and counted."""
    claims: tuple[Claim, ...]
    attachments: tuple[str, ...]
    withdrawn: str | None
    withdrawn_at: datetime | None
    modified: str | None
    read_by: ReadBy
    notes: tuple[str, ...]
    content_digest: str
    """`sha256:` over what a reader would call the text: title, body, days, issuers, withdrawal."""
    signature: bytes
    """MinHash of the body: 128 unsigned 32-bit little-endian values."""
    captured_at: datetime | None
    origin: Origin
    capture: CapturePlace | None
    capture_digest: str | None = None
    etag: str | None = None
    """For the ledger, not part of the text: validator of the response."""
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A record that something kept from being stored, with all that was read."""

    source: str
    url: str
    key: str
    stage: str
    """Name of the stage that held it back."""
    reason: str
    """Short and stable ("unknown issuer", "unreadable date", "language not declared")."""
    detail: str
    """For a person: what was expected, what was found, what to do."""
    item: dict[str, object] = field(default_factory=dict)
    """The raw item as JSON-ready values."""
    capture: CapturePlace | None = None


@dataclass(frozen=True, slots=True)
class Discovered:
    """An address that an index showed; written to the ledger before it is fetched."""

    key: str
    """Canonical address key (`Source.address_key`)."""
    url: str
    """What to fetch: the page, or the record in an API."""
    found_in: str
    """Address of the listing, feed, API answer or page that showed it."""
    posted_on: date | None = None
    """Day by the index, in the source's zone; None when it shows none."""
    title: str | None = None
    language: str | None = None
    kind: str | None = None
    modified: str | None = None
    """Change stamp by the index: a changed stamp makes a known address due again."""
    posted_at: datetime | None = None
    """Exact posting time by the index in UTC, where it shows one."""
    changed_on: date | None = None
    """Day of the last change by the index, in the source's zone: the page was posted then or before."""


@dataclass(frozen=True, slots=True)
class Due:
    """An address to fetch now."""

    key: str
    url: str
    attempts: int = 0
    etag: str | None = None
    last_modified: str | None = None
    title: str | None = None
    kind: str | None = None
    posted_on: date | None = None
    language: str | None = None
    posted_at: datetime | None = None
    """Exact posting time by the index in UTC, where one showed it."""
    kept: bool = False
    """The ledger has it as stored or held: it was wanted once, and is read again whatever the window."""
    read: bool = False
    """The ledger has it as stored, held or skipped: its page was read, crawled or taken in from a file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an address ended that gave no release: skipped, failed or gone. Pipelines say stored and held."""

    key: str
    state: AddressState
    reason: str
    failure: FailureKind | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None
    """Seconds for which the site asked to be left alone: a failed address is not tried again sooner."""
    posted_on: date | None = None
    """Day that the page itself shows, where that is why it was skipped (`OUTSIDE_WINDOW`)."""


OUTSIDE_WINDOW = "outside the window"
"""Reason of a skipped address whose page shows that it was posted on a day that the run did not ask for. It
is due in runs whose window holds that day."""
