"""What each release is within its statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from crawler.items import KindOfSource, Role, Standing
from crawler.source import registry
from storage.links import ReleaseFacts


@dataclass(frozen=True, slots=True)
class Part:
    """Role of a release in its statement; standing only for translations."""

    role: Role
    standing: Standing | None = None


def assign_parts(members: Sequence[ReleaseFacts], excerpts: Collection[str] = ()) -> dict[str, Part]:
    """Role of every release of one statement. `excerpts` are those found to hold only a part of the text.

    There is exactly one original when there is one that may be: in its issuers' own voice, on a ministry's
    or mission's site; the one posted first, see `_precedence`. What says of itself that it is a
    translation, or an excerpt, stays one. Another language than the original's makes a translation, the
    same language a repost. A mirror never holds an original: without one its texts are reposts, and its
    translations stay translations even when alone.
    """
    original = find_original(members, excerpts)
    parts: dict[str, Part] = {}
    for each in members:
        if original is not None and each.id == original.id:
            parts[each.id] = Part(Role.ORIGINAL)
        elif each.role_hint is Role.TRANSLATION:
            parts[each.id] = Part(Role.TRANSLATION, each.standing or _standing(each))
        elif original is not None and each.language != original.language:
            parts[each.id] = Part(Role.TRANSLATION, _standing(each))
        elif each.role_hint is Role.EXCERPT or each.id in excerpts:
            parts[each.id] = Part(Role.EXCERPT)
        else:
            parts[each.id] = Part(Role.REPOST)
    return parts


def find_original(members: Sequence[ReleaseFacts], excerpts: Collection[str] = ()) -> ReleaseFacts | None:
    """The one release that is the original; None when none may be."""
    may_be = [each for each in members if each.speaks and each.id not in excerpts]
    order = issuer_order(members)
    languages = Counter(each.language for each in may_be)
    return min(may_be, key=lambda each: _precedence(each, order, languages), default=None)


def find_head(members: Sequence[ReleaseFacts], excerpts: Collection[str] = ()) -> ReleaseFacts:
    """The release that gives a statement its day, title and kind: the original, else the first said."""
    original = find_original(members, excerpts)
    return original or min(
        members, key=lambda each: (each.id in excerpts, each.said_on, *_posted(each), each.id)
    )


def issuer_order(members: Sequence[ReleaseFacts]) -> Mapping[str, int]:
    """Rank of each issuer, as the release that names most of them orders them."""
    fullest = min(members, key=lambda each: (-len(each.issuers), each.issuers, each.id))
    ranked = dict.fromkeys(fullest.issuers)
    ranked.update(dict.fromkeys(sorted({issuer for each in members for issuer in each.issuers})))
    return {issuer: rank for rank, issuer in enumerate(ranked)}


def _posted(release: ReleaseFacts) -> tuple[date, datetime]:
    """Day and time of posting; without a clock time the day's last moment."""
    day = release.posted_on or release.said_on
    return day, release.posted_at or datetime.combine(day, time.max, UTC)


def _precedence(
    release: ReleaseFacts, order: Mapping[str, int], languages: Mapping[str, int]
) -> tuple[date, bool, datetime, int, int, str, str]:
    """Earlier day, ministry first, earlier time, rank of the site's issuer, language of more, then ids."""
    day, moment = _posted(release)
    return (
        day,
        release.source_kind is not KindOfSource.MINISTRY,
        moment,
        _rank(release, order),
        -languages[release.language],
        release.source,
        release.id,
    )


def _rank(release: ReleaseFacts, order: Mapping[str, int]) -> int:
    """Place of the body whose site it is among the issuers of the statement: a joint text of three
    ministries is first of all the first-named's own. Where no site is known, place of its first issuer."""
    site = registry().get(release.source)
    own = [order[issuer] for issuer in (site.issuers if site else ()) if issuer in order]
    return min(own or [order[issuer] for issuer in release.issuers], default=len(order))


def _standing(release: ReleaseFacts) -> Standing:
    """How binding a translation is that does not say so: by who shows it."""
    if release.source_kind in (KindOfSource.MINISTRY, KindOfSource.MISSION):
        return Standing.OFFICIAL
    return Standing.UNOFFICIAL
