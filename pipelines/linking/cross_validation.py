"""Linking a labelled file with weights that never saw the statements they are asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.linking.collection import Linked, gather, link
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.features import NEAR, TEXT_FEATURES
from pipelines.linking.lessons import examples_of, with_vectors
from pipelines.linking.records import Record
from pipelines.linking.training import JOIN_PRECISION, Example, cross_gate, cross_train, fold_of
from pipelines.linking.weights import GATE, TEXTS, WeightSet


def cross_validate(
    records: Sequence[Record],
    encoder: Encoder | None,
    precision: float = JOIN_PRECISION,
    progress: Callable[[int], object] = lambda _done: None,
) -> Linked:
    """Link all releases together, every pair judged by weights that saw neither of its statements.

    Raises TrainingError when there is too little to learn from.
    """
    collection = gather(records, encoder, progress)
    examples = examples_of(records, encoder, progress, collection)
    weights = cross_weights(examples, encoder, precision)

    def weights_for(one: Record, other: Record) -> WeightSet:
        first, second = sorted((fold_of(str(one.statement)), fold_of(str(other.statement))))
        return weights[first, second]

    return link(collection, weights_for)


def cross_weights(
    examples: Sequence[Example], encoder: Encoder | None, precision: float = JOIN_PRECISION
) -> dict[tuple[int, int], WeightSet]:
    """For every two folds, weights that saw no statement of either."""
    scorers = {
        GATE: cross_gate(examples),
        TEXTS: cross_train(examples, TEXTS, TEXT_FEATURES, precision),
    }
    if encoder is not None:
        names = (*TEXT_FEATURES, *NEAR)
        scorers[encoder.identity] = cross_train(with_vectors(examples), encoder.identity, names, precision)
    return {
        folds: WeightSet({name: each[folds] for name, each in scorers.items()}, "cross-validated")
        for folds in scorers[TEXTS]
    }
