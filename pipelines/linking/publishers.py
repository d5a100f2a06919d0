"""What publishers say of two releases, and, where they share a language, what their texts say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from crawler.items import Claim, ClaimKind
from pipelines.linking.copies import weigh_texts
from pipelines.linking.evidence import TEXT_KINDS, Evidence, Library, conclude, days_apart, kinds_agree
from pipelines.linking.words import shared_anchors
from storage.candidates import BAND, Tie
from storage.links import ReleaseFacts

DAYS_BETWEEN_NUMBERED = 10
"""Language versions under one number appear within so many days."""
DAYS_BETWEEN_ALTERNATES = 31
"""A language switch between releases further apart leads to something else (a section, the front page)."""


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
            text = weigh_texts(left, right, library, claims, expected=bool(told))
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
    if numbers and days_apart(left, right) <= DAYS_BETWEEN_NUMBERED and kinds_agree(left, right):
        told.append((ClaimKind.FOLIO, {"number": numbers[0].value}))
    doubt = "another text in the same language"
    return [conclude(kind, left, right, 0.3, said, doubt) for kind, said in told]


def _count(claims: Mapping[str, tuple[Claim, ...]], release: str, kind: ClaimKind) -> int:
    return sum(claim.kind is kind for claim in claims.get(release, ()))


def _weigh_alternate(
    ties: list[Tie], left: ReleaseFacts, right: ReleaseFacts, _claims: object, _library: object
) -> Evidence:
    mutual = len({tie.claimant for tie in ties}) == 2
    apart = days_apart(left, right)
    doubt = f"said {apart} days apart" if apart > DAYS_BETWEEN_ALTERNATES else None
    features = {
        "named": "each names the other" if mutual else f"{ties[0].claimant} names the other",
        "address": [tie.value for tie in ties],
        "languages": sorted((left.language, right.language)),
    }
    return conclude(ClaimKind.ALTERNATE, left, right, 1.0 if mutual else 0.95, features, doubt)


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
    return conclude(ClaimKind.SHARED_ID, left, right, 0.97, features)


def _weigh_folio(
    ties: list[Tie], left: ReleaseFacts, right: ReleaseFacts, _claims: object, library: Library
) -> Evidence | None:
    apart = days_apart(left, right)
    if apart > DAYS_BETWEEN_NUMBERED:
        return None
    features, share = _anchor_features(left, right, library)
    features = {"number": ties[0].value, "days apart": apart, **features}
    return conclude(ClaimKind.FOLIO, left, right, 0.85 + 0.13 * share, features)


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
        return conclude(ClaimKind.SOURCE_LINK, left, right, 0.5 + 0.4 * share, features)
    unlike = (
        f"hardly any figure or name is shared ({share:.2f})"
        if share < 0.1 and "compared" in features
        else None
    )
    return conclude(ClaimKind.SOURCE_LINK, left, right, 0.93, features, unlike)


def _weigh_attribution(
    ties: list[Tie], left: ReleaseFacts, right: ReleaseFacts, _claims: object, library: Library
) -> Evidence | None:
    if not kinds_agree(left, right):
        return None
    claimant = ties[0].claimant
    features, share = _anchor_features(left, right, library)
    return conclude(
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
