"""Pairs to learn from: those of a labelled file that an index finds, and copies as republishers make them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from pipelines.linking.collection import Collection, candidates, gather
from pipelines.linking.content import Content
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.features import NEAR, TEXT_FEATURES, measure_texts, measure_vectors
from pipelines.linking.prepared import COARSE, COGNATE, FINE, NAME, WORD
from pipelines.linking.records import Record
from pipelines.linking.republishing import republish
from pipelines.linking.scripts import NOTHING, SCRIPT, UNSEEN, relation
from pipelines.linking.training import End, Example, TrainingError, train, train_gate
from pipelines.linking.weights import GATE, TEXTS, Scorer

ALTERED_WEIGHT = 0.5
"""What a pair with an altered copy, or with a disguised text, counts for."""
_ALTERED_PART = 0.35
"""Part of the releases that are altered."""
_DISGUISED_PART = 0.35
"""Part of the pairs in two languages of one script of which one text is disguised."""
FEWEST_ACROSS_SCRIPTS = 50
"""With fewer pairs of one statement in two scripts, pairs in disguise stand in for them."""
_SOUNDS_KEPT = 5
"""Of eight names, so many keep their sound in letters that nobody has seen."""


def learn(
    records: Sequence[Record],
    encoder: Encoder | None,
    precision: float,
    progress: Callable[[int], object] = lambda _done: None,
) -> dict[str, Scorer]:
    """Scorers by name: `texts`, and with an encoder one named by its identity.

    Raises TrainingError when a release has no statement, or there are too few pairs.
    """
    examples = examples_of(records, encoder, progress)
    scorers = {GATE: train_gate(examples), TEXTS: train(examples, TEXTS, TEXT_FEATURES, precision)}
    if encoder is not None:
        near = with_vectors(examples)
        scorers[encoder.identity] = train(near, encoder.identity, (*TEXT_FEATURES, *NEAR), precision)
    return scorers


def with_vectors(examples: Sequence[Example]) -> list[Example]:
    """Those of which both texts have vectors."""
    return [each for each in examples if NEAR[0] in each.features]


def examples_of(
    records: Sequence[Record],
    encoder: Encoder | None,
    progress: Callable[[int], object] = lambda _done: None,
    collection: Collection | None = None,
) -> list[Example]:
    """All pairs to learn from; `collection` is that of the records where it is made already.

    `progress` is told how many more releases are prepared.
    """
    unknown = [each.id for each in records if each.statement is None]
    if unknown:
        raise TrainingError(
            f"no statement given for {unknown[0]} and {len(unknown) - 1} more: nothing to learn from"
        )
    collection = collection or gather(records, encoder, progress)
    originals = collection.records
    wanted = set(candidates(collection)) | set(_versions(originals))
    found = [
        _example(originals[one], originals[other], collection.contents[one], collection.contents[other])
        for one, other in sorted(wanted)
    ]
    altered = _altered(originals)
    copies = gather((copy for _, copy in altered), encoder, progress)
    at = {record.id: place for place, record in enumerate(copies.records)}
    of = {origin: at[copy.id] for origin, copy in altered}
    for one, other in sorted(wanted):
        for place, partner in ((one, other), (other, one)):
            if place in of:
                copy = of[place]
                found.append(
                    _example(
                        copies.records[copy],
                        originals[partner],
                        copies.contents[copy],
                        collection.contents[partner],
                        ALTERED_WEIGHT,
                    )
                )
                break
    across = sum(each.relation == NOTHING and each.together and each.measured for each in found)
    if across < FEWEST_ACROSS_SCRIPTS:
        found += _in_disguise(originals, collection, wanted)
    return found


def _in_disguise(
    records: Sequence[Record], collection: Collection, wanted: Iterable[tuple[int, int]]
) -> list[Example]:
    """Pairs as if one text was in letters that the other does not share.

    What is learned of languages in one script does not hold for pairs in two. Where there are enough such
    pairs, they do better: what they teach holds for scripts that are in none of them.
    """
    found = []
    for one, other in sorted(wanted):
        draw = random.Random(f"disguise {records[one].id} {records[other].id}")  # noqa: S311 - reproducible
        ours, theirs = collection.contents[one], collection.contents[other]
        if draw.random() < _DISGUISED_PART and (
            relation(ours.prepared.language, theirs.prepared.language) == SCRIPT
        ):
            hidden = disguised(ours)
            record = replace(records[one], language=UNSEEN)
            found.append(_example(record, records[other], hidden, theirs, ALTERED_WEIGHT))
    return found


def disguised(content: Content) -> Content:
    """A text as if it was written in letters of its own: of names some keep their sound, nothing else."""
    prepared = content.prepared
    kept = ~np.isin(prepared.kinds, (NAME, COGNATE, WORD)) & (
        ~np.isin(prepared.kinds, (FINE, COARSE)) | (prepared.hashes % 8 < _SOUNDS_KEPT)
    )
    return replace(content, prepared=replace(prepared.keeping(kept), language=UNSEEN))


def _versions(records: Sequence[Record]) -> list[tuple[int, int]]:
    groups: dict[str | None, list[int]] = {}
    for at, record in enumerate(records):
        groups.setdefault(record.statement, []).append(at)
    return [(one, other) for some in groups.values() for one in some for other in some if one < other]


def _altered(records: Sequence[Record]) -> list[tuple[int, Record]]:
    return [
        (at, republish(record, 1))
        for at, record in enumerate(records)
        if random.Random(f"alter {record.id}").random() < _ALTERED_PART  # noqa: S311 - reproducible
    ]


def _example(one: Record, other: Record, ours: Content, theirs: Content, weight: float = 1.0) -> Example:
    features, _ = measure_texts(ours.prepared, theirs.prepared)
    if ours.vectors is not None and theirs.vectors is not None:
        features |= measure_vectors(ours.prepared, theirs.prepared, ours.vectors, theirs.vectors)[0]
    return Example(features, _end(one), _end(other), weight, measured=weight == 1.0)


def _end(record: Record) -> End:
    return End(record.id, str(record.statement), record.source, record.language)
