"""One language: whether two releases are copies, one a part of the other, or a template filled in twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from crawler.items import Claim, ClaimKind, KindOfSource
from pipelines.linking.evidence import (
    CONTRADICTION,
    EXCERPT,
    SAME_TEXT,
    Evidence,
    Library,
    conclude,
    days_apart,
)
from pipelines.linking.same_text import (
    EXCERPT_LENGTH,
    FEWEST_WORDS,
    FEWEST_WORDS_OF_EXCERPT,
    SAME_CONTAINMENT,
    SAME_SIMILARITY,
    UNSURE_CONTAINMENT,
    Comparison,
    compare,
    headlines_differ_in_figures,
    worth_comparing,
)
from pipelines.linking.words import month_names
from storage.links import ReleaseFacts

DAYS_BETWEEN_VOICES = 3
"""Ministries that issue one text jointly post it within so many days."""
DAYS_TO_REPOST = 60
"""A mirror or embassy that does not say of which day a text is may be so late."""


def weigh_texts(
    left: ReleaseFacts,
    right: ReleaseFacts,
    library: Library,
    claims: Mapping[str, tuple[Claim, ...]],
    expected: bool,
) -> Evidence | None:
    """Same language: copy, excerpt, template with other figures, or nothing."""
    ours, others = library.text(left.id), library.text(right.id)
    if not expected and not worth_comparing(ours.signature, others.signature):
        return None
    same_site = left.source == right.source
    own = _own_figures(left, right)
    found = compare(library.words(left.id), library.words(right.id), () if same_site else own)
    fewer = min(found.left_words, found.right_words)
    if not found.aligned:
        return conclude(SAME_TEXT, left, right, 0.3, _words_features(found), "too long to be aligned")
    if fewer < FEWEST_WORDS:
        alike = found.equal and ours.title == others.title and left.said_on == right.said_on and not same_site
        return conclude(SAME_TEXT, left, right, 1.0, _words_features(found)) if alike else None
    if found.containment < UNSURE_CONTAINMENT:
        return None
    features = _words_features(found)
    differing = (
        found.figures
        if found.figures_differ
        else headlines_differ_in_figures(ours.title, others.title, left.language, _numbers(left, right))
    )
    if differing[0]:
        features["figures"] = [list(differing[0][:12]), list(differing[1][:12])]
        features["reason"] = "the same wording with other figures"
        return Evidence(left.id, right.id, SAME_TEXT, CONTRADICTION, features)
    numbers = _numbers_of_one_publisher(left, right)
    if numbers:
        features["reason"] = f"the publisher numbers them {numbers[0]} and {numbers[1]}"
        return Evidence(left.id, right.id, SAME_TEXT, CONTRADICTION, features)
    if len(found.names) > 1:
        features["names"] = [list(pair) for pair in found.names[:6]]
        features["reason"] = "the same wording with other names"
        return Evidence(left.id, right.id, SAME_TEXT, CONTRADICTION, features)
    doubt = _doubt_about_days(left, right, claims)
    if found.names:
        features["names"] = [list(pair) for pair in found.names]
        doubt = doubt or f"a name differs: {found.names[0][0]} and {found.names[0][1]}"
    if found.containment < SAME_CONTAINMENT and found.similarity < SAME_SIMILARITY:
        doubt = doubt or "only a part of the wording is the same"
    if found.similarity >= SAME_SIMILARITY or found.length_ratio >= EXCERPT_LENGTH:
        return conclude(SAME_TEXT, left, right, 0.6 + 0.4 * found.similarity, features, doubt)
    if fewer < FEWEST_WORDS_OF_EXCERPT:
        return None
    features["excerpt"] = left.id if found.left_words < found.right_words else right.id
    return conclude(EXCERPT, left, right, 0.5 + 0.4 * found.containment, features, doubt)


def _words_features(found: Comparison) -> dict[str, Any]:
    return {"words": [found.left_words, found.right_words], "shared words": found.shared_words}


def _numbers_of_one_publisher(left: ReleaseFacts, right: ReleaseFacts) -> tuple[str, str] | None:
    """Two numbers that one site gave two releases: it counts them as two."""
    if left.source == right.source and left.folio and right.folio and left.folio != right.folio:
        return left.folio, right.folio
    return None


def _numbers(left: ReleaseFacts, right: ReleaseFacts) -> set[str]:
    """The publishers' own numbers of both, as they would stand in a headline."""
    parts = {
        part for each in (left, right) if each.folio for part in (each.folio, *re.split(r"[/-]", each.folio))
    }
    return parts | {part.lstrip("0") for part in parts}


def _own_figures(left: ReleaseFacts, right: ReleaseFacts) -> set[str]:
    """Days on which either site posted its copy, as a dateline would show them, and their own numbers."""
    found = _numbers(left, right)
    for each in (left, right):
        for day in (each.said_on, each.posted_on or each.said_on):
            found |= _day_shown(day, left.language)
    return found


@lru_cache(maxsize=20_000)
def _day_shown(day: date, language: str) -> frozenset[str]:
    """The figures of a day, in the ways in which datelines show it."""
    figures = (str(day.day), f"{day.day:02d}", str(day.year), day.strftime("%d/%m/%Y"), day.isoformat())
    return month_names(language, day.month) | frozenset(figures)


def _doubt_about_days(
    left: ReleaseFacts, right: ReleaseFacts, claims: Mapping[str, tuple[Claim, ...]]
) -> str | None:
    """Why equal texts may still be two statements: the days do not fit. None when they do."""
    apart = days_apart(left, right)
    if left.source == right.source:
        return None if apart <= 1 else f"one site posted the text twice, {apart} days apart"
    vague = [each for each in (left, right) if not _tells_the_day(each, claims)]
    latest = timedelta(days=DAYS_TO_REPOST)
    if not vague:
        return None if apart <= DAYS_BETWEEN_VOICES else f"said {apart} days apart"
    if len(vague) == 2:
        gap = abs(_posted(left) - _posted(right))
        return None if gap <= latest else f"posted {gap.days} days apart"
    late = vague[0]
    other = right if late is left else left
    if _earliest(other) - timedelta(days=1) <= _posted(late) <= other.said_on + latest:
        return None
    return f"posted {(_posted(late) - other.said_on).days} days after the other was said"


def _posted(release: ReleaseFacts) -> date:
    return release.posted_on or release.said_on


def _earliest(release: ReleaseFacts) -> date:
    return min(release.said_on, _posted(release))


def _tells_the_day(release: ReleaseFacts, claims: Mapping[str, tuple[Claim, ...]]) -> bool:
    """Whether its day is the statement's, not only the day on which somebody re-posted it."""
    if release.source_kind is KindOfSource.MINISTRY:
        return True
    if any(claim.kind is ClaimKind.ATTRIBUTION for claim in claims.get(release.id, ())):
        return True
    return release.posted_on is not None and release.said_on != release.posted_on
