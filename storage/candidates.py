"""Which releases could belong together: pairs that share a value, found through indexes.

A tie is no judgement. It says that one release names another's address, that both bear one number or
shared id, that a mirror's foot line names this issuer and day, or that their texts share a band of their
MinHash signatures. Ties are found from both sides, so it does not matter which release came first.

Hubs: a value with more than `cap` holders makes no ties. As long as values only gain holders, whether a
value is a hub follows from what is stored, not from the order of arrival: the moment one more holder makes
a value a hub, its earlier holders are reported as `shaken`, so that their links are judged again. (A value
that stops being a hub because releases were revised counts again from the next full relink on.)
A band that is a hub still ties releases of one day, of which again there may be no more than `cap`.
Releases of one source are tied by bands only within a day: what a site says in the same words every day is a
template, and there are thousands of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, literal, select
from sqlalchemy.orm import aliased

from crawler.items import ClaimKind, KindOfSource, Role
from storage.links import HUB_ABOVE, ReleaseFacts, chunks, load_facts
from storage.tables import BandRow, ClaimRow, ReleaseRow

BAND = "band"
"""Kind of a tie between texts; other ties are named after their claim."""

_POINTING = (ClaimKind.ALTERNATE, ClaimKind.SOURCE_LINK)
"""Claims that hold another release's ADDRESS."""
_SHARED = (ClaimKind.SHARED_ID, ClaimKind.FOLIO)
"""Claims that both releases hold alike."""

# Made once: an alias costs more than the query it stands in.
_MY_CLAIM = aliased(ClaimRow, name="mine")
_OTHER_CLAIMS: tuple[tuple[type[ClaimRow], Any], ...] = (
    (aliased(ClaimRow, name="same"), _MY_CLAIM.kind),
    (aliased(ClaimRow, name="alternate"), ClaimKind.ALTERNATE),
    (aliased(ClaimRow, name="source_link"), ClaimKind.SOURCE_LINK),
)
"""Claims of the same value, and the kind that each must have: its own, then those of _POINTING."""
_MY_BAND, _OTHER_BAND = aliased(BandRow, name="mine"), aliased(BandRow, name="other")
_ME, _THEY = aliased(ReleaseRow, name="me"), aliased(ReleaseRow, name="they")


@dataclass(frozen=True, slots=True)
class Tie:
    """Why two releases are looked at together."""

    kind: str
    """`band`, or a `ClaimKind`."""
    claimant: str
    """The release that points at the other; of equals the smaller id."""
    target: str
    value: str
    """The shared value; empty for bands."""

    @property
    def pair(self) -> tuple[str, str]:
        """Both ids, the smaller first."""
        return (self.claimant, self.target) if self.claimant < self.target else (self.target, self.claimant)


@dataclass(frozen=True, slots=True)
class Hub:
    """A value that was left out because too many releases share it."""

    kind: str
    value: str


@dataclass(slots=True)
class Ties:
    """What a batch of releases is tied to."""

    ties: set[Tie] = field(default_factory=set)
    hubs: set[Hub] = field(default_factory=set)
    shaken: set[str] = field(default_factory=set)
    """Earlier releases that lose a tie because a value has just become a hub."""


def attributed(value: str) -> tuple[frozenset[str], date] | None:
    """Issuers and day of an ATTRIBUTION claim (`mx.sre+mx.segob|2017-02-23`); None when it is not one."""
    issuers, _, day = value.rpartition("|")
    try:
        return frozenset(issuers.split("+")), date.fromisoformat(day)
    except ValueError:
        return None


def find_ties(connection: Connection, facts: Mapping[str, ReleaseFacts], cap: int = HUB_ABOVE) -> Ties:
    """Everything that these releases (a few hundred at most) are tied to, among all that are stored."""
    found = Ties()
    if facts:
        claims = _own_claims(connection, facts, cap, found)
        _tie_by_claims(connection, facts, claims, found)
        _tie_by_attribution(connection, facts, claims, cap, found)
        _tie_by_bands(connection, facts, cap, found)
        found.shaken -= set(facts)
    return found


def _own_claims(
    connection: Connection, facts: Collection[str], cap: int, found: Ties
) -> list[tuple[str, ClaimKind, str]]:
    """Claims of the batch; notes the hubs among the values, and whom they shake."""
    mine = _MY_CLAIM
    columns = [
        select(literal(1)).where(other.value == mine.value, other.kind == kind).limit(1).offset(cap)
        for other, kind in _OTHER_CLAIMS
    ]
    claims: list[tuple[str, ClaimKind, str]] = []
    query = select(mine.release_id, mine.kind, mine.value, *(each.scalar_subquery() for each in columns))
    for release, kind_name, value, as_same, *as_pointing in connection.execute(
        query.where(mine.release_id.in_(facts))
    ):
        kind = ClaimKind(kind_name)
        claims.append((release, kind, value))
        if as_same and kind in (*_POINTING, *_SHARED):
            found.hubs.add(Hub(kind, value))
        if kind is ClaimKind.ADDRESS:
            found.hubs |= {
                Hub(each, value) for each, many in zip(_POINTING, as_pointing, strict=True) if many
            }
    for hub in found.hubs:
        holders = select(ClaimRow.release_id).where(ClaimRow.kind == hub.kind, ClaimRow.value == hub.value)
        earlier = set(connection.scalars(holders.limit(cap + 1 + len(facts)))) - set(facts)
        if len(earlier) <= cap:
            found.shaken |= earlier
    return claims


def _tie_by_claims(
    connection: Connection,
    facts: Collection[str],
    claims: Sequence[tuple[str, ClaimKind, str]],
    found: Ties,
) -> None:
    """Addresses named by others, shared ids, numbers."""
    wanted: dict[ClaimKind, set[str]] = defaultdict(set)
    """Kind to look for -> values."""
    for _, kind, value in claims:
        if kind is ClaimKind.ADDRESS:
            for each in _POINTING:
                wanted[each].add(value)
        elif kind in _POINTING:
            wanted[ClaimKind.ADDRESS].add(value)
        elif kind in _SHARED:
            wanted[kind].add(value)
    for hub in found.hubs:
        wanted[ClaimKind(hub.kind)].discard(hub.value)
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_values: dict[frozenset[str], list[ClaimKind]] = defaultdict(list)
    for kind, values in wanted.items():
        if values:
            by_values[frozenset(values)].append(kind)
    for values_of, kinds in by_values.items():
        for some in chunks(values_of):
            query = select(ClaimRow.release_id, ClaimRow.kind, ClaimRow.value).where(
                ClaimRow.value.in_(some), ClaimRow.kind.in_(kinds)
            )
            for release, kind_name, value in connection.execute(query):
                holders[kind_name, value].add(release)
    for release, kind, value in claims:
        if kind is ClaimKind.ADDRESS:
            for each in _POINTING:
                for claimant in holders[each, value] - {release}:
                    found.ties.add(Tie(each, claimant, release, value))
        elif kind in _POINTING and Hub(kind, value) not in found.hubs:
            for target in holders[ClaimKind.ADDRESS, value] - {release}:
                found.ties.add(Tie(kind, release, target, value))
        elif kind in _SHARED:
            for other in holders[kind, value] - {release}:
                found.ties.add(Tie(kind, min(release, other), max(release, other), value))


def _tie_by_attribution(
    connection: Connection,
    facts: Mapping[str, ReleaseFacts],
    claims: Iterable[tuple[str, ClaimKind, str]],
    cap: int,
    found: Ties,
) -> None:
    """Foot lines, and the originals of the issuers and the day that they name.

    The value lists all issuers, of which an original may name one, so it cannot be looked up from the
    original's side. But a foot line's day is also the day that its release was said on.
    """
    attributions: dict[tuple[str, str], tuple[frozenset[str], date]] = {}
    """(claimant, value) -> issuers and day."""
    for release, kind, value in claims:
        parsed = attributed(value) if kind is ClaimKind.ATTRIBUTION else None
        if parsed is not None and parsed[1] == facts[release].said_on:
            attributions[release, value] = parsed
    days_of_originals = {each.said_on for each in facts.values() if each.speaks}
    for some in chunks(days_of_originals):
        query = (
            select(ReleaseRow.id, ReleaseRow.said_on, ClaimRow.value)
            .join(ClaimRow, ClaimRow.release_id == ReleaseRow.id)
            .where(ReleaseRow.said_on.in_(some), ClaimRow.kind == ClaimKind.ATTRIBUTION)
        )
        for release, day, value in connection.execute(query):
            parsed = attributed(value)
            if parsed is not None and parsed[1] == day:
                attributions[release, value] = parsed
    speakers = _speakers(connection, {day for _, day in attributions.values()})
    for (claimant, value), (issuers, day) in attributions.items():
        targets = {each for each, named in speakers.get(day, ()) if issuers & named and each != claimant}
        if len(targets) > cap:
            found.hubs.add(Hub(ClaimKind.ATTRIBUTION, value))
            if len(targets - set(facts)) <= cap:
                found.shaken.add(claimant)
            continue
        found.ties |= {
            Tie(ClaimKind.ATTRIBUTION, claimant, target, value)
            for target in targets
            if target in facts or claimant in facts
        }


def _speakers(connection: Connection, days: Collection[date]) -> dict[date, list[tuple[str, frozenset[str]]]]:
    """Releases in their issuers' own voice, by day."""
    found: dict[date, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for some in chunks(days):
        query = select(ReleaseRow.id, ReleaseRow.said_on, ReleaseRow.issuers).where(
            ReleaseRow.said_on.in_(some),
            ReleaseRow.role_hint == Role.ORIGINAL,
            ReleaseRow.source_kind.in_((KindOfSource.MINISTRY, KindOfSource.MISSION)),
        )
        for release, day, issuers in connection.execute(query):
            found[day].append((release, frozenset(issuers)))
    return found


def _tie_by_bands(connection: Connection, facts: Mapping[str, ReleaseFacts], cap: int, found: Ties) -> None:
    """Releases whose MinHash signatures share a band."""
    mine, other = _MY_BAND, _OTHER_BAND
    shared = select(literal(1)).where(other.value == mine.value, other.release_id != mine.release_id).limit(1)
    many = select(literal(1)).where(other.value == mine.value).limit(1).offset(cap)
    query = select(mine.release_id, mine.value, many.scalar_subquery()).where(
        mine.release_id.in_(facts), shared.scalar_subquery().is_not(None)
    )
    sharing: dict[int, set[str]] = defaultdict(set)
    """Value that another release has too -> releases of this batch that have it."""
    crowded: dict[int, set[str]] = defaultdict(set)
    """The same of values that are hubs."""
    for release, value, hub in connection.execute(query):
        (crowded if hub else sharing)[value].add(release)
    pairs: set[tuple[str, str]] = set()
    for some in chunks(sharing):
        holders = (
            select(BandRow.value, ReleaseRow.id, ReleaseRow.source, ReleaseRow.said_on)
            .join(ReleaseRow, ReleaseRow.id == BandRow.release_id)
            .where(BandRow.value.in_(some))
        )
        for value, holder, source, day in connection.execute(holders):
            for release in sharing[value]:
                own = facts[release]
                if release != holder and (source != own.source or day == own.said_on):
                    pairs.add((min(release, holder), max(release, holder)))
    if crowded:
        found.hubs |= {Hub(BAND, str(value)) for value in crowded}
        found.shaken |= _shaken_by_bands(connection, facts, crowded, cap)
        pairs |= _pairs_of_a_day(connection, facts, crowded, cap, found)
    found.ties |= {Tie(BAND, left, right, "") for left, right in pairs}


def _shaken_by_bands(
    connection: Connection, facts: Collection[str], crowded: Collection[int], cap: int
) -> set[str]:
    """Holders of the bands that are hubs only since this batch."""
    mine, other = _MY_BAND, _OTHER_BAND
    before = select(literal(1)).where(other.value == mine.value, other.release_id.not_in(facts))
    fresh = select(mine.value).where(
        mine.release_id.in_(facts),
        mine.value.in_(crowded),
        before.limit(1).offset(cap).scalar_subquery().is_(None),
    )
    values = set(connection.scalars(fresh))
    holders = select(BandRow.release_id)
    return {
        each for some in chunks(values) for each in connection.scalars(holders.where(BandRow.value.in_(some)))
    }


def _pairs_of_a_day(
    connection: Connection,
    facts: Collection[str],
    crowded: Mapping[int, set[str]],
    cap: int,
    found: Ties,
) -> set[tuple[str, str]]:
    """Among the holders of hub bands, the pairs said on one day; notes the hubs and whom they shake."""
    mine, theirs, me, they = _MY_BAND, _OTHER_BAND, _ME, _THEY
    same_day: dict[tuple[int, date], set[str]] = defaultdict(set)
    query = (
        select(mine.value, me.said_on, theirs.release_id)
        .select_from(mine)
        .join(me, me.id == mine.release_id)
        .join(they, they.said_on == me.said_on)
        .join(theirs, (theirs.release_id == they.id) & (theirs.band == mine.band))
        .where(
            mine.release_id.in_({each for releases in crowded.values() for each in releases}),
            # By way of the day. The sum hides the index on values, which would walk through the whole hub.
            theirs.value + 0 == mine.value,
        )
    )
    for value, day, release in connection.execute(query):
        if value in crowded:
            same_day[value, day].add(release)
    pairs: set[tuple[str, str]] = set()
    for (value, day), holders in same_day.items():
        if len(holders) > cap:
            found.hubs.add(Hub(BAND, f"{value} on {day}"))
            if len(holders - set(facts)) <= cap:
                found.shaken |= holders
            continue
        for release in crowded[value] & holders:
            pairs |= {(min(release, other), max(release, other)) for other in holders - {release}}
    return pairs


def facts_of(connection: Connection, ids: Collection[str]) -> dict[str, ReleaseFacts]:
    """Facts of releases that must be stored. Raises LookupError naming those that are not."""
    facts = load_facts(connection, ids)
    missing = sorted(set(ids) - set(facts))
    if missing:
        raise LookupError(f"releases to be linked are not stored: {', '.join(missing[:5])}: save them first")
    return facts
