"""Which statements there are: families of releases, days, posting times, numbers. No texts.

Statement 0 is the newest; numbers go back in time. The plan of 20,000 releases is a few compact arrays
(under 1 MB); everything else is made when a page is asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from crawler.items import Role, Standing
from crawler.replica.composition import stream

SOURCES = ("mx_sre", "mx_segob", "mx_shcp", "mexidata", "us_state", "us_dhs", "uk_fcdo", "ca_gac")
ZONES = {
    "mx_sre": ZoneInfo("America/Mexico_City"),
    "mx_segob": ZoneInfo("America/Mexico_City"),
    "mx_shcp": ZoneInfo("America/Mexico_City"),
    "mexidata": ZoneInfo("America/Los_Angeles"),
    "us_state": ZoneInfo("America/New_York"),
    "us_dhs": ZoneInfo("America/New_York"),
    "uk_fcdo": ZoneInfo("Europe/London"),
    "ca_gac": ZoneInfo("America/Toronto"),
}

_ORIGINAL = (Role.ORIGINAL, None)
_REPOST = (Role.REPOST, None)
_OFFICIAL = (Role.TRANSLATION, Standing.OFFICIAL)
_COURTESY = (Role.TRANSLATION, Standing.COURTESY)
_UNOFFICIAL = (Role.TRANSLATION, Standing.UNOFFICIAL)


@dataclass(frozen=True, slots=True)
class Version:
    """One release of a statement: where, in which language, as what."""

    source: str
    language: str
    part: tuple[Role, Standing | None]


@dataclass(frozen=True, slots=True)
class Family:
    """A pattern of versions that statements follow; `weight` is how often, among all statements."""

    name: str
    weight: int
    issuers: tuple[str, ...]
    versions: tuple[Version, ...]


def _family(
    name: str, weight: int, issuers: str, *versions: tuple[str, str, tuple[Role, Standing | None]]
) -> Family:
    return Family(name, weight, tuple(issuers.split()), tuple(Version(*each) for each in versions))


_SRE = ("mx_sre", "es", _ORIGINAL)
_JOINT = (_SRE, ("mx_segob", "es", _REPOST), ("mx_shcp", "es", _REPOST))
_MIRROR = ("mexidata", "en", _UNOFFICIAL)
_THREE = "mx.sre mx.segob mx.shcp"

FAMILIES = (
    _family("sre", 9, "mx.sre", _SRE),
    _family("segob", 6, "mx.segob", ("mx_segob", "es", _ORIGINAL)),
    _family("shcp", 4, "mx.shcp", ("mx_shcp", "es", _ORIGINAL)),
    _family("sre_official", 6, "mx.sre", _SRE, ("mx_sre", "en", _OFFICIAL)),
    _family("sre_mirrored", 4, "mx.sre", _SRE, _MIRROR),
    _family("segob_mirrored", 2, "mx.segob", ("mx_segob", "es", _ORIGINAL), _MIRROR),
    _family("shcp_mirrored", 2, "mx.shcp", ("mx_shcp", "es", _ORIGINAL), _MIRROR),
    _family("sre_both", 2, "mx.sre", _SRE, ("mx_sre", "en", _OFFICIAL), ("mexidata", "en", _OFFICIAL)),
    _family("joint", 3, _THREE, *_JOINT),
    _family("joint_mirrored", 4, _THREE, *_JOINT, _MIRROR),
    _family("state", 14, "us.state", ("us_state", "en", _ORIGINAL)),
    _family("state_translated", 6, "us.state", ("us_state", "en", _ORIGINAL), ("us_state", "es", _COURTESY)),
    _family("state_dhs", 3, "us.state us.dhs", ("us_state", "en", _ORIGINAL), ("us_dhs", "en", _REPOST)),
    _family("dhs", 9, "us.dhs", ("us_dhs", "en", _ORIGINAL)),
    _family("uk", 9, "gb.fcdo", ("uk_fcdo", "en", _ORIGINAL)),
    _family("uk_es", 2, "gb.fcdo", ("uk_fcdo", "en", _ORIGINAL), ("uk_fcdo", "es", _OFFICIAL)),
    _family("uk_ar", 2, "gb.fcdo", ("uk_fcdo", "en", _ORIGINAL), ("uk_fcdo", "ar", _OFFICIAL)),
    _family(
        "uk_both",
        1,
        "gb.fcdo",
        ("uk_fcdo", "en", _ORIGINAL),
        ("uk_fcdo", "es", _OFFICIAL),
        ("uk_fcdo", "ar", _OFFICIAL),
    ),
    _family("ca", 12, "ca.gac", ("ca_gac", "en", _ORIGINAL), ("ca_gac", "fr", _ORIGINAL)),
    # Not drawn: the first statement of every Tuesday, Wednesday and Thursday.
    _family("exchange", 0, "mx.shcp", ("mx_shcp", "es", _ORIGINAL)),
)
_BY_NAME = {family.name: number for number, family in enumerate(FAMILIES)}
_BOUNDS = tuple(accumulate(family.weight for family in FAMILIES))
EXCHANGE = _BY_NAME["exchange"]
FOLLOWABLE = {_BY_NAME[name] for name in ("sre", "segob", "state", "dhs", "uk")}
"""Families with look-alike follow-ups: one release, no translation."""

FIRST_MIRROR_NUMBER = 4403
"""Number of the mirror's oldest page (`id4403.html`): the oldest that the definition asks for."""
MOST_CANADIAN = 1000
"""The news API shows no more than this in a language."""
MIRROR_GAP, MIRROR_COLUMN, MIRROR_REPORT = -1, -2, -3
"""What stands at a mirror number that is no release."""


def mirror_monday(said_on: date) -> date:
    """The Monday of the weekly issue in which the mirror shows a text of that day: two days later or more."""
    earliest = said_on + timedelta(days=2)
    return earliest + timedelta(days=-earliest.weekday() % 7)


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


class Plan:
    """The skeleton of a world: statements, releases, order per source, folios, mirror numbers."""

    def __init__(self, releases: int, seed: int, end: date, step: int = 1) -> None:
        if releases < 1:
            raise ValueError(f"a world needs at least one release, not {releases}")
        self.seed = seed
        self.end = end
        self._step = timedelta(days=step)
        """From one day with statements to the one before: few releases may fill many years."""
        self.family = array("B")
        self.day = array("i")
        """Per statement: ordinal of the day when it was said."""
        self.first = array("i")
        """Per statement: its first release."""
        self.statement = array("i")
        """Per release: its statement."""
        self.posted = array("i")
        """Per release: minutes since 1970, UTC."""
        self.folio = array("H")
        """Per release: its number in agency and year, 0 for none."""
        self._canadian = 0
        self._draw(releases)
        self.order = self._sort()
        self._number()
        self.mirror = self._bind_mirror()

    def _draw(self, wanted: int) -> None:
        day = self.end
        while len(self.statement) < wanted:
            draws = stream(self.seed, day.toordinal(), 2)
            busy = day.weekday() < 5
            quota = 3 + draws.getrandbits(8) % 6 if busy else 1 + draws.getrandbits(8) % 2
            if day == self.end:
                quota = max(quota, 5)
            made = 0
            template = day.weekday() in (1, 2, 3)
            while made < quota and len(self.statement) < wanted:
                family = EXCHANGE if template else bisect_right(_BOUNDS, draws.getrandbits(24) % _BOUNDS[-1])
                template = False
                made += self._add(family, day, wanted - len(self.statement))
            day -= self._step

    def _add(self, family: int, day: date, room: int) -> int:
        versions = FAMILIES[family].versions
        unmirrored = {"sre_mirrored": "sre", "segob_mirrored": "segob", "shcp_mirrored": "shcp"}
        unmirrored |= {"sre_both": "sre_official", "joint_mirrored": "joint"}
        name = FAMILIES[family].name
        if name in unmirrored and mirror_monday(day) > self.end:
            family = _BY_NAME[unmirrored[name]]
            versions = FAMILIES[family].versions
        if FAMILIES[family].name == "ca":
            if self._canadian == MOST_CANADIAN:
                family = _BY_NAME["dhs"]
                versions = FAMILIES[family].versions
            self._canadian += len(versions) == 2
        if len(versions) > room:
            # The last statements are single ones, so that the total is exact.
            family = _BY_NAME["sre"]
            versions = FAMILIES[family].versions
        number = len(self.family)
        self.family.append(family)
        self.day.append(day.toordinal())
        self.first.append(len(self.statement))
        draws = stream(self.seed, number, 3)
        clock = 9 * 60 + draws.getrandbits(16) % 600
        if draws.getrandbits(5) == 0 and versions[0].source == "us_state":
            # Late in the evening in Washington is the next day in UTC.
            clock = 20 * 60 + 30 + draws.getrandbits(6)
        for version in versions:
            self.statement.append(number)
            self.folio.append(0)
            late = 0
            if version.part is _COURTESY:
                # Translations are posted up to two days after their originals.
                late = min(draws.getrandbits(4) % 3, (self.end - day).days)
            self.posted.append(self._clock(version.source, day + timedelta(days=late), clock))
            if version.source != "ca_gac":
                # One after the other, so that it is clear which copy came first.
                clock += 1 + draws.getrandbits(5)
        return len(versions)

    @staticmethod
    def _clock(source: str, day: date, clock: int) -> int:
        if source == "mexidata":
            day, clock = mirror_monday(day), 8 * 60
        moment = datetime.combine(day, time(clock // 60, clock % 60), ZONES[source])
        return _minutes(moment.astimezone(UTC))

    def version(self, release: int) -> Version:
        """Which version of its statement a release is."""
        number = self.statement[release]
        return FAMILIES[self.family[number]].versions[release - self.first[number]]

    def said_on(self, number: int) -> date:
        """The day of a statement."""
        return date.fromordinal(self.day[number])

    def posted_at(self, release: int) -> datetime:
        """When a release was posted, UTC."""
        return datetime.fromtimestamp(self.posted[release] * 60, UTC)

    def releases_of(self, number: int) -> range:
        """The releases of a statement."""
        last = self.first[number + 1] if number + 1 < len(self.first) else len(self.statement)
        return range(self.first[number], last)

    def base_of(self, number: int) -> int | None:
        """The earlier statement that this one follows up, if it does: one in sixteen of its kind."""
        if self.family[number] not in FOLLOWABLE or stream(self.seed, number, 4).getrandbits(4):
            return None
        for older in range(number + 1, min(number + 60, len(self.family))):
            if self.family[older] == self.family[number]:
                return older
        return None

    def _sort(self) -> dict[str, array[int]]:
        lists: dict[str, list[int]] = {source: [] for source in SOURCES}
        for release in range(len(self.statement)):
            lists[self.version(release).source].append(release)
        return {
            source: array("i", sorted(found, key=lambda release: (-self.posted[release], release)))
            for source, found in lists.items()
        }

    def _number(self) -> None:
        """Give folios: per agency and year from 1, in posting order; English takes its original's."""
        counts: Counter[tuple[str, int]] = Counter()
        for source in ("mx_sre", "mx_segob", "mx_shcp"):
            for release in reversed(self.order[source]):
                number = self.statement[release]
                joint_without = source == "mx_segob" and len(FAMILIES[self.family[number]].issuers) > 1
                if self.version(release).language != "es" or self.family[number] == EXCHANGE or joint_without:
                    continue
                year = self.said_on(number).year
                counts[source, year] += 1
                self.folio[release] = counts[source, year]
        for release in self.order["mx_sre"]:
            if self.version(release).language == "en":
                self.folio[release] = self.folio[self.first[self.statement[release]]]

    def _bind_mirror(self) -> array[int]:
        """What stands at each mirror number, oldest first: releases between columns, reports and gaps."""
        bound = array("i")
        issue = 0
        for release in reversed(self.order["mexidata"]):
            if self.posted[release] != issue:
                issue = self.posted[release]
                draws = stream(self.seed, issue, 5)
                bound.extend([MIRROR_COLUMN] * (1 + draws.getrandbits(1)))
                if draws.getrandbits(2) == 0:
                    bound.append(MIRROR_REPORT)
            bound.extend([MIRROR_GAP] * (stream(self.seed, release, 6).getrandbits(3) // 6))
            bound.append(release)
        return bound
