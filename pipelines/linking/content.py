"""What the texts themselves say of two releases: versions of one statement, or not.

Decided by passages: how much of the shorter text is found in the longer, in order (`features`), weighed by
what was learned (`weights`). Where both texts have vectors of one model that the weights know, those are used
too. Nothing here depends on other releases: margins over other candidates are seen when whole components are
resolved (`clusters`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.linking.evidence import (
    CONTRADICTION,
    JOINABLE,
    SAME_CONTENT,
    TRANSLATION,
    Evidence,
    conclude,
)
from pipelines.linking.features import measure_bag, measure_texts, measure_vectors
from pipelines.linking.prepared import Prepared
from pipelines.linking.scripts import LANGUAGE, relation
from pipelines.linking.sharing import Common
from pipelines.linking.vectors import Vectors
from pipelines.linking.weights import Scorer, WeightSet, probability
from storage.links import ReleaseFacts

EXCERPT_LENGTH = 0.6
"""A version shorter than this part of the other, and covered by it, holds a part of the text."""
NEAR_ENOUGH = 0.5
"""Cosine of two whole texts from which on they are aligned whatever they share."""
_HALF_AGREE = 0.5
_THIRD_AGREES = 0.35
_MARGIN_OF_OTHER_FIGURES = -1.0
_MARGIN_OF_NOTHING_RARE = -1.0
_CLOSE_SCORE = 0.05


@dataclass(frozen=True, slots=True)
class Content:
    """A text ready for being compared."""

    prepared: Prepared
    vectors: Vectors | None = None


@dataclass(frozen=True, slots=True)
class ContentScore:
    """What two texts have in common."""

    probability: float
    logit: float
    scorer: Scorer
    features: Mapping[str, float]
    shares: Mapping[str, float]
    """What each feature adds to the logit."""
    alignment: tuple[tuple[int, int], ...]
    """Passages that correspond, in order: by vectors where there are any, else by anchors."""


def worth_scoring(left: Prepared, right: Prepared, weights: WeightSet) -> bool:
    """Whether two texts share enough, wherever it stands, to be aligned."""
    return _passes(measure_bag(left, right)[0], left, right, weights)


def _passes(bag: Mapping[str, float], left: Prepared, right: Prepared, weights: WeightSet) -> bool:
    gate = weights.gate
    return gate.logit(bag, relation(left.language, right.language)) >= gate.ask


def _are_near(left: Content, right: Content) -> bool:
    """Whether vectors say of two texts that they must be looked at, whatever figures and names they share."""
    ours, theirs = left.vectors, right.vectors
    if ours is None or theirs is None or ours.model != theirs.model:
        return False
    if not len(ours.rows) or not len(theirs.rows):
        return False
    return float(ours.whole @ theirs.whole) >= NEAR_ENOUGH


def score_pair(left: Content, right: Content, weights: WeightSet) -> ContentScore:
    """How likely two texts are versions of one statement."""
    return _score(left, right, weights, measure_bag(left.prepared, right.prepared))


def _score(
    left: Content, right: Content, weights: WeightSet, bag: tuple[dict[str, float], Common]
) -> ContentScore:
    features, path = measure_texts(left.prepared, right.prepared, bag)
    scorer, cells = weights.texts, path.cells
    if left.vectors is not None and right.vectors is not None and left.vectors.model == right.vectors.model:
        trained = weights.for_model(left.vectors.model)
        if trained is not None:
            more, near = measure_vectors(left.prepared, right.prepared, left.vectors, right.vectors)
            features |= more
            scorer, cells = trained, near.cells
    shares = scorer.shares(features, relation(left.prepared.language, right.prepared.language))
    logit = sum(shares.values())
    return ContentScore(probability(logit), logit, scorer, features, shares, cells)


def weigh_content(
    left: ReleaseFacts, right: ReleaseFacts, ours: Content, theirs: Content, weights: WeightSet
) -> Evidence | None:
    """Evidence from two texts; None when there is not even a question. `left` has the smaller id."""
    bag = measure_bag(ours.prepared, theirs.prepared)
    if not _are_near(ours, theirs) and not _passes(bag[0], ours.prepared, theirs.prepared, weights):
        return None
    found = _score(ours, theirs, weights, bag)
    margin = found.logit - found.scorer.join
    if found.logit < found.scorer.ask:
        return None
    one_language = relation(left.language, right.language) == LANGUAGE
    kind = SAME_CONTENT if one_language else TRANSLATION
    others = _is_of_other_figures(found.features, one_language)
    if others:
        # A template filled in again, or a correction. In two languages a figure may be spelled out.
        margin = min(margin, _MARGIN_OF_OTHER_FIGURES)
    vague = _shares_nothing_rare(found.features)
    if vague:
        margin = min(margin, _MARGIN_OF_NOTHING_RARE)
    told: dict[str, Any] = {
        "probability": round(found.probability, 4),
        "margin": round(margin, 3),
        "scorer": found.scorer.name,
        "model": weights.identity,
        "shares": {
            name: round(value, 3)
            for name, value in sorted(found.shares.items(), key=lambda each: (-abs(each[1]), each[0]))
        },
    }
    if vague:
        told["reason"] = "a day, countries and small numbers are shared, but no large number, name or passage"
    if others:
        told["reason"] = "passages correspond, but more of their figures differ than agree"
        if one_language:
            return Evidence(left.id, right.id, kind, CONTRADICTION, told)
    excerpt = _excerpt(left, right, ours, theirs, found)
    if excerpt is not None:
        told["excerpt"] = excerpt
    if margin < 0:
        score = JOINABLE - _CLOSE_SCORE - 0.4 * (1.0 - probability(margin) * 2)
        return conclude(kind, left, right, max(0.05, score), told, "the texts alone do not settle it")
    return conclude(kind, left, right, JOINABLE + 0.35 * (2 * probability(margin) - 1), told)


def _is_of_other_figures(features: Mapping[str, float], one_language: bool) -> bool:
    """Whether each text has figures, in passages that correspond, which the other has nowhere, and those are
    more than the shared ones.

    In two languages figures differ for other reasons too (miles and kilometres, a number in words): there the
    days must differ as well, or twice as many figures where none are named. Where both name days and large
    numbers, and neither a day nor such a number is shared, small numbers and years agree by chance.
    """
    if not features["clash"] > 0:
        return False
    # Below what is usual: there are some on both sides.
    both_have = features["date"] < 0 and features["number"] < 0
    if not one_language and both_have and features["many date"] == features["many number"] == 0:
        return True
    if features["agree"] > _HALF_AGREE:
        return False
    return (
        one_language or features["date"] < 0 or (features["date"] == 0 and features["agree"] <= _THIRD_AGREES)
    )


def _shares_nothing_rare(features: Mapping[str, float]) -> bool:
    """Whether two texts share only what any two texts about one day and the same countries share."""
    rare = features["many number"] + features["many name"] + features["many word"] + features["title"]
    return rare == 0 and features.get("near most", 0.0) == 0


def _excerpt(
    left: ReleaseFacts, right: ReleaseFacts, ours: Content, theirs: Content, found: ContentScore
) -> str | None:
    """The release that holds only a part of the other's text."""
    one, other = ours.prepared.units, theirs.prepared.units
    if min(one, other) >= EXCERPT_LENGTH * max(one, other) or found.features["cover"] < 0.5:
        return None
    return left.id if one < other else right.id
