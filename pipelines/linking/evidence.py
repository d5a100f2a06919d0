"""What speaks for and against two releases being versions of one statement.

A piece of evidence looks at one pair only, and follows from the two releases alone, never from what else
is stored or which came first. Its score is the strength of this evidence by itself:

    0            the two contradict each other (a template's other figures): never in one statement
    below 0.5    not enough to join; a person is asked
    0.5 to 1     may join, when nothing that the other releases say speaks against it (`clusters`)

| kind | says | score |
|---|---|---|
| same text | same language, words aligned (`same_text`) | 0.6 + 0.4 x similarity |
| excerpt | same language, the shorter text stands in the longer | 0.5 + 0.4 x containment |
| alternate | a publisher names the other as another language version | 1 both ways, 0.95 one way |
| shared id | the publisher's id for all language versions | 0.97 |
| source link | a mirror names the other's address as its source | 0.93; several links: by anchors |
| folio | one issuer's number of one year, other language | 0.85 + 0.13 x anchors |
| attribution | foot line names issuer and day | 0.5 + 0.4 x anchors, decided among all of the day |

Translations recognised by content alone are not evidence here. `rel=canonical` never is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crawler.items import Claim, ClaimKind, KindOfRelease, KindOfSource
from pipelines.linking.same_text import (
    EXCERPT_LENGTH,
    FEWEST_WORDS,
    FEWEST_WORDS_OF_EXCERPT,
    SAME_CONTAINMENT,
    SAME_SIMILARITY,
    UNSURE_CONTAINMENT,
    Comparison,
    body_words,
    compare,
    headlines_differ_in_figures,
    worth_comparing,
)
from pipelines.linking.words import Words, anchors, month_names, shared_anchors
from storage.candidates import BAND, Tie
from storage.links import ReleaseFacts, ReleaseText

SAME_TEXT = "same text"
EXCERPT = "excerpt"
TEXT_KINDS = (SAME_TEXT, EXCERPT)

JOINABLE = 0.5
"""Evidence from this score on may join."""
CONTRADICTION = 0.0

DAYS_BETWEEN_VOICES = 3
"""Ministries that issue one text jointly post it within so many days."""
DAYS_TO_REPOST = 60
"""A mirror or embassy that does not say of which day a text is may be so late."""
DAYS_BETWEEN_NUMBERED = 10
"""Language versions under one number appear within so many days."""
DAYS_BETWEEN_ALTERNATES = 31
"""A language switch between releases further apart leads to something else (a section, the front page)."""

_WRITTEN = frozenset(
    {
        KindOfRelease.COMMUNIQUE,
        KindOfRelease.STATEMENT,
        KindOfRelease.READOUT,
        KindOfRelease.ADVISORY,
        KindOfRelease.FACT_SHEET,
    }
)
_ALIKE = (
    frozenset({KindOfRelease.COMMUNIQUE, KindOfRelease.STATEMENT}),
    frozenset({KindOfRelease.REMARKS, KindOfRelease.SPEECH}),
    frozenset({KindOfRelease.TRANSCRIPT, KindOfRelease.PRESS_CONFERENCE}),
)
_SECOND_HAND = (KindOfSource.MIRROR, KindOfSource.ARCHIVE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence about a pair. See the module for what scores mean."""

    left: str
    right: str
    kind: str
    score: float
    features: Mapping[str, Any] = field(default_factory=dict)
    """The values compared, in words that a person can check."""


class Library:
    """Texts of the releases at hand, taken apart once each."""

    def __init__(self, texts: Mapping[str, ReleaseText]) -> None:
        self._texts = texts
        self._words: dict[str, Words] = {}
        self._anchors: dict[str, frozenset[str]] = {}

    def text(self, release: str) -> ReleaseText:
        """Its text."""
        return self._texts[release]

    def words(self, release: str) -> Words:
        """Words of its body."""
        if release not in self._words:
            text = self._texts[release]
            self._words[release] = body_words(text.body, text.language, text.folio)
        return self._words[release]

    def anchors(self, release: str) -> frozenset[str]:
        """What of its body survives a translation."""
        if release not in self._anchors:
            self._anchors[release] = anchors(self.words(release))
        return self._anchors[release]


def kinds_agree(left: ReleaseFacts, right: ReleaseFacts) -> bool:
    """Whether two releases may be one kind of release.

    Sites call a statement a communique. A mirror seldom tells what sort of written text it shows.
    """
    if left.kind is right.kind or any({left.kind, right.kind} <= alike for alike in _ALIKE):
        return True
    for mirror, other in ((left, right), (right, left)):
        if (
            mirror.source_kind in _SECOND_HAND
            and mirror.kind is KindOfRelease.COMMUNIQUE
            and other.kind in _WRITTEN
        ):
            return True
    return False


def needs_texts(ties: Collection[Tie], left: ReleaseFacts, right: ReleaseFacts) -> bool:
    """Whether the bodies of both must be at hand to weigh these ties."""
    kinds = {tie.kind for tie in ties}
    if left.language == right.language:
        return bool(kinds & {BAND, ClaimKind.SOURCE_LINK, ClaimKind.ATTRIBUTION})
    return bool(kinds & {ClaimKind.SOURCE_LINK, ClaimKind.FOLIO, ClaimKind.ATTRIBUTION})


def kinds_of_evidence(tie: Tie, left: ReleaseFacts, right: ReleaseFacts) -> tuple[str, ...]:
    """Kinds of evidence that a tie can lead to."""
    if tie.kind == BAND:
        return TEXT_KINDS
    if left.language == right.language and tie.kind in (ClaimKind.SOURCE_LINK, ClaimKind.ATTRIBUTION):
        return (*TEXT_KINDS, tie.kind)
    return (tie.kind,)


def weigh(
    ties: Collection[Tie],
    left: ReleaseFacts,
    right: ReleaseFacts,
    claims: Mapping[str, tuple[Claim, ...]],
    library: Library,
) -> list[Evidence]:
    """All evidence about a pair, by what ties it. `left` has the smaller id. At most one piece of a kind."""
    by_kind: dict[str, list[Tie]] = {}
    for tie in sorted(ties, key=lambda each: (each.kind, each.claimant, each.value)):
        by_kind.setdefault(tie.kind, []).append(tie)
    found: list[Evidence] = []
    if left.language == right.language:
        told = [by_kind[kind] for kind in (ClaimKind.SOURCE_LINK, ClaimKind.ATTRIBUTION) if kind in by_kind]
        if told or BAND in by_kind:
            text = _weigh_texts(left, right, library, claims, expected=bool(told))
            if text is not None:
                found.append(text)
        if not found:
            found += _told_but_unlike(by_kind, left, right, claims)
        return found
    weighers: dict[str, Callable[..., Evidence | None]] = {
        ClaimKind.ALTERNATE: _weigh_alternate,
        ClaimKind.SHARED_ID: _weigh_shared_id,
        ClaimKind.FOLIO: _weigh_folio,
        ClaimKind.SOURCE_LINK: _weigh_source_link,
        ClaimKind.ATTRIBUTION: _weigh_attribution,
    }
    for kind, weigher in weighers.items():
        if kind in by_kind:
            evidence = weigher(by_kind[kind], left, right, claims, library)
            if evidence is not None:
                found.append(evidence)
    return found


def _told_but_unlike(
    by_kind: Mapping[str, list[Tie]],
    left: ReleaseFacts,
    right: ReleaseFacts,
    claims: Mapping[str, tuple[Claim, ...]],
) -> list[Evidence]:
    """Questions about other texts of the same language under one number, or behind a mirror's only link."""
    told: list[tuple[ClaimKind, dict[str, Any]]] = []
    links = by_kind.get(ClaimKind.SOURCE_LINK)
    if links and _count(claims, links[0].claimant, ClaimKind.SOURCE_LINK) == 1:
        told.append((ClaimKind.SOURCE_LINK, {"claimant": links[0].claimant, "link": links[0].value}))
    numbers = by_kind.get(ClaimKind.FOLIO)
    if numbers and _days_apart(left, right) <= DAYS_BETWEEN_NUMBERED and kinds_agree(left, right):
        told.append((ClaimKind.FOLIO, {"number": numbers[0].value}))
    doubt = "another text in the same language"
    return [_evidence(kind, left, right, 0.3, said, doubt) for kind, said in told]


def _count(claims: Mapping[str, tuple[Claim, ...]], release: str, kind: ClaimKind) -> int:
    return sum(claim.kind is kind for claim in claims.get(release, ()))


def _evidence(
    kind: str,
    left: ReleaseFacts,
    right: ReleaseFacts,
    score: float,
    features: dict[str, Any],
    doubt: str | None = None,
) -> Evidence:
    """Evidence of that score; with a doubt it only asks."""
    if doubt is None and not kinds_agree(left, right):
        doubt = f"kinds differ: {left.kind} and {right.kind}"
    if doubt is not None:
        return Evidence(left.id, right.id, kind, round(min(score, 0.4), 4), {**features, "doubt": doubt})
    return Evidence(left.id, right.id, kind, round(score, 4), features)


def _weigh_alternate(
    ties: list[Tie], left: ReleaseFacts, right: ReleaseFacts, _claims: object, _library: object
) -> Evidence:
    mutual = len({tie.claimant for tie in ties}) == 2
    apart = _days_apart(left, right)
    doubt = f"said {apart} days apart" if apart > DAYS_BETWEEN_ALTERNATES else None
    features = {
        "named": "each names the other" if mutual else f"{ties[0].claimant} names the other",
        "address": [tie.value for tie in ties],
        "languages": sorted((left.language, right.language)),
    }
    return _evidence(ClaimKind.ALTERNATE, left, right, 1.0 if mutual else 0.95, features, doubt)


def _weigh_shared_id(
    ties: list[Tie],
    left: ReleaseFacts,
    right: ReleaseFacts,
    claims: Mapping[str, tuple[Claim, ...]],
    _library: object,
) -> Evidence:
    features: dict[str, Any] = {"id": ties[0].value, "languages": sorted((left.language, right.language))}
    named = {
        claim.value
        for each in (left, right)
        for claim in claims.get(each.id, ())
        if claim.kind is ClaimKind.ALTERNATE
    }
    addresses = {
        claim.value
        for each in (left, right)
        for claim in claims.get(each.id, ())
        if claim.kind is ClaimKind.ADDRESS
    }
    if named and not named & addresses:
        features["note"] = "the language versions that they name are other addresses"
    return _evidence(ClaimKind.SHARED_ID, left, right, 0.97, features)


def _weigh_folio(
    ties: list[Tie], left: ReleaseFacts, right: ReleaseFacts, _claims: object, library: Library
) -> Evidence | None:
    apart = _days_apart(left, right)
    if apart > DAYS_BETWEEN_NUMBERED:
        return None
    features, share = _anchor_features(left, right, library)
    features = {"number": ties[0].value, "days apart": apart, **features}
    return _evidence(ClaimKind.FOLIO, left, right, 0.85 + 0.13 * share, features)


def _weigh_source_link(
    ties: list[Tie],
    left: ReleaseFacts,
    right: ReleaseFacts,
    claims: Mapping[str, tuple[Claim, ...]],
    library: Library,
) -> Evidence:
    count = _count(claims, ties[0].claimant, ClaimKind.SOURCE_LINK)
    features, share = _anchor_features(left, right, library)
    features = {"claimant": ties[0].claimant, "link": ties[0].value, "links on the page": count, **features}
    if count > 1:
        return _evidence(ClaimKind.SOURCE_LINK, left, right, 0.5 + 0.4 * share, features)
    unlike = (
        f"hardly any figure or name is shared ({share:.2f})"
        if share < 0.1 and "compared" in features
        else None
    )
    return _evidence(ClaimKind.SOURCE_LINK, left, right, 0.93, features, unlike)


def _weigh_attribution(
    ties: list[Tie], left: ReleaseFacts, right: ReleaseFacts, _claims: object, library: Library
) -> Evidence | None:
    if not kinds_agree(left, right):
        return None
    claimant = ties[0].claimant
    features, share = _anchor_features(left, right, library)
    return _evidence(
        ClaimKind.ATTRIBUTION,
        left,
        right,
        0.5 + 0.4 * share,
        {"claimant": claimant, "attribution": ties[0].value, **features},
    )


def _anchor_features(
    left: ReleaseFacts, right: ReleaseFacts, library: Library
) -> tuple[dict[str, Any], float]:
    """Figures and names of two texts in different languages: those shared, as part of the smaller set."""
    ours, others = library.anchors(left.id), library.anchors(right.id)
    share = shared_anchors(ours, others)
    if share is None:
        return {"anchors": 0.0, "note": "too few figures and names to compare"}, 0.0
    shared = sorted(ours & others)
    return {"anchors": round(share, 4), "compared": min(len(ours), len(others)), "shared": shared[:12]}, share


def _weigh_texts(
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
        return _evidence(SAME_TEXT, left, right, 0.3, _words_features(found), "too long to be aligned")
    if fewer < FEWEST_WORDS:
        alike = found.equal and ours.title == others.title and left.said_on == right.said_on and not same_site
        return _evidence(SAME_TEXT, left, right, 1.0, _words_features(found)) if alike else None
    if found.containment < UNSURE_CONTAINMENT:
        return None
    features = _words_features(found)
    headlines = headlines_differ_in_figures(ours.title, others.title, left.language, _numbers(left, right))
    differing = found.figures if found.figures_differ else headlines
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
        return _evidence(SAME_TEXT, left, right, 0.6 + 0.4 * found.similarity, features, doubt)
    if fewer < FEWEST_WORDS_OF_EXCERPT:
        return None
    features["excerpt"] = left.id if found.left_words < found.right_words else right.id
    return _evidence(EXCERPT, left, right, 0.5 + 0.4 * found.containment, features, doubt)


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
            found |= {
                str(day.day),
                f"{day.day:02d}",
                str(day.year),
                day.strftime("%d/%m/%Y"),
                day.isoformat(),
            }
            found |= month_names(left.language, day.month)
    return found


def _days_apart(left: ReleaseFacts, right: ReleaseFacts) -> int:
    return abs((left.said_on - right.said_on).days)


def _doubt_about_days(
    left: ReleaseFacts, right: ReleaseFacts, claims: Mapping[str, tuple[Claim, ...]]
) -> str | None:
    """Why equal texts may still be two statements: the days do not fit. None when they do."""
    apart = _days_apart(left, right)
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
