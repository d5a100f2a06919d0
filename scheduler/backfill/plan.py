"""What a backfill will ask for: the days that nothing covers, in windows, and what that costs before it
starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from crawler.archives.archive import Archive
from crawler.archives.budget import Pace
from crawler.archives.cdx import MOST_ROWS
from crawler.archives.queries import queries_of
from crawler.declare import Discovery, Numbers
from crawler.items import Origin
from crawler.source import Source
from crawler.spiders.arguments import Window
from crawler.spiders.indexes import indexes_of
from scheduler.backfill.days import Span, Unit, common, cut, holes, number_of_days, union
from storage import backfills
from storage.archives import OPEN, reopen_outside

LATE = timedelta(days=366)
"""How long after a release was posted its first captures are looked for, unless the person says otherwise."""
_ENTRIES = 10
"""Releases on a page of an index, where nothing says how many."""
_CAPTURES = 10
"""Rows of an archive's index for one release, guessed: captures of it, and what else has such an address."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for."""

    since: date
    until: date
    origins: tuple[Origin, ...] | None
    """In this order; None: as each definition says."""
    archive: Archive
    captured_until: date
    """Last day of captures that are looked at."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What asking takes, before anything was asked."""

    index_requests: int = 0
    pages: int = 0
    seconds: float = 0.0
    """Of waiting for turns, when nobody else asks the same host."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.index_requests + other.index_requests,
            self.pages + other.pages,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be asked of one source in one origin."""

    source: str
    origin: Origin
    archive: str
    """Empty for the site."""
    host: str
    """Who is asked: parts with one host take turns."""
    since: date
    until: date
    days: int
    covered: int
    """Days of these that need nothing."""
    windows: tuple[Span, ...]
    """To be asked for."""
    waiting: int = 0
    """Addresses that the archive showed already and that are still to be asked for."""
    cost: Cost = field(default_factory=Cost)


def origins_of(source: type[Source], wish: Wish) -> tuple[Origin, ...]:
    """Where the source's history is looked for, in order."""
    if wish.origins is not None:
        return wish.origins
    return tuple(each.origin for each in source.origins)


def parts_of(connection: Connection, source: type[Source], wish: Wish, pace: Pace) -> list[Part]:
    """What is missing of a source; changes nothing."""
    return [
        _site(connection, source, wish) if origin is Origin.LIVE else _archive(connection, source, wish, pace)
        for origin in origins_of(source, wish)
    ]


def open_up(connection: Connection, part: Part, wish: Wish) -> None:
    """Make the windows of a part, so that they are there whatever happens."""
    now = datetime.now(UTC)
    backfills.open_windows(connection, part.source, part.origin, part.archive, part.windows, now)
    if part.origin is not Origin.LIVE:
        reopen_outside(connection, part.source, part.archive, wish.since, wish.until)


def hours(parts: Sequence[Part]) -> float:
    """How long all of it takes: hosts are asked side by side, one host by one source after the other."""
    by_host: dict[str, float] = {}
    for part in parts:
        by_host[part.host] = by_host.get(part.host, 0.0) + part.cost.seconds
    return max(by_host.values(), default=0.0) / 3600


def unit_of(source: type[Source]) -> Unit:
    """The smallest windows that ask for no index page twice."""
    units = [_unit(each) for each in source.discoveries()]
    return max(units, key=list(Unit).index, default=Unit.WHOLE)


def _unit(discovery: Discovery) -> Unit:
    if isinstance(discovery, Numbers):
        return Unit.WHOLE
    by_day = discovery.since is not None or "{since}" in discovery.url
    ends = discovery.until is not None or "{until}" in discovery.url
    if discovery.pages.kind == "months" or (by_day and ends):
        return Unit.MONTH
    return Unit.YEAR if discovery.pages.kind == "years" else Unit.WHOLE


def _site(connection: Connection, source: type[Source], wish: Wish) -> Part:
    today = datetime.now(source.zone()).date()
    since, until = max(wish.since, source.archive_from), min(wish.until, today)
    covered = _covered_by_site(connection, source, since, until)
    missing = holes(since, until, covered) if since <= until else []
    spans = tuple(cut(missing, unit_of(source)))
    days = max(0, (until - since).days + 1)
    return Part(
        source.name,
        Origin.LIVE,
        "",
        source.hosts[0],
        since,
        until,
        days,
        days - number_of_days(missing),
        spans,
        cost=_cost_of_site(connection, source, spans),
    )


def _covered_by_site(connection: Connection, source: type[Source], since: date, until: date) -> list[Span]:
    names = _index_names(source)
    walked = backfills.walked_spans(connection, source.name, source.archive_from)
    covered = common([walked.get(name, []) for name in names])
    covered += backfills.done_spans(connection, source.name, Origin.LIVE, "")
    unfinished = backfills.unfinished_days(connection, source.name, since, until, datetime.now(UTC))
    for day in unfinished:
        covered = [span for each in covered for span in holes(*each, [(day, day)])]
    return union(covered)


def _index_names(source: type[Source]) -> list[str]:
    today = datetime.now(UTC).date()
    names: list[str] = []
    for discovery in source.discoveries():
        if isinstance(discovery, Numbers):
            names.append(discovery.url)
        else:
            names += [index.name for index in indexes_of(source, discovery, Window(), today)]
    return names


def _releases(source: type[Source], days: int) -> int:
    """How many releases are expected on so many days."""
    return round((source.expect.at_least + source.expect.at_most) / 2 * days / 7)


def _cost_of_site(connection: Connection, source: type[Source], spans: Sequence[Span]) -> Cost:
    if not spans:
        return Cost()
    known = sum(backfills.count_known(connection, source.name, *span) for span in spans)
    pages = max(0, _releases(source, number_of_days(spans)) - known)
    index = len(spans) * len(_index_names(source)) + _releases(source, number_of_days(spans)) // _ENTRIES
    return Cost(index, pages, (index + pages) * source.polite.delay)


def _archive(connection: Connection, source: type[Source], wish: Wish, pace: Pace) -> Part:
    now = datetime.now(UTC)
    since, until = wish.since, min(wish.captured_until, now.date())
    name = wish.archive.name
    done = backfills.done_spans(connection, source.name, Origin.WAYBACK, name)
    inside = backfills.windows(connection, source.name, Origin.WAYBACK, name, since, until)
    opened = [each.span for each in inside if each.state == OPEN]
    missing = holes(since, until, [*done, *opened]) if since <= until else []
    # The index of an archive is in order of addresses: for a year it is read as far as for twenty.
    spans = tuple(sorted([*cut(missing, Unit.WHOLE), *opened]))
    captures = backfills.count_captures(connection, source.name, name, since, until, now)
    rows = _releases(source, number_of_days(spans)) * _CAPTURES
    index = len(spans) * len(queries_of(source)) + rows // MOST_ROWS
    pages = captures.waiting
    if spans:
        wanted = number_of_days([(max(each[0], since), min(each[1], wish.until)) for each in spans
                                 if each[0] <= wish.until])  # fmt: skip
        pages += _releases(source, wanted)
    days = max(0, (until - since).days + 1)
    return Part(
        source.name,
        Origin.WAYBACK,
        name,
        wish.archive.host,
        since,
        until,
        days,
        days - number_of_days(union(spans)),
        spans,
        captures.waiting,
        Cost(index, pages, index * pace.index + pages * pace.replay),
    )
