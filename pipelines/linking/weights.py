"""What was learned: how much each feature says, as a file that a person can read.

There is one scorer for texts alone and one for every encoder whose vectors were trained with. A scorer has a
set of weights for each relation of two languages (the same; another of the same script; another script). The
sum of weight times feature and the intercept is the logit of the probability that two texts are versions of
one statement. `join` and `ask` are the logits from which they may be joined, or a person is asked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipelines.linking.scripts import RELATIONS

GATE = "gate"
"""Name of the scorer that only tells which pairs are worth aligning: those with at least its `ask`."""
TEXTS = "texts"
"""Name of the scorer that needs no vectors; others are named after their encoder's identity."""
FORMAT = 1


class WeightsError(ValueError):
    """A file of weights that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """Weights of features for each relation of languages."""

    name: str
    intercepts: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]
    join: float
    ask: float
    told: Mapping[str, Any] = field(default_factory=dict)
    """What was measured when it was trained."""

    def shares(self, features: Mapping[str, float], relation: str) -> dict[str, float]:
        """What each feature adds to the logit, `intercept` among them."""
        weights = self.weights[relation]
        found = {name: weight * features[name] for name, weight in weights.items()}
        found["intercept"] = self.intercepts[relation]
        return found

    def logit(self, features: Mapping[str, float], relation: str) -> float:
        """Logit of the probability."""
        total = 0.0
        for name, weight in self.weights[relation].items():
            total += weight * features[name]
        return total + self.intercepts[relation]

    def most(
        self, known: Mapping[str, float], limits: Mapping[str, tuple[float, float]], relation: str
    ) -> float:
        """The greatest logit there can be: some features are known, of the others their limits."""
        total = 0.0
        for name, weight in self.weights[relation].items():
            value = known.get(name)
            total += weight * (limits[name][weight > 0] if value is None else value)
        return total + self.intercepts[relation]


@dataclass(frozen=True, slots=True)
class WeightSet:
    """All scorers of one file."""

    scorers: Mapping[str, Scorer]
    identity: str
    """Beginning of the file's hash: what was scored with other weights may be scored otherwise."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """When, from what, and by which command."""

    @property
    def texts(self) -> Scorer:
        """The scorer without vectors."""
        return self.scorers[TEXTS]

    @property
    def gate(self) -> Scorer:
        """The scorer that tells which pairs are worth aligning."""
        return self.scorers[GATE]

    def for_model(self, model: str) -> Scorer | None:
        """The scorer trained with vectors of this model (`name@version`); None when there is none."""
        return self.scorers.get(model)


def probability(logit: float) -> float:
    """Probability of a logit."""
    if logit >= 0:
        return 1.0 / (1.0 + math.exp(-logit))
    return math.exp(logit) / (1.0 + math.exp(logit))


def as_logit(chance: float) -> float:
    """Logit of a probability between 0 and 1, both excluded."""
    return math.log(chance / (1.0 - chance))


def load_weights(path: Path | None = None) -> WeightSet:
    """Weights from a file, or those that came with the program. Raises WeightsError."""
    shown = "the weights of this installation" if path is None else str(path)
    try:
        raw = (files("pipelines.linking") / "weights.json" if path is None else path).read_bytes()
    except OSError as error:
        raise WeightsError(
            f"{shown}: cannot be read ({error}); communique link train makes such a file"
        ) from None
    try:
        told = json.loads(raw)
        if told["format"] != FORMAT:
            raise WeightsError(f"{shown}: format {told['format']}, expected {FORMAT}; train again")
        scorers = {name: _scorer(name, each) for name, each in told["scorers"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(
            f"{shown}: no file of weights ({error!r}); communique link train makes one"
        ) from None
    for name in (GATE, TEXTS):
        if name not in scorers:
            raise WeightsError(f"{shown}: no scorer {name!r}; train again")
    return WeightSet(scorers, sha256(raw).hexdigest()[:12], told.get("made", {}))


def _scorer(name: str, told: Mapping[str, Any]) -> Scorer:
    relations = told["relations"]
    missing = set(RELATIONS) - set(relations)
    if missing:
        raise ValueError(f"scorer {name}: nothing for {', '.join(sorted(missing))}")
    numbers = [
        told["join"], told["ask"],
        *(each["intercept"] for each in relations.values()),
        *(weight for each in relations.values() for weight in each["weights"].values()),
    ]  # fmt: skip
    if not all(isinstance(each, int | float) and math.isfinite(each) for each in numbers):
        raise ValueError(f"scorer {name}: weights that are no numbers")
    return Scorer(
        name,
        {each: float(relations[each]["intercept"]) for each in RELATIONS},
        {
            each: {key: float(value) for key, value in relations[each]["weights"].items()}
            for each in RELATIONS
        },
        float(told["join"]),
        float(told["ask"]),
        told.get("measured", {}),
    )


def written(scorers: Mapping[str, Scorer], made: Mapping[str, Any]) -> str:
    """The file's text: sorted, rounded, one number a line."""
    shown = {
        "format": FORMAT,
        "made": made,
        "scorers": {
            name: {
                "join": round(scorer.join, 3),
                "ask": round(scorer.ask, 3),
                "measured": scorer.told,
                "relations": {
                    each: {
                        "intercept": round(scorer.intercepts[each], 4),
                        "weights": {key: round(value, 4) for key, value in scorer.weights[each].items()},
                    }
                    for each in RELATIONS
                },
            }
            for name, scorer in sorted(scorers.items())
        },
    }
    return json.dumps(shown, indent=1, ensure_ascii=False) + "\n"
