"""Second stage: from what a page says to a clean text with days, language, issuers, kind, number and role.

Everything that cannot be mapped holds the record back with the reason: an unreadable or impossible date, no
date of the statement, an unknown issuer or kind, a language that the source does not declare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.declare import Parts, Unruled
from crawler.issuers import fold
from crawler.items import KindOfRelease, KindOfSource, ReadBy, Release, ReleaseItem, Role, Standing
from crawler.pages.dates import parse_date
from crawler.source import Source, registry
from pipelines.attribution import Attribution, read_attribution
from pipelines.days import dateline_day
from pipelines.facts import date_formats, facts_of
from pipelines.folio import find_folio
from pipelines.frame import Known, without_frame
from pipelines.furniture import without_furniture
from pipelines.hold import HoldBack, drops, stage
from pipelines.issuing import is_joint, keys_of, near
from pipelines.language import find_language
from pipelines.repair import insertions_in, repaired, repaired_paragraphs
from pipelines.voices import voice_of

EARLIEST = date(1900, 1, 1)
"""No source has releases from before; an earlier day is a misreading."""
_LEEWAY = timedelta(days=1)
"""A site ahead of UTC may already write tomorrow's date when its page is captured."""
_DATELINE_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """A normalized release without its identity. Fields as in `crawler.items.Release`."""

    item: ReleaseItem
    """What it was made from; raw values and provenance are taken from there."""
    source_kind: KindOfSource
    timezone: str
    key: str
    language: str
    kind: KindOfRelease
    role_hint: Role
    standing: Standing | None
    title: str
    summary: str | None
    paragraphs: tuple[str, ...]
    said_on: date
    said_raw: str | None
    posted_on: date | None
    posted_at: datetime | None
    issuers: tuple[str, ...]
    folio: str | None
    attribution: Attribution | None
    notice: str | None
    """The line that says that, and how binding, a translation this is."""
    insertions: int
    notes: tuple[str, ...]


@stage("normalize")
def normalize(item: ReleaseItem, source: type[Source]) -> Draft:
    """The clean text and fields of a valid item; raises HoldBack for what cannot be mapped."""
    notes = list(item.notes)
    facts = facts_of(source)
    zone, countries = facts.zone, facts.countries
    title = clean_title(item.title, source)
    summary = repaired(item.summary) if item.summary else None
    paragraphs = repaired_paragraphs(item.body)
    found = find_language(title, paragraphs, source.languages, item.language)
    notes += found.notes
    paragraphs = without_furniture(paragraphs, (found.language, *facts.languages))
    if not paragraphs or not title:
        raise HoldBack(
            "empty text",
            f"expected a title and a text, found title {item.title[:200]!r} and {len(item.body)} paragraphs "
            f"of site furniture only: {' / '.join(item.body)[:200]!r}. Correct the definition's layout.",
        )
    attribution = read_attribution(item.attribution, countries, zone) if item.attribution else None
    if attribution is not None:
        notes += attribution.notes
    posted_on, posted_at = _posting(item, source, found.language, zone)
    said_on, said_raw = _saying(item, source, found.language, zone, paragraphs, attribution, posted_on)
    if posted_on is None and _shows_posting_days(source):
        raise HoldBack(
            "no posting date",
            f"expected the posting date that every page of {source.name} shows by its definition, found none "
            f"at {item.url}. Correct the rule `posted`, or add a layout without it.",
        )
    if source.kind is KindOfSource.ARCHIVE and said_raw is None and item.said_on is None:
        notes.append("said on: the page's own day; whether it was said on that day is not known")
    _check_days(item, zone, said_on=said_on, posted_on=posted_on)
    if posted_on is not None and said_on > posted_on + _LEEWAY:
        notes.append(f"dates: said on {said_on}, after it was posted on {posted_on}")
    voice = voice_of(source, found.language, item.url, paragraphs, attribution)
    if (
        voice.role is Role.TRANSLATION
        and item.read_by is ReadBy.FALLBACK
        and said_on == posted_on
        and not said_raw
    ):
        notes.append(
            "said on: the day on which the translation was posted; the text may have been said before"
        )
    issuers = _issuers(item, source, attribution, countries, notes)
    folio = find_folio(item.folio, title, summary, paragraphs)
    known = Known(
        folio=folio,
        issuers=issuers,
        issuers_raw=item.issuers,
        countries=countries,
        dateline=repaired(item.dateline) if item.dateline else None,
        said_raw=said_raw,
        language=found.language,
        zone=zone,
    )
    text = without_frame(paragraphs, known, (found.language, *facts.languages))
    return Draft(
        item=item,
        source_kind=source.kind,
        timezone=source.timezone,
        key=item.key or source.address_key(item.url) or item.url,
        language=found.language,
        kind=_kind(item, source),
        role_hint=voice.role,
        standing=voice.standing,
        title=title,
        summary=summary or None,
        paragraphs=text.paragraphs,
        said_on=said_on,
        said_raw=text.dateline if text.dateline and said_raw else said_raw,
        posted_on=posted_on,
        posted_at=posted_at,
        issuers=issuers,
        folio=folio,
        attribution=attribution,
        notice=text.notice,
        insertions=insertions_in(text.paragraphs),
        notes=tuple(dict.fromkeys(notes)),
    )


_SITE_MARK = re.compile(r"\s+[|·»–—-]\s+")


def clean_title(title: str, source: type[Source]) -> str:
    """The title repaired, without the site's own name behind it ("... | gob.mx").

    The number line stays: "Comunicado No. 056" may be all the title there is.
    """
    clean = repaired(title)
    while True:
        marks = list(_SITE_MARK.finditer(clean))
        if not marks or fold(clean[marks[-1].end() :]) not in facts_of(source).site_names:
            return clean
        clean = clean[: marks[-1].start()]


def _read_raw(
    raw: str, field: str, source: type[Source], language: str, zone: ZoneInfo
) -> tuple[date, datetime | None]:
    """A raw date that came without its value, by the definition's formats; HoldBack when it fits none."""
    formats = date_formats(source, field, language) or ("iso",)
    for tongue in dict.fromkeys((language, *source.languages)):
        found = parse_date(raw, formats, tongue, zone)
        if found is not None:
            return found.day, found.at
    raise HoldBack(
        "unreadable date",
        f"field {field}: found {raw!r}, expected one of the formats {', '.join(map(repr, formats))} of "
        f"{source.name}. Add the format to the definition, or correct its selector.",
    )


def _posting(
    item: ReleaseItem, source: type[Source], language: str, zone: ZoneInfo
) -> tuple[date | None, datetime | None]:
    """The day in the source's zone and the moment in UTC at which the site posted the page."""
    day, moment = item.posted_on, item.posted_at
    if day is None and moment is not None:
        day = moment.astimezone(zone).date()
    if day is None and item.posted:
        day, moment = _read_raw(item.posted, "posted", source, language, zone)
    return day, moment.astimezone(UTC) if moment is not None else None


def _shows_posting_days(source: type[Source]) -> bool:
    """Whether every layout of the definition that has rules has one for the posting date."""
    layouts = [
        part
        for layout in source.layouts()
        for part in (layout.parts.values() if isinstance(layout, Parts) else (layout,))
    ]
    ruled = [each for each in layouts if not isinstance(each, Unruled)]
    return bool(ruled) and all(each.posted is not None for each in ruled)


def _saying(
    item: ReleaseItem,
    source: type[Source],
    language: str,
    zone: ZoneInfo,
    paragraphs: tuple[str, ...],
    attribution: Attribution | None,
    posted_on: date | None,
) -> tuple[date, str | None]:
    """The day when it was said, and the text that says so.

    In this order: the page's own field, the foot line, a dateline, and, only where the site speaks for
    itself, the posting day. A mirror's Monday is not the statement's Thursday.
    """
    if item.said_on is not None:
        return item.said_on, item.said
    if item.said:
        return _read_raw(item.said, "said", source, language, zone)[0], item.said
    if attribution is not None and attribution.day is not None:
        return attribution.day, attribution.day_raw
    for line in (item.dateline, *paragraphs[:_DATELINE_PARAGRAPHS]):
        written = dateline_day(line, language, zone) if line else None
        if written is not None:
            return written.day, written.raw
    if source.kind is not KindOfSource.MIRROR and posted_on is not None:
        # Of a page saved from a site that nobody has described, its own day is the best that is known.
        return posted_on, None
    where = (
        f"a day in the foot line or a dateline (a mirror's posting day, {posted_on}, is its own)"
        if source.kind is KindOfSource.MIRROR
        else "a date of the statement, a dateline or a posting date"
    )
    raise HoldBack(
        "no statement date",
        f"expected {where}, found none: foot line {item.attribution!r}, dateline {item.dateline!r}, "
        f"text begins {paragraphs[0][:120]!r}. Correct the definition, or skip such pages in it.",
    )


def _check_days(item: ReleaseItem, zone: ZoneInfo, *, said_on: date, posted_on: date | None) -> None:
    """Hold back a day that cannot be: before 1900, or after the page was captured."""
    latest = item.captured_at.astimezone(zone).date() + _LEEWAY if item.captured_at is not None else None
    for name, day, raw in (("said", said_on, item.said), ("posted", posted_on, item.posted)):
        if day is not None and (day < EARLIEST or (latest is not None and day > latest)):
            raise HoldBack(
                "impossible date",
                f"{name} on {day} ({raw!r}): expected a day from {EARLIEST} to "
                f"{latest or 'the day of the capture'}. Look at the page: the date may be another thing's.",
            )


def _kind(item: ReleaseItem, source: type[Source]) -> KindOfRelease:
    if item.kind is None or not item.kind.strip():
        if source.kinds.default is None:
            raise HoldBack(
                "unknown kind",
                f"expected the page's label, which every page of {source.name} carries, found none. "
                "Correct the selector of `kind` in the definition.",
            )
        return source.kinds.default
    kind = facts_of(source).labels.get(fold(item.kind))
    if kind is None:
        raise HoldBack(
            "unknown kind",
            f"the page calls itself {item.kind!r}; {source.name} knows "
            f"{', '.join(map(repr, source.kinds.labels)) or 'no label'}. "
            "Add the label to `kinds` in the definition.",
        )
    return kind


def _issuers(
    item: ReleaseItem,
    source: type[Source],
    attribution: Attribution | None,
    countries: frozenset[str],
    notes: list[str],
) -> tuple[str, ...]:
    """Who speaks: by the foot line, by the page's own field, else by the definition."""
    if attribution is not None:
        joint = [each for each in attribution.strangers if is_joint(each, countries)]
        if joint or not (attribution.issuers or item.issuers or source.issuers):
            raise _unknown_issuer("foot line", (joint or [attribution.bodies])[0], countries)
        if attribution.issuers:
            return attribution.issuers
    named = keys_of([repaired(each) for each in item.issuers if each.strip()], countries)
    if named.strangers:
        raise _unknown_issuer("field issuers", named.strangers[0], countries)
    keys = named.keys or tuple(source.issuers)
    if not keys and source.kind is KindOfSource.ARCHIVE:
        notes.append("issuer unknown: a saved page that names no known body")
    elif not keys:
        raise HoldBack(
            "unknown issuer",
            f"expected a foot line or a field that names who speaks, found neither; {source.name} speaks for "
            "nobody of its own. Correct the definition.",
        )
    return keys


def _unknown_issuer(where: str, mention: str, countries: frozenset[str]) -> HoldBack:
    return HoldBack(
        "unknown issuer",
        f"{where}: found {mention!r}, which names nobody in the table of bodies; {near(mention, countries)}. "
        "Add the name to crawler/bodies.",
    )


class Normalize:
    """Scrapy's adapter of `normalize`."""

    @drops
    def process_item(self, item: ReleaseItem | Release) -> Draft | Release:
        """The normalized draft; drops the item otherwise. See Validate about releases."""
        if isinstance(item, Release):
            return item
        return normalize(item, registry()[item.source])
