"""Weights from pairs whose answer is known: logistic regression, calibrated, with thresholds.

One model for each scorer. Every relation of languages has weights of its own, which are drawn to those that
all relations share (a multi-task ridge): what little is known of pairs in different scripts leans on the
rest. The logits are calibrated (Platt) and the thresholds chosen on pairs scored by a model that saw neither
statement of the pair.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.agglomeration import join_groups
from pipelines.linking.features import BAG
from pipelines.linking.scripts import RELATIONS, relation
from pipelines.linking.weights import GATE, Scorer, as_logit

FOLDS = 5
RIDGE = 3.0
JOIN_PRECISION = 0.995
"""Of the pairs that end in one statement, this part must be right: after groups have decided."""
_THRESHOLDS = tuple(step / 2 for step in range(-1, 9))
"""Logits that are tried as the one to join from."""
LOST_AT_GATE = 0.003
"""Part of the pairs of one statement that may be left out before they are aligned."""
ASK_PROBABILITY = 0.1
"""From this probability on a pair is worth a person's look."""
_BINS = 10
_STEPS = 50
_SETTLED = 1e-3
"""Change of a weight, in units of its feature's spread, at which a fit has arrived."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class End:
    """One release of a pair."""

    release: str
    statement: str
    source: str
    language: str


@dataclass(frozen=True, slots=True)
class Example:
    """A pair whose answer is known."""

    features: Mapping[str, float]
    left: End
    right: End
    weight: float = 1.0
    measured: bool = True
    """Whether it counts when results are told; altered copies only train."""

    @property
    def together(self) -> bool:
        """Whether both are versions of one statement."""
        return self.left.statement == self.right.statement

    @property
    def relation(self) -> str:
        """What their languages have in common."""
        return relation(self.left.language, self.right.language)


class TrainingError(ValueError):
    """The data cannot be learned from; the message says what is missing."""


def fold_of(statement: str, folds: int = FOLDS) -> int:
    """The part of the data that a statement belongs to, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(statement.encode(), digest_size=4).digest(), "little") % folds


def train(
    examples: Sequence[Example], name: str, features: Sequence[str], precision: float = JOIN_PRECISION
) -> Scorer:
    """A scorer from examples. Raises TrainingError when there are too few of either answer."""
    check_enough(examples)
    design = _Design(examples, features)
    unseen = design.unseen_logits(FOLDS)
    slope, shift = _calibration(unseen, design.answers)
    told = design.told
    logits, answers = slope * unseen[told] + shift, design.answers[told]
    scorer = design.scorer(name, design.whole, slope, shift)
    measurable = [each for each in examples if each.measured]
    join = _threshold(measurable, logits, precision)
    return _with_thresholds(scorer, join, measured(logits, answers, join))


def cross_train(
    examples: Sequence[Example], name: str, features: Sequence[str], precision: float = JOIN_PRECISION
) -> dict[tuple[int, int], Scorer]:
    """For every two folds (the smaller first, or one twice) a scorer that saw no statement of either.

    Its calibration and thresholds come from pairs of the other folds, as scored unseen. Raises
    TrainingError as `train` does.
    """
    check_enough(examples)
    design = _Design(examples, features)
    unseen = design.unseen_logits(FOLDS)
    found: dict[tuple[int, int], Scorer] = {}
    for one, other in combinations_with_replacement(range(FOLDS), 2):
        seen = design.outside(one, other)
        check_enough([each for each, kept in zip(examples, seen, strict=True) if kept])
        slope, shift = _calibration(unseen[seen], design.answers[seen])
        told = seen & design.told
        measurable = [each for each, kept in zip(examples, told, strict=True) if kept]
        join = _threshold(measurable, slope * unseen[told] + shift, precision)
        found[one, other] = _with_thresholds(
            design.scorer(name, design.fit_outside(one, other), slope, shift), join, {}
        )
    return found


def train_gate(examples: Sequence[Example]) -> Scorer:
    """A scorer that only leaves out pairs; its `ask` loses `LOST_AT_GATE` of those of one statement."""
    check_enough(examples)
    design = _Design(examples, BAG)
    unseen = design.unseen_logits(FOLDS)
    scorer = design.scorer(GATE, design.whole, 1.0, 0.0)
    ask = float(np.quantile(unseen[design.answers > 0], LOST_AT_GATE))
    told = {
        "kept": _rounded(float((unseen >= ask).mean())),
        "kept of one statement": _rounded(float((unseen[design.answers > 0] >= ask).mean())),
    }
    return Scorer(GATE, scorer.intercepts, scorer.weights, ask, ask, told)


def cross_gate(examples: Sequence[Example]) -> dict[tuple[int, int], Scorer]:
    """For every two folds a gate that saw no statement of either."""
    check_enough(examples)
    design = _Design(examples, BAG)
    unseen = design.unseen_logits(FOLDS)
    found: dict[tuple[int, int], Scorer] = {}
    for one, other in combinations_with_replacement(range(FOLDS), 2):
        seen = design.outside(one, other)
        scorer = design.scorer(GATE, design.fit_outside(one, other), 1.0, 0.0)
        ask = float(np.quantile(unseen[seen & (design.answers > 0)], LOST_AT_GATE))
        found[one, other] = Scorer(GATE, scorer.intercepts, scorer.weights, ask, ask)
    return found


def _with_thresholds(scorer: Scorer, join: float, told: Mapping[str, Any]) -> Scorer:
    ask = min(join, as_logit(ASK_PROBABILITY))
    return Scorer(scorer.name, scorer.intercepts, scorer.weights, join, ask, told)


def check_enough(examples: Iterable[Example]) -> None:
    """Raise TrainingError unless there are examples of both answers in every fold's rest."""
    answers = [each.together for each in examples]
    fewest = 20
    if min(sum(answers), len(answers) - sum(answers)) < fewest:
        raise TrainingError(
            f"{sum(answers)} pairs of one statement and {len(answers) - sum(answers)} of two: "
            f"at least {fewest} of each are needed to learn from"
        )


class _Design:
    """Examples as a matrix: features in units of their spread, once for all and once for each relation."""

    def __init__(self, examples: Sequence[Example], features: Sequence[str]) -> None:
        self._features = tuple(features)
        self._raw = np.array([[each.features[name] for name in features] for each in examples])
        self._mean = self._raw.mean(axis=0)
        self._spread = self._raw.std(axis=0) + 1e-6
        self._relations = np.array([[each.relation == name for name in RELATIONS] for each in examples])
        self.answers = np.array([each.together for each in examples], dtype=np.float64)
        self._weights = np.array([each.weight for each in examples])
        self._parts = np.array(
            [sorted(fold_of(end.statement) for end in (one.left, one.right)) for one in examples]
        )
        self.told = np.array([each.measured for each in examples], dtype=np.bool_)
        self._scaled: Array = np.hstack(
            [(self._raw - self._mean) / self._spread, np.ones((len(examples), 1))]
        )
        self._outside: dict[tuple[int, int], Array] = {}

    @property
    def _size(self) -> int:
        """Weights of one fit: the common ones, then those of each relation."""
        return int(self._scaled.shape[1]) * (1 + len(RELATIONS))

    @cached_property
    def whole(self) -> Array:
        """The fit of all examples."""
        return self.fit(np.ones(len(self.answers), dtype=np.bool_), np.zeros(self._size))

    def fit_outside(self, one: int, other: int) -> Array:
        """The fit of the examples that have no statement in either fold."""
        if (one, other) not in self._outside:
            self._outside[one, other] = self.fit(self.outside(one, other))
        return self._outside[one, other]

    def fit(self, chosen: NDArray[np.bool_], start: Array | None = None) -> Array:
        """Newton's method; the ridge leaves only the common intercept free.

        The function is convex, so where it starts only tells how soon it arrives: near the whole's fit.
        """
        parts = []
        for at in range(len(RELATIONS)):
            own = chosen & self._relations[:, at]
            parts.append((self._scaled[own], self.answers[own], self._weights[own]))
        width = self._scaled.shape[1]
        ridge = np.full(self._size, RIDGE)
        ridge[len(self._features)] = 1e-3
        found = self.whole.copy() if start is None else start
        for _ in range(_STEPS):
            gradient, curve = ridge * found, np.diag(ridge)
            for at, (matrix, answers, weights) in enumerate(parts):
                # An example has the common weights and those of its relation: all others' columns are empty.
                common, own = slice(0, width), slice(width * (at + 1), width * (at + 2))
                chance = _chance(matrix @ (found[common] + found[own]))
                slope = matrix.T @ (weights * (chance - answers))
                bend = (matrix * (weights * np.maximum(chance * (1 - chance), 1e-9))[:, None]).T @ matrix
                for rows in (common, own):
                    gradient[rows] += slope
                    for columns in (common, own):
                        curve[rows, columns] += bend
            step = np.linalg.solve(curve, gradient)
            # Far steps on nearly separable data overshoot.
            step *= min(1.0, 5.0 / float(np.abs(step).max() or 1.0))
            found -= step
            if np.abs(step).max() < _SETTLED:
                break
        return found

    def logits(self, chosen: NDArray[np.bool_], found: Array) -> Array:
        """What a fit says of the chosen examples."""
        width = self._scaled.shape[1]
        own = found[width:].reshape(len(RELATIONS), width)[self._relations[chosen].argmax(axis=1)]
        return np.asarray((self._scaled[chosen] * (found[:width] + own)).sum(axis=1))

    def outside(self, one: int, other: int) -> NDArray[np.bool_]:
        """Which examples have no statement in either fold."""
        return np.asarray(~np.isin(self._parts, (one, other)).any(axis=1))

    def unseen_logits(self, folds: int) -> Array:
        """A logit for each example, by a model that saw no pair with a statement of the folds of its two."""
        logits = np.zeros(len(self.answers))
        for one, other in combinations_with_replacement(range(folds), 2):
            asked = (self._parts == [one, other]).all(axis=1)
            if asked.any():
                logits[asked] = self.logits(asked, self.fit_outside(one, other))
        return logits

    def scorer(self, name: str, found: Array, slope: float, shift: float) -> Scorer:
        """As weights of raw features."""
        count = len(self._features) + 1
        intercepts: dict[str, float] = {}
        weights: dict[str, dict[str, float]] = {}
        for at, each in enumerate(RELATIONS):
            both = found[:count] + found[count * (at + 1) : count * (at + 2)]
            raw = slope * both[:-1] / self._spread
            weights[each] = dict(zip(self._features, map(float, raw), strict=True))
            intercepts[each] = float(slope * both[-1] + shift - raw @ self._mean)
        return Scorer(name, intercepts, weights, 0.0, 0.0)


def _chance(logits: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))))


def _calibration(logits: Array, answers: Array) -> tuple[float, float]:
    """Slope and shift that make logits of unseen pairs probabilities."""
    matrix = np.stack([logits, np.ones(len(logits))], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        chance = _chance(matrix @ found)
        gradient = matrix.T @ (chance - answers) + 1e-3 * (found - [1.0, 0.0])
        curve = np.maximum(chance * (1 - chance), 1e-9)
        step = np.linalg.solve((matrix * curve[:, None]).T @ matrix + 1e-3 * np.eye(2), gradient)
        found -= step
        if np.abs(step).max() < _SETTLED:
            break
    return float(found[0]), float(found[1])


def _threshold(examples: Sequence[Example], logits: Array, precision: float) -> float:
    """The lowest logit to join from that makes statements which are right often enough; else the best."""
    # As in the engine: what is not even a question is not kept.
    audible = [
        (_pair(each), float(logit))
        for each, logit in zip(examples, logits, strict=True)
        if logit > _SILENT + _THRESHOLDS[0]
    ]
    names = {release for pair, _ in audible for release in pair}
    ends = {end.release: end for each in examples for end in (each.left, each.right) if end.release in names}
    best, at_best = -1.0, _THRESHOLDS[-1]
    for join in _THRESHOLDS:
        margins = {pair: logit - join for pair, logit in audible if logit - join > _SILENT}
        found = _precision_of_groups(ends, margins)
        if found >= precision:
            return join
        if found > best:
            best, at_best = found, join
    return at_best


def _pair(example: Example) -> tuple[str, str]:
    one, other = sorted((example.left.release, example.right.release))
    return one, other


def _precision_of_groups(ends: Mapping[str, End], margins: Mapping[tuple[str, str], float]) -> float:
    """Part of the pairs within groups that belong together, when groups are joined by these margins."""
    group_of = {release: release for release in ends}
    groups: dict[str, list[str]] = {release: [release] for release in ends}
    shown = {release: {(end.source, end.language)} for release, end in ends.items()}

    def may_join(one: str, other: str) -> bool:
        # As in the engine: one source shows a statement once in each language.
        return shown[group_of[one]].isdisjoint(shown[group_of[other]])

    def join(one: str, other: str) -> str:
        kept, dropped = sorted((group_of[one], group_of[other]))
        group_of.update(dict.fromkeys(groups[dropped], kept))
        groups[kept] += groups.pop(dropped)
        shown[kept] |= shown.pop(dropped)
        return kept

    join_groups(
        {release: (release,) for release in ends},
        margins,
        {release: end.language for release, end in ends.items()},
        may_join,
        join,
    )
    right = joined = 0
    for some in groups.values():
        for one, other in combinations(some, 2):
            joined += 1
            right += ends[one].statement == ends[other].statement
    return right / joined if joined else 1.0


_SILENT = -5.0


def measured(logits: Array, answers: Array, join: float) -> dict[str, Any]:
    """How good logits of unseen pairs are: precision and recall of pairs from `join` on, Brier score, and
    the expected calibration error over ten bins of probability."""
    chance = _chance(logits)
    joined = logits >= join
    right = float(answers[joined].sum())
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    error = sum(
        abs(float(chance[bins == each].sum() - answers[bins == each].sum())) for each in range(_BINS)
    ) / len(logits)
    return {
        "pairs": len(logits),
        "together": int(answers.sum()),
        "pair precision": _rounded(right / max(1, int(joined.sum()))),
        "pair recall": _rounded(right / max(1.0, float(answers.sum()))),
        "brier": _rounded(float(((chance - answers) ** 2).mean())),
        "calibration error": _rounded(error),
    }


def _rounded(value: float) -> float:
    return round(value, 4) if math.isfinite(value) else 0.0
