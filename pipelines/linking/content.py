"""What the texts themselves say of two releases: versions of one statement, or not.

Decided by passages: how much of the shorter text is found in the longer, in order (`features`), weighed by
what was learned (`weights`). Where both texts have vectors of one model that the weights know, those are used
too. Nothing here depends on other releases: margins over other candidates are seen when whole components are
resolved (`clusters`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.linking.encoders import half_knows
from pipelines.linking.evidence import (
    CONTRADICTION,
    JOINABLE,
    SAME_CONTENT,
    TRANSLATION,
    Evidence,
    conclude,
)
from pipelines.linking.features import Sketch, limits_of_texts, measure_bag, sketch_texts, sketch_vectors
from pipelines.linking.gate import worth_aligning
from pipelines.linking.judge import Pair
from pipelines.linking.prepared import Prepared
from pipelines.linking.scripts import LANGUAGE, relation
from pipelines.linking.sharing import Common, titles_name_other_days
from pipelines.linking.vectors import Vectors
from pipelines.linking.weights import Scorer, WeightSet, probability

EXCERPT_LENGTH = 0.6
"""A version shorter than this part of the other, and covered by it, holds a part of the text."""
NEAR_ENOUGH = 0.5
"""Cosine of two whole texts from which on they are aligned whatever they share."""
FEWEST_UNITS = 40.0
"""A text of less (`passages.units`) joins another only by a figure or by vectors."""
_HALF_AGREE = 0.5
_THIRD_AGREES = 0.35
_MARGIN_OF_OTHER_FIGURES = -1.0
_MARGIN_OF_NOTHING_RARE = -1.0
_CLOSE_SCORE = 0.05
_ROUNDING = 1e-6
_MOST_CELLS = 300_000
"""Pairs of passages that are looked at together."""


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
    of_other_days: bool
    """Whether the headlines name days, and not the same."""


TextPair = Pair[Content]


def is_near(left: Content, right: Content) -> bool:
    """Whether vectors say that two texts must be looked at, whatever figures and names they share."""
    both = _vectors(left, right)
    if both is None:
        return False
    ours, theirs = both
    return len(ours.rows) > 0 < len(theirs.rows) and float(ours.whole @ theirs.whole) >= NEAR_ENOUGH


def _vectors(left: Content, right: Content) -> tuple[Vectors, Vectors] | None:
    """Vectors of both texts, where both have some of one model."""
    ours, theirs = left.vectors, right.vectors
    return (ours, theirs) if ours is not None and theirs is not None and ours.model == theirs.model else None


def pass_gate(pairs: Sequence[tuple[Content, Content]], weights: WeightSet) -> list[bool]:
    """For each pair, whether the texts share enough, wherever it stands, to be aligned."""
    return worth_aligning([(ours.prepared, theirs.prepared) for ours, theirs in pairs], weights.gate)


def score_pairs(pairs: Sequence[TextPair], weights: WeightSet) -> Iterator[ContentScore | None]:
    """How likely the texts of each pair are versions of one statement; None when it is not even a question.

    Nothing is looked for that could not make a question of it: see `Scorer.most`.
    """
    for some in _portions(pairs):
        bags = [measure_bag(each.ours.prepared, each.theirs.prepared) for each in some]
        chosen = [_scorers(each, weights) for each in some]
        near = dict(_near_sketches(some, chosen, weights))
        left_open = [
            at
            for at, (pair, (features, shared), scorers) in enumerate(zip(some, bags, chosen, strict=True))
            if _may_ask(
                pair,
                scorers,
                features,
                limits_of_texts(pair.ours.prepared, pair.theirs.prepared, shared),
                near.get(at),
            )
        ]
        texts = sketch_texts(
            [(some[at].ours.prepared, some[at].theirs.prepared, bags[at][1]) for at in left_open]
        )
        words = dict(zip(left_open, texts, strict=True))
        for at, (pair, bag, scorers) in enumerate(zip(some, bags, chosen, strict=True)):
            yield _score(pair, bag, words[at], near.get(at), scorers) if at in words else None


def _near_sketches(
    pairs: Sequence[TextPair], chosen: Sequence[tuple[Scorer, ...]], weights: WeightSet
) -> Iterator[tuple[int, Sketch]]:
    """What vectors sum up to, by the place of a pair, of those that a scorer with vectors is for."""
    with_vectors = {
        at: (pair.ours.prepared, pair.theirs.prepared, *both)
        for at, (pair, scorers) in enumerate(zip(pairs, chosen, strict=True))
        if scorers[0] is not weights.texts and (both := _vectors(pair.ours, pair.theirs)) is not None
    }
    return zip(with_vectors, sketch_vectors(list(with_vectors.values())), strict=True)


def _may_ask(
    pair: TextPair,
    scorers: Sequence[Scorer],
    features: Mapping[str, float],
    limits: Mapping[str, tuple[float, float]],
    *sketches: Sketch | None,
) -> bool:
    """Whether a pair may be a question, by what is known of it and the limits of what is not."""
    known, most = dict(features), dict(limits)
    for sketch in sketches:
        if sketch is not None:
            known |= sketch.features
            most |= sketch.limits
    shared = relation(pair.ours.prepared.language, pair.theirs.prepared.language)
    return any(each.most(known, most, shared) >= each.ask - _ROUNDING for each in scorers)


def _scorers(pair: TextPair, weights: WeightSet) -> tuple[Scorer, ...]:
    """The scorers for a pair: the one trained with vectors where both texts have them; also the one without
    where the encoder knows one of the languages by half, and its silence says nothing."""
    both = _vectors(pair.ours, pair.theirs)
    near = weights.for_model(both[0].model) if both is not None else None
    if both is None or near is None:
        return (weights.texts,)
    half = sum(half_knows(both[0].model, each.prepared.language) for each in (pair.ours, pair.theirs))
    return ((near,), (near, weights.texts), (weights.texts,))[half]


def _score(
    pair: TextPair,
    bag: tuple[dict[str, float], Common],
    words: Sketch,
    near: Sketch | None,
    scorers: Sequence[Scorer],
) -> ContentScore | None:
    if not _may_ask(pair, scorers, bag[0], {}, words, near):
        return None
    shared = relation(pair.ours.prepared.language, pair.theirs.prepared.language)
    features = dict(bag[0])
    for sketch in (words, near):
        if sketch is not None:
            rest, path = sketch.finish()
            features |= sketch.features | rest
    scorer = max(scorers, key=lambda each: each.logit(features, shared) - each.join)
    shares = scorer.shares(features, shared)
    logit = sum(shares.values())
    if logit < scorer.ask:
        return None
    other_days = titles_name_other_days(bag[1])
    return ContentScore(probability(logit), logit, scorer, features, shares, path.cells, other_days)


def _portions(pairs: Sequence[TextPair]) -> Iterator[list[TextPair]]:
    """The pairs in order, so many at a time that their tables fit into some tens of megabytes."""
    some: list[TextPair] = []
    cells = 0
    for pair in pairs:
        own = len(pair.ours.prepared.lengths) * len(pair.theirs.prepared.lengths)
        if some and cells + own > _MOST_CELLS:
            yield some
            some, cells = [], 0
        some.append(pair)
        cells += own
    if some:
        yield some


def weigh_contents(pairs: Sequence[TextPair], weights: WeightSet) -> list[Evidence | None]:
    """Evidence from the texts of each pair; None when there is not even a question."""
    return [
        None if found is None else _evidence(pair, found, weights)
        for pair, found in zip(pairs, score_pairs(pairs, weights), strict=True)
    ]


def _evidence(pair: TextPair, found: ContentScore, weights: WeightSet) -> Evidence:
    left, right = pair.left, pair.right
    margin = found.logit - found.scorer.join
    one_language = relation(left.language, right.language) == LANGUAGE
    kind = SAME_CONTENT if one_language else TRANSLATION
    others = _is_of_other_figures(found, one_language)
    if others:
        # A template filled in again, or a correction. In two languages a figure may be spelled out.
        margin = min(margin, _MARGIN_OF_OTHER_FIGURES)
    vague = _vague(pair, found.features)
    if vague is not None:
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
    if vague is not None:
        told["reason"] = vague
    if others:
        told["reason"] = (
            "passages correspond, but the headlines name other days, and figures differ"
            if found.of_other_days
            else "passages correspond, but more of their figures differ than agree"
        )
        if one_language:
            return Evidence(left.id, right.id, kind, CONTRADICTION, told)
    excerpt = _excerpt(pair, found)
    if excerpt is not None:
        told["excerpt"] = excerpt
    if margin < 0:
        score = JOINABLE - _CLOSE_SCORE - 0.4 * (1.0 - probability(margin) * 2)
        return conclude(kind, left, right, max(0.05, score), told, "the texts alone do not settle it")
    return conclude(kind, left, right, JOINABLE + 0.35 * (2 * probability(margin) - 1), told)


def _is_of_other_figures(found: ContentScore, one_language: bool) -> bool:
    """Whether each text has figures, in passages that correspond, which the other has nowhere, and those are
    more than the shared ones.

    In two languages figures differ for other reasons too (miles and kilometres, a number in words): there the
    days must differ as well, or twice as many figures where none are named. Where both name days and large
    numbers, and neither a day nor such a number is shared, small numbers and years agree by chance. What is
    told of two days in a row may name both; then the headlines tell.
    """
    features = found.features
    if not features["clash"] > 0:
        return False
    if found.of_other_days and not one_language:
        return True
    # Below what is usual: there are some on both sides.
    both_have = features["date"] < 0 and features["number"] < 0
    if not one_language and both_have and features["many date"] == features["many number"] == 0:
        return True
    if features["agree"] > _HALF_AGREE:
        return False
    return (
        one_language or features["date"] < 0 or (features["date"] == 0 and features["agree"] <= _THIRD_AGREES)
    )


def _vague(pair: TextPair, features: Mapping[str, float]) -> str | None:
    """Why what two texts share says too little to join them; None when it says enough."""
    if features.get("near most", 0.0) > 0:
        return None
    figures = features["many number"] + features["many date"]
    if figures == 0 and min(pair.ours.prepared.units, pair.theirs.prepared.units) < FEWEST_UNITS:
        # All of "Foreign Ministry" stands in what any ministry says of another.
        return "one of the two is a few words without a figure that the other has too"
    if features["many number"] + features["many name"] + features["many word"] + features["title"] == 0:
        # So do any two texts about one day and the same countries.
        return "a day, countries and small numbers are shared, but no large number, name or passage"
    return None


def _excerpt(pair: TextPair, found: ContentScore) -> str | None:
    """The release that holds only a part of the other's text."""
    one, other = pair.ours.prepared.units, pair.theirs.prepared.units
    if min(one, other) >= EXCERPT_LENGTH * max(one, other) or found.features["cover"] < 0.5:
        return None
    return pair.left.id if one < other else pair.right.id
