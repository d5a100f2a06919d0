"""web.archive.org, as far as the replica needs it: a CDX index and the replay of captures of its releases.

What the archive took is made from the seed: several captures of each release over the following year, in the
variants that addresses have, with texts that were edited meanwhile. It is as untidy as the real one:
revisits, redirects, bot checks, captures that are lost, gzip that no header tells, times that are not those
asked for.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import threading
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from crawler.replica.addresses import address_of
from crawler.replica.composition import stream
from crawler.replica.exchange import Request, Response, page, redirect
from crawler.replica.faults import FaultKind, Flavour
from crawler.replica.misbehaviour import misbehave
from crawler.replica.server import Site
from crawler.replica.world import World

HOST = "web.archive.org"
INDEX_PATH = "/cdx/search/cdx"
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
LARGEST_ANSWER = 5_000
ON_THE_WAY = 1.0
"""Seconds that an answer may take to reach a client on a busy machine, and to keep it from asking again."""
_PURPOSE = 50
_REPLAY = re.compile(r"/web/(\d{4,14})(id_)?/(.+)", re.DOTALL)
_WITH_VARIANTS = ("mx_sre", "mx_segob", "mx_shcp")


class Taken(StrEnum):
    """What a capture is."""

    PAGE = "page"
    REVISIT = "revisit"
    """The same bytes as an earlier capture; the index tells no status."""
    UNDECLARED_GZIP = "undeclared gzip"
    CHALLENGE = "challenge"
    """A bot check with status 200."""
    NOT_FOUND = "not found"
    REDIRECT = "redirect"
    """From one variant of the address to the other."""
    TO_HOME = "to home"
    """From the page to the site's start page: it was deleted."""
    LOST = "lost"
    """The index shows it, the replay answers 404."""
    DRIFT = "drift"
    """The replay gives another capture of the address, with that one's time."""
    OTHER = "other"
    """No release: a style sheet, an index, another section."""


@dataclass(frozen=True, slots=True)
class Took:
    """One capture in the archive."""

    stamp: str
    url: str
    what: Taken
    release: int = -1
    """Number of the release; -1 for what is none."""
    revision: int = 0
    """Which state of its text was there."""

    @property
    def urlkey(self) -> str:
        """Canonical form by which the index is sorted."""
        return canonical(self.url)


@dataclass(slots=True)
class Behaviour:
    """How the archive behaves; may be changed while it serves."""

    storm_every: int = 0
    """After so many requests comes a storm of 429; 0: never."""
    storm_length: int = 3
    """Requests that a storm answers with 429."""
    retry_after: int = 2
    """Seconds that it asks for."""
    broken_every: int = 0
    """Every so many-th page is answered with 500 the first time; 0: none."""
    widest: int = 0
    """Days that the index can answer for at once; more is a 504. 0: any number."""
    overloaded_every: int = 0
    """Every so many-th request to the index is answered with 504; 0: none."""
    largest_answer: int = LARGEST_ANSWER
    resumes: bool = True
    """Whether it gives resume keys."""


@dataclass(slots=True)
class Ledger:
    """What the archive counted, for tests and measurements."""

    index: list[float] = field(default_factory=list)
    """Monotonic times of requests to the index."""
    replays: list[float] = field(default_factory=list)
    refused: int = 0
    """Requests that were answered with 429."""
    disregarded: int = 0
    """Requests that came although a pause had been asked for, ON_THE_WAY seconds before or longer ago."""


def canonical(url: str) -> str:
    """An address as the index sorts it: host backwards without `www.` and port, then path and query."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}){parts.path.lower() or '/'}{query.lower()}"


class WebArchive:
    """Answers for web.archive.org."""

    def __init__(
        self, world: World, sites: Mapping[str, Site], behaviour: Behaviour, *, faulty: bool = True
    ) -> None:
        self.world = world
        self.behaviour = behaviour
        self.ledger = Ledger()
        self._sites = sites
        self._lock = threading.Lock()
        self._storm = 0
        self._quiet_until = 0.0
        self._broken: set[str] = set()
        took = sorted(
            {each for number in range(len(world)) for each in captures_of(world, number, faulty)}
            | set(_others(world)),
            key=lambda each: (each.urlkey, each.stamp, each.url),
        )
        # One capture for an address and second, as in the real index.
        self.took: list[Took] = list({(each.urlkey, each.stamp): each for each in took}.values())
        self._places = [(each.urlkey, each.stamp) for each in self.took]

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The index, a page, or a refusal."""
        if request.path == "/robots.txt":
            return Response(body=b"User-agent: *\nDisallow:\n", content_type="text/plain")
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        if request.path == INDEX_PATH:
            return self._index(request)
        match = _REPLAY.match(request.target)
        if match is not None:
            return self._replay(match[1], match[3])
        return page("<html><body>Not in this replica</body></html>", 404)

    # Refusals.

    def _refusal(self, request: Request) -> Response | None:
        now = time.monotonic()
        behaviour, ledger = self.behaviour, self.ledger
        with self._lock:
            (ledger.index if request.path == INDEX_PATH else ledger.replays).append(now)
            if now < self._quiet_until:
                # What was on its way when the pause was asked for is no disregard of it.
                late = self._quiet_until - now < behaviour.retry_after - ON_THE_WAY
                ledger.disregarded += late
                return self._too_many()
            number = len(ledger.index) + len(ledger.replays)
            if behaviour.storm_every and number % behaviour.storm_every == 0:
                self._storm = behaviour.storm_length
            if self._storm:
                self._storm -= 1
                self._quiet_until = now + behaviour.retry_after
                return self._too_many()
            if (
                behaviour.broken_every
                and number % behaviour.broken_every == 0
                and request.target not in self._broken
            ):
                self._broken.add(request.target)
                return page("<html><body>Internal error</body></html>", 500)
        return None

    def _too_many(self) -> Response:
        self.ledger.refused += 1
        answer = page("<html><body>429 Too Many Requests</body></html>", 429)
        return answer.header("Retry-After", str(self.behaviour.retry_after))

    # The index.

    def _index(self, request: Request) -> Response:
        since = request.parameter("from", "0").ljust(14, "0")
        until = request.parameter("to", "9").ljust(14, "9")
        days = (_moment(until[:8] + "000000") - _moment(since)).days + 1
        if self.behaviour.widest and days > self.behaviour.widest:
            return page("<html><body>504 Gateway Time-out</body></html>", 504)
        every = self.behaviour.overloaded_every
        if every and len(self.ledger.index) % every == 0:
            return page("<html><body>504 Gateway Time-out</body></html>", 504)
        rows = [
            each
            for each in self._matching(request.parameter("url"), request.parameter("matchType", "exact"))
            if since <= each.stamp <= until
        ]
        resume = request.parameter("resumeKey")
        if resume:
            urlkey, _, stamp = resume.rpartition(" ")
            rows = [each for each in rows if (each.urlkey, each.stamp) > (urlkey, stamp)]
        limit = min(request.number("limit", LARGEST_ANSWER), self.behaviour.largest_answer)
        shown, more = rows[:limit], len(rows) > limit
        fields = request.parameter("fl", ",".join(FIELDS)).split(",")
        table: list[list[str]] = [fields] if shown else []
        table += [[self._field(each, name) for name in fields] for each in shown]
        if more and self.behaviour.resumes and request.parameter("showResumeKey") == "true":
            table += [[], [f"{shown[-1].urlkey} {shown[-1].stamp}"]]
        return Response(body=json.dumps(table).encode(), content_type="application/json")

    def _matching(self, url: str, match: str) -> Iterable[Took]:
        key = canonical(f"http://{url}" if "://" not in url else url)
        if match == "host":
            key = key.partition(")")[0] + ")"
        elif match == "exact":
            return [each for each in self.took if each.urlkey == key]
        first = bisect_left(self._places, (key, ""))
        found = []
        for each in self.took[first:]:
            if not each.urlkey.startswith(key):
                break
            found.append(each)
        return found

    def _field(self, took: Took, name: str) -> str:
        match name:
            case "urlkey":
                return took.urlkey
            case "timestamp":
                return took.stamp
            case "original":
                return took.url
            case "mimetype":
                return "warc/revisit" if took.what is Taken.REVISIT else _mimetype(took)
            case "statuscode":
                return {
                    Taken.REVISIT: "-",
                    Taken.NOT_FOUND: "404",
                    Taken.REDIRECT: "301",
                    Taken.TO_HOME: "302",
                }.get(took.what, "200")
            case "digest":
                return base64.b32encode(
                    hashlib.sha1(self.seed_of(took), usedforsecurity=False).digest()
                ).decode()
            case _:
                return "1000"

    def seed_of(self, took: Took) -> bytes:
        """What the digest is of: equal for captures of equal content."""
        content = took.what in (Taken.PAGE, Taken.REVISIT, Taken.UNDECLARED_GZIP, Taken.DRIFT, Taken.LOST)
        what = "page" if content else f"{took.what}{took.stamp}"
        return f"{took.release} {took.revision} {what} {took.url if took.release < 0 else ''}".encode()

    # The replay.

    def _replay(self, stamp: str, url: str) -> Response:
        took = self._nearest(canonical(url), stamp)
        if took is None or took.what is Taken.LOST:
            return page("<html><body>The Wayback Machine has not archived that URL.</body></html>", 404)
        if took.stamp != stamp:
            return redirect(f"https://{HOST}/web/{took.stamp}id_/{took.url}", 302)
        shown = self._drifted(took) if took.what is Taken.DRIFT else took
        response = self._content(shown)
        response.headers = [
            ("Memento-Datetime", format_datetime(_moment(shown.stamp), usegmt=True)),
            ("X-Archive-Orig-Content-Type", response.content_type),
            *((name, value) for name, value in response.headers if name == "Location"),
        ]
        return response

    def _nearest(self, urlkey: str, stamp: str) -> Took | None:
        first = bisect_left(self._places, (urlkey, ""))
        ours = []
        for each in self.took[first:]:
            if each.urlkey != urlkey:
                break
            ours.append(each)
        wanted = _moment(stamp.ljust(14, "0"))
        return min(ours, key=lambda each: abs(_moment(each.stamp) - wanted), default=None)

    def _drifted(self, took: Took) -> Took:
        """What is given for it: another capture of the same state of the page."""
        first = bisect_left(self._places, (took.urlkey, ""))
        for each in self.took[first:]:
            if each.urlkey != took.urlkey:
                break
            if each.what is Taken.PAGE and each.revision == took.revision:
                return each
        return took

    def _content(self, took: Took) -> Response:
        match took.what:
            case Taken.CHALLENGE:
                return misbehave(FaultKind.CHALLENGE, _get(took.url)) or page("", 200)
            case Taken.NOT_FOUND:
                return page("<html><head><title>404</title></head><body>Not found</body></html>", 404)
            case Taken.REDIRECT:
                target = re.sub(r"^http:", "https:", took.url).replace(":80/", "/")
                return redirect(f"https://{HOST}/web/{took.stamp}id_/{target}", 301)
            case Taken.TO_HOME:
                return redirect(f"https://{HOST}/web/{took.stamp}id_/{_home(took.url)}", 302)
            case Taken.OTHER:
                return Response(body=b"body { margin: 0 }", content_type=_mimetype(took))
        response = self.page_of(took)
        if took.what is Taken.UNDECLARED_GZIP:
            response.body = gzip.compress(response.body, mtime=0)
        return response

    def page_of(self, took: Took) -> Response:
        """The site's own page, in the state in which it was."""
        with self._lock:
            now = self.world.revisions.get(took.release)
            try:
                self.world.revisions[took.release] = took.revision
                url = address_of(self.world, self.world.entry(took.release))
                request = _get(url)
                return self._sites[request.host].answer(request, None)
            finally:
                if now is None:
                    self.world.revisions.pop(took.release, None)
                else:
                    self.world.revisions[took.release] = now

    # What is true.

    def readable(self, sources: Sequence[str]) -> dict[int, int]:
        """How many states of each release can be read from the archive, by the release's number; those of
        which nothing can be read are left out.
        """
        found: dict[int, set[int]] = {}
        for each in self.took:
            good = each.what in (Taken.PAGE, Taken.REVISIT, Taken.UNDECLARED_GZIP, Taken.DRIFT)
            if good and self.world.plan.version(each.release).source in sources:
                found.setdefault(each.release, set()).add(each.revision)
        return {release: len(states) for release, states in found.items()}


def captures_of(world: World, release: int, faulty: bool) -> Iterator[Took]:
    """What the archive took of one release."""
    entry = world.entry(release)
    if entry.withdrawn:
        return
    draws = stream(world.seed, release, _PURPOSE)
    url = address_of(world, entry)
    when = entry.posted_at.astimezone(UTC) + timedelta(
        days=1 + draws.getrandbits(6), seconds=draws.getrandbits(15)
    )
    edited = draws.getrandbits(3) == 0
    fate = draws.getrandbits(6) if faulty else 63
    if fate == 0:
        yield Took(_stamp(when), url, Taken.CHALLENGE, release)
        return
    if fate == 1:
        yield Took(_stamp(when), url, Taken.NOT_FOUND, release)
        return
    if fate in (2, 3):
        yield Took(_stamp(when), url, Taken.CHALLENGE, release)
        when += timedelta(days=5)
    if fate in (4, 5, 6):
        yield Took(_stamp(when), _insecure(url), Taken.REDIRECT, release)
        when += timedelta(hours=3)
    first = Taken.UNDECLARED_GZIP if fate in (7, 8, 9, 10) else Taken.PAGE
    yield Took(_stamp(when), _variant(entry.source, url, draws.getrandbits(2)), first, release)
    for turn in range(draws.getrandbits(2)):
        when += timedelta(days=10 + draws.getrandbits(6), seconds=1)
        revision = 1 if edited and turn > 0 else 0
        again = turn == 0 or (edited and turn > 1)
        what = Taken.REVISIT if again and draws.getrandbits(1) else Taken.PAGE
        if faulty and what is Taken.PAGE and revision == 0 and draws.getrandbits(3) == 0:
            what = Taken.DRIFT if draws.getrandbits(1) else Taken.LOST
        yield Took(_stamp(when), _variant(entry.source, url, draws.getrandbits(2)), what, release, revision)
    if fate in (11, 12):
        yield Took(_stamp(when + timedelta(days=90)), url, Taken.TO_HOME, release)
    if fate == 13:
        yield Took(_stamp(when + timedelta(days=90)), url, Taken.NOT_FOUND, release)


def _others(world: World) -> Iterator[Took]:
    """Captures of what is no release."""
    for release in range(0, len(world), 7):
        entry = world.entry(release)
        base = _home(address_of(world, entry))
        when = _stamp(entry.posted_at.astimezone(UTC) + timedelta(days=2, seconds=release % 60))
        yield Took(when, f"{base}assets/style-{release % 5}.css", Taken.OTHER)


def _variant(source: str, url: str, which: int) -> str:
    """An address as somebody linked to it."""
    if which == 1:
        return _insecure(url)
    if which == 2 and source in _WITH_VARIANTS:
        return f"{url}?idiom=es"
    if which == 3:
        parts = urlsplit(_insecure(url))
        return f"http://{parts.hostname}:80{parts.path}"
    return url


def _insecure(url: str) -> str:
    return re.sub(r"^https:", "http:", url)


def _home(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}"


def _moment(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime(1996, 1, 1, tzinfo=UTC) if stamp < "1996" else datetime(2100, 1, 1, tzinfo=UTC)


def _mimetype(took: Took) -> str:
    return "text/css" if took.what is Taken.OTHER else "text/html"


def _get(url: str) -> Request:
    parts = urlsplit(url)
    return Request(
        "GET", parts.hostname or "", parts.path, (), {}, parts.scheme == "https", parts.path or "/"
    )
