"""The true world behind the replica: statements and their releases, made from a seed when asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from crawler.items import KindOfRelease, Role
from crawler.replica.composition import Composer, Outline, edited, following, outline, stream
from crawler.replica.exchange_rate import exchange_body, exchange_title
from crawler.replica.plan import EXCHANGE, FAMILIES, FIRST_MIRROR_NUMBER, ZONES, Plan

DEFAULT_END = date(2026, 10, 30)

_JOINT = ("mx.sre", "mx.segob", "mx.shcp")
_SPEAKERS: dict[tuple[tuple[str, ...], str], tuple[str, str]] = {
    (("mx.sre",), "es"): ("la Secretaría de Relaciones Exteriores", "SRE"),
    (("mx.sre",), "en"): ("the Ministry of Foreign Affairs", "Mexico"),
    (("mx.segob",), "es"): ("la Secretaría de Gobernación", "SEGOB"),
    (("mx.segob",), "en"): ("the Secretariat of the Interior", "Mexico"),
    (("mx.shcp",), "es"): ("la Secretaría de Hacienda y Crédito Público", "SHCP"),
    (("mx.shcp",), "en"): ("the Ministry of Finance", "Mexico"),
    (_JOINT, "es"): ("el grupo de trabajo SRE-SEGOB-SHCP", "México"),
    (_JOINT, "en"): ("the SRE-SEGOB-SHCP working group", "Mexico"),
    (("us.state",), "en"): ("the Department of State", "the United States"),
    (("us.state",), "es"): ("el Departamento de Estado", "Estados Unidos"),
    (("us.state", "us.dhs"), "en"): (
        "the interagency task force of State and Homeland Security",
        "the United States",
    ),
    (("us.dhs",), "en"): ("the Department of Homeland Security", "DHS"),
    (("gb.fcdo",), "en"): ("the Foreign, Commonwealth and Development Office", "UK"),
    (("gb.fcdo",), "es"): ("el Ministerio de Asuntos Exteriores británico", "Reino Unido"),
    (("gb.fcdo",), "ar"): ("وزارة الخارجية البريطانية", "المملكة المتحدة"),
    (("ca.gac",), "en"): ("Global Affairs Canada", "Canada"),
    (("ca.gac",), "fr"): ("Affaires mondiales Canada", "le Canada"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What listings know of a release: everything but its text."""

    number: int
    source: str
    language: str
    title: str
    slug: str
    said_on: date
    posted_at: datetime
    local: datetime
    """`posted_at` in the site's zone."""
    folio: int
    family: str
    kind: KindOfRelease
    revision: int
    withdrawn: bool
    changed_at: datetime
    """Last change (edit or withdrawal); `posted_at` as long as there was none."""


_FOLD = re.compile(r"[^a-z0-9]+")


def slugify(title: str, number: int) -> str:
    """An address part from a headline (at most twelve words), ending in the release's number."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode("ascii")
    words = _FOLD.sub("-", plain).strip("-").split("-")[:12]
    return "-".join([*(word for word in words if word), str(number)])


class World:
    """A world of `releases` releases: pure from seed and numbers, but for edits and withdrawals."""

    def __init__(self, releases: int, seed: int, end: date = DEFAULT_END, step: int = 1) -> None:
        self.plan = Plan(releases, seed, end, step)
        self.seed = seed
        self.revisions: dict[int, int] = {}
        self.withdrawals: dict[int, int] = {}
        """Release -> tick at which it was withdrawn."""
        self.changes: list[int] = []
        """Releases in the order in which they were edited or withdrawn since the start."""
        self._ticks: dict[int, int] = {}
        self._outline = lru_cache(maxsize=64)(self._make_outline)
        self._entry = lru_cache(maxsize=512)(self._make_entry)

    def __len__(self) -> int:
        """Number of releases."""
        return len(self.plan.statement)

    @property
    def now(self) -> datetime:
        """The end of the history: nothing is posted later, changes are stamped from here on."""
        return datetime.combine(self.plan.end + timedelta(days=1), datetime.min.time(), UTC)

    def order(self, source: str) -> Sequence[int]:
        """Releases of a source, newest first."""
        return self.plan.order[source]

    def _make_outline(self, number: int) -> Outline:
        base = self.plan.base_of(number)
        said_on = self.plan.said_on(number)
        if base is not None:
            older = outline(self.seed, base, self.plan.said_on(base))
            return following(older, self.seed, number, said_on)
        return outline(self.seed, number, said_on)

    def composer(self, release: int) -> Composer:
        """What renders the text of a release in its present state."""
        number = self.plan.statement[release]
        said = self._outline(number)
        if revision := self.revisions.get(release, 0):
            said = edited(said, self.seed, release, revision)
        language = self.plan.version(release).language
        return Composer(said, language, *_SPEAKERS[FAMILIES[self.plan.family[number]].issuers, language])

    def entry(self, release: int) -> Entry:
        """What listings know of a release now."""
        tick = self._ticks.get(release, 0)
        return self._entry(release, self.revisions.get(release, 0), self.is_withdrawn(release), tick)

    def is_withdrawn(self, release: int) -> bool:
        """Whether its publisher has withdrawn a release: on request, or 1 in 24 on GOV.UK."""
        return release in self.withdrawals or (
            FAMILIES[self.plan.family[self.plan.statement[release]]].name == "uk"
            and stream(self.seed, release, 9).getrandbits(16) % 24 == 0
        )

    def _make_entry(self, release: int, revision: int, withdrawn: bool, tick: int) -> Entry:
        number = self.plan.statement[release]
        version = self.plan.version(release)
        exchange = self.plan.family[number] == EXCHANGE
        said_on = self.plan.said_on(number)
        title = exchange_title(said_on) if exchange else self.composer(release).title()
        posted_at = self.plan.posted_at(release)
        if tick:
            changed_at = self.now + timedelta(minutes=tick)
        else:
            changed_at = min(posted_at + timedelta(days=40), self.now) if withdrawn else posted_at
        return Entry(
            number=release,
            source=version.source,
            language=version.language,
            title=title,
            slug=slugify(title, release),
            said_on=said_on,
            posted_at=posted_at,
            local=posted_at.astimezone(ZONES[version.source]),
            folio=self.plan.folio[release],
            family=FAMILIES[self.plan.family[number]].name,
            kind=self._kind(number, version.source),
            revision=revision,
            withdrawn=withdrawn,
            changed_at=changed_at,
        )

    @staticmethod
    def _kind(number: int, source: str) -> KindOfRelease:
        if source == "uk_fcdo" and number % 9 == 0:
            return KindOfRelease.SPEECH
        if source == "ca_gac" and number % 4 == 0:
            return KindOfRelease.STATEMENT
        return KindOfRelease.COMMUNIQUE

    def find(self, source: str, slug: str) -> Entry | None:
        """The release of a source with that slug; None when there is none."""
        tail = slug.rpartition("-")[2]
        if not tail.isdecimal() or not tail.isascii():
            return None
        return self.numbered(source, int(tail), slug)

    def numbered(self, source: str, release: int, slug: str | None = None) -> Entry | None:
        """The release of a source with that number (and that slug, where given)."""
        if not 0 <= release < len(self) or self.plan.version(release).source != source:
            return None
        entry = self.entry(release)
        return entry if slug is None or entry.slug == slug else None

    def body(self, release: int) -> tuple[str, ...]:
        """The paragraphs of a release in its present state, as a reader should get them."""
        number = self.plan.statement[release]
        if self.plan.family[number] == EXCHANGE:
            paragraphs = exchange_body(self.seed, self.plan.said_on(number))
            revision = self.revisions.get(release, 0)
            return (
                (*paragraphs, f"Nota {revision}: se corrigió la hora de corte.") if revision else paragraphs
            )
        paragraphs = self.composer(release).body()
        return self._local_touch(release, paragraphs)

    def _local_touch(self, release: int, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
        """What this version changed: copies re-word their lead a little, a mirror inserts in brackets."""
        version = self.plan.version(release)
        lead, *rest = paragraphs
        if version.part[0] is Role.REPOST and version.source.startswith("mx_"):
            return (f"Ciudad de México. {lead}", *rest)
        if version.source == "mexidata" and rest:
            place = stream(self.seed, release, 7).getrandbits(8) % len(rest)
            words = rest[place].split(" ")
            words.insert(min(3, len(words)), "[also]")
            rest[place] = " ".join(words)
        return (lead, *rest)

    def issuers(self, release: int) -> tuple[str, ...]:
        """Who speaks on the page of a release."""
        spoken = FAMILIES[self.plan.family[self.plan.statement[release]]].issuers
        if spoken == ("us.state", "us.dhs"):
            return ("us.dhs",) if self.plan.version(release).source == "us_dhs" else ("us.state",)
        return spoken

    def _touch(self, release: int) -> None:
        self.changes.append(release)
        self._ticks[release] = len(self.changes)

    def edit(self, release: int) -> None:
        """From now on the text of a release is another revision."""
        self._touch(release)
        self.revisions[release] = self.revisions.get(release, 0) + 1

    def withdraw(self, release: int) -> None:
        """From now on the publisher says that a release is withdrawn (or the page is gone)."""
        self._touch(release)
        self.withdrawals[release] = self._ticks[release]

    def mirror_number(self, release: int) -> int:
        """The number of a release's page on the mirror."""
        return FIRST_MIRROR_NUMBER + self.plan.mirror.index(release)
