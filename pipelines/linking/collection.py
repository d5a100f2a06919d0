"""Releases of a file linked without a database, by the engine that links those of the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.candidate_keys import WINDOW_DAYS, are_candidates, candidate_keys, lasting_keys
from pipelines.linking.clusters import Resolution, resolve
from pipelines.linking.content import Content, weigh_content, worth_scoring
from pipelines.linking.copies import weigh_texts
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.evidence import JOINABLE, Evidence, Library
from pipelines.linking.prepared import prepare
from pipelines.linking.records import Record
from pipelines.linking.vectors import encode
from pipelines.linking.weights import WeightSet
from pipelines.signature import signature_of
from storage.links import Link, ReleaseFacts, ReleaseText

HUB_ABOVE = 50
"""Keys without a date that more releases hold say nothing."""
NEAR_WHOLE = 0.65
"""Cosine of two whole texts from which on they are looked at without any shared key."""
_ROWS = 256
"""Texts compared with all others at a time."""
_ENCODED_TOGETHER = 64

Pair = tuple[int, int]
"""Places in the collection, the release with the smaller id first."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Releases, ready for being compared, in order of their ids."""

    records: tuple[Record, ...]
    contents: tuple[Content, ...]
    facts: Mapping[str, ReleaseFacts]
    library: Library


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking a collection gave."""

    statements: Mapping[str, str]
    """Release id -> smallest id of a release of its statement."""
    links: Mapping[tuple[str, str], Link]
    """The best evidence for each pair that has any."""
    resolution: Resolution


def gather(
    records: Iterable[Record],
    encoder: Encoder | None = None,
    progress: Callable[[int], object] = lambda _done: None,
) -> Collection:
    """Prepare releases for comparing. `progress` is told how many more are done."""
    ordered = tuple(sorted(records, key=lambda each: each.id))
    contents: list[Content] = []
    for start in range(0, len(ordered), _ENCODED_TOGETHER):
        some = ordered[start : start + _ENCODED_TOGETHER]
        prepared = [prepare(each.title, each.text, each.language) for each in some]
        vectors = encode([(each.text, one) for each, one in zip(some, prepared, strict=True)], encoder)
        contents += [Content(one, many) for one, many in zip(prepared, vectors, strict=True)]
        progress(len(some))
    texts = {each.id: _text(each) for each in ordered}
    return Collection(ordered, tuple(contents), {each.id: each.facts() for each in ordered}, Library(texts))


def _text(record: Record) -> ReleaseText:
    paragraphs = [each.strip() for each in record.text.split("\n") if each.strip()]
    return ReleaseText(
        record.id,
        record.language,
        record.title,
        "\n\n".join(paragraphs),
        record.folio,
        signature_of(paragraphs, record.language),
    )


def candidates(collection: Collection) -> Iterator[Pair]:
    """Pairs that share enough keys, each once, in order."""
    keys = [candidate_keys(each.prepared) for each in collection.contents]
    days = [each.said_on.toordinal() for each in collection.records]
    lasting: dict[int, list[int]] = defaultdict(list)
    holders: dict[int, list[int]] = defaultdict(list)
    for at, content in enumerate(collection.contents):
        for key in lasting_keys(content.prepared):
            lasting[key].append(at)
        for key in keys[at]:
            holders[key].append(at)
    kept = _near(collection, days)
    for some in lasting.values():
        if len(some) <= HUB_ABOVE:
            for one, other in combinations(some, 2):
                kept[one].add(other)
    for at, own in enumerate(keys):
        shared: Counter[int] = Counter()
        for key in own:
            shared.update(other for other in holders[key] if other > at)
        near = {
            other
            for other, count in shared.items()
            if abs(days[at] - days[other]) <= WINDOW_DAYS
            and are_candidates(len(own), len(keys[other]), count)
        }
        for other in sorted(near | kept[at]):
            yield at, other


def _near(collection: Collection, days: Sequence[int]) -> dict[int, set[int]]:
    """Releases of the same weeks whose vectors, taken whole, are near: they may share no figure or name."""
    kept: dict[int, set[int]] = defaultdict(set)
    by_model: dict[str, list[int]] = defaultdict(list)
    for at, content in enumerate(collection.contents):
        if content.vectors is not None and len(content.vectors.passages):
            by_model[content.vectors.model].append(at)
    for some in by_model.values():
        whole = np.stack([_whole(collection.contents[at]) for at in some])
        said = np.array([days[at] for at in some])
        for start in range(0, len(some), _ROWS):
            rows = slice(start, start + _ROWS)
            near = whole[rows] @ whole.T >= NEAR_WHOLE
            near &= np.abs(said[rows, None] - said[None, :]) <= WINDOW_DAYS
            for row, column in zip(*np.nonzero(near), strict=True):
                one, other = some[start + int(row)], some[int(column)]
                if one < other:
                    kept[one].add(other)
    return kept


def _whole(content: Content) -> NDArray[np.float32]:
    if content.vectors is None:
        raise ValueError("a text without vectors has no direction")
    return content.vectors.whole


def link(
    collection: Collection,
    weights_for: Callable[[Record, Record], WeightSet],
    progress: Callable[[int], object] = lambda _done: None,
) -> Linked:
    """Link a collection. `weights_for` gives the weights for a pair: the same, but in cross-validation."""
    links: dict[tuple[str, str], Link] = {}
    before = 0
    for left, right in candidates(collection):
        evidence = weigh_pair(collection, left, right, weights_for)
        if evidence is not None:
            links[evidence.left, evidence.right] = Link(
                evidence.left, evidence.right, str(evidence.kind), "", evidence.score, evidence.features
            )
        if left > before:
            progress(left - before)
            before = left
    progress(len(collection.records) - before)
    resolution = resolve(collection.facts, links.values())
    statements = {each: group[0] for group in resolution.statements for each in group}
    return Linked(statements, links, resolution)


def weigh_pair(
    collection: Collection, left: int, right: int, weights_for: Callable[[Record, Record], WeightSet]
) -> Evidence | None:
    """The evidence about two releases: by their words where they share a language, else by passages."""
    one, other = collection.records[left], collection.records[right]
    ours, theirs = collection.contents[left], collection.contents[right]
    facts = collection.facts
    weights = weights_for(one, other)
    words = None
    if one.language == other.language:
        if not worth_scoring(ours.prepared, theirs.prepared, weights):
            return None
        words = weigh_texts(facts[one.id], facts[other.id], collection.library, {}, expected=False)
        if words is not None and (words.score >= JOINABLE or words.score == 0):
            return words
    found = weigh_content(facts[one.id], facts[other.id], ours, theirs, weights)
    return words if found is None else found


def sequence_of(records: Sequence[Record], linked: Linked) -> list[tuple[str, str]]:
    """(release, statement) in the order of the file."""
    return [(each.id, linked.statements[each.id]) for each in records]
