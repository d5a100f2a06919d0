"""Releases of a file linked without a database, by the engine that links those of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.candidate_keys import FEWEST_SHARED, LEAST_SHARE, WINDOW_DAYS, candidate_keys
from pipelines.linking.clusters import Resolution, resolve
from pipelines.linking.content import NEAR_ENOUGH, Content, TextPair
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.evidence import CONTRADICTION, Evidence, Library
from pipelines.linking.pairs import sift_pairs, weigh_pairs
from pipelines.linking.prepared import prepare
from pipelines.linking.records import Record
from pipelines.linking.vectors import Vectors, encode
from pipelines.linking.weights import WeightSet
from pipelines.signature import signature_of
from storage.links import Link, ReleaseFacts, ReleaseText

HUB_ABOVE = 50
_HUB_PART = 40
"""A key that more releases hold than this, and than this part of the file, does not tell one from another."""
_SMALL_FILE = 2000
_MOST_FAR = 20
FAR_SHARE = 0.06
"""Part of the keys that releases of other weeks must share, by weight, to be looked at."""
NEAR_WHOLE = 0.65
"""Cosine of two whole texts of the same weeks from which on they are looked at without any shared key; of any
weeks the `_MOST_FAR` nearest of each text are, from `NEAR_ENOUGH` on."""
FEW_PASSAGES = 4
"""A text of no more is also sought passage by passage: what it quotes is a small part of a whole text."""
FOUND = 0.5
"""Mean cosine of its passages with the nearest ones of another text from which on that is looked at, of the
`_MOST_FAR` nearest ones."""
_USUAL_FILE = 1000.0
"""How many releases a file is taken to have for how rare a key is: in a file of two every key is frequent."""
_UNKNOWN = 0
"""A day that is not told."""
_ROWS = 256
"""Texts compared with all others at a time."""
_ENCODED_TOGETHER = 64
_WEIGHED_TOGETHER = 2000

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
    """Pairs that share enough keys, each once, in order.

    Of the same weeks what `are_candidates` says of the database counts here too. Days in files are often
    those of a copy, or missing, so pairs of other weeks are looked at as well when they share `FAR_SHARE` of
    the keys that few of the file's releases hold, each counted for as much as it is rare.
    """
    keys = _Keys([candidate_keys(each.prepared) for each in collection.contents])
    days = np.array(
        [_UNKNOWN if each.said_on is None else each.said_on.toordinal() for each in collection.records]
    )
    kept = _near(collection, days)
    for at in range(len(days)):
        others, counts, weights = keys.shared_with_later(at)
        near = _same_weeks(days[at], days[others], len(days))
        fewer = np.minimum(keys.counts[at], keys.counts[others])
        lighter = np.minimum(keys.weights[at], keys.weights[others])
        wanted = (counts >= FEWEST_SHARED) & (counts >= np.ceil(LEAST_SHARE * fewer)) & near
        wanted |= (counts > FEWEST_SHARED) & (weights > 0) & (weights >= FAR_SHARE * lighter)
        for other in sorted({*others[wanted].tolist(), *kept[at]}):
            yield at, other


def _same_weeks(one: NDArray[np.int64], other: NDArray[np.int64], releases: int) -> NDArray[np.bool_]:
    """Whether two days are so near that one may be the day of a version of the other.

    A day that is not told is near in a small file; in a large one too many pairs would be.
    """
    near = np.abs(one - other) <= WINDOW_DAYS
    if releases <= _SMALL_FILE:
        near |= (one == _UNKNOWN) | (other == _UNKNOWN)
    return np.asarray(near)


class _Keys:
    """Keys of all releases, with those that hold them."""

    def __init__(self, keys: Sequence[Sequence[int]]) -> None:
        self.counts = np.array([len(each) for each in keys], dtype=np.int64)
        values = np.array([key for each in keys for key in each], dtype=np.int64)
        owners = np.repeat(np.arange(len(keys)), self.counts)
        _, self._place, held_by = np.unique(values, return_inverse=True, return_counts=True)
        few = max(HUB_ABOVE, len(keys) // _HUB_PART)
        self._rarity = np.where(held_by <= few, np.log1p(_USUAL_FILE / held_by), 0.0)
        """For each key, how much it says: the more, the fewer hold it; nothing where many do."""
        self._holders = owners[np.argsort(self._place, kind="stable")]
        self._ends = np.cumsum(held_by)
        self._starts = self._ends - held_by
        self._own = np.cumsum(self.counts)
        self.weights = np.bincount(owners, self._rarity[self._place], minlength=len(keys))

    def shared_with_later(self, at: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Releases after one that share a key with it, how many they share, and what those weigh."""
        own = self._place[self._own[at] - self.counts[at] : self._own[at]]
        stretches = [self._holders[self._starts[key] : self._ends[key]] for key in own]
        if not stretches:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing, np.zeros(0)
        holders = np.concatenate(stretches)
        rarity = np.repeat(self._rarity[own], [len(each) for each in stretches])
        later = holders > at
        size = len(self.counts)
        counts = np.bincount(holders[later], minlength=size).astype(np.int64)
        weights = np.bincount(holders[later], rarity[later], minlength=size).astype(np.float64)
        others = np.flatnonzero(counts).astype(np.int64)
        return others, counts[others], weights[others]


def _near(collection: Collection, days: NDArray[np.int64]) -> dict[int, set[int]]:
    """Releases whose vectors, taken whole, are near: they may share no figure or name.

    Of other weeks, or less near, only the nearest of each release: forms that are filled in every day are all
    near.
    """
    kept: dict[int, set[int]] = defaultdict(set)
    by_model: dict[str, list[int]] = defaultdict(list)
    for at, content in enumerate(collection.contents):
        if content.vectors is not None and len(content.vectors.passages):
            by_model[content.vectors.model].append(at)
    for some in by_model.values():
        whole = np.stack([_whole(collection.contents[at]) for at in some])
        said = days[some]
        for start in range(0, len(some), _ROWS):
            rows = slice(start, start + _ROWS)
            cosines = whole[rows] @ whole.T
            near = _same_weeks(said[rows, None], said[None, :], len(days))
            for row, cosine in enumerate(cosines):
                one = some[start + row]
                nearest = _nearest(cosine, NEAR_ENOUGH)
                for column in (*np.flatnonzero(near[row] & (cosine >= NEAR_WHOLE)).tolist(), *nearest):
                    _keep(kept, one, some[column])
        _seek_short(collection, some, kept)
    return kept


def _seek_short(collection: Collection, some: Sequence[int], kept: dict[int, set[int]]) -> None:
    """Texts in which the few passages of a short one are found: taken whole the two have little in common."""
    rows = [_vectors(collection.contents[at]).rows for at in some]
    short = [at for at, each in enumerate(rows) if len(each) <= FEW_PASSAGES]
    if not short:
        return
    passages = np.concatenate(rows)
    starts = np.cumsum([0, *(len(each) for each in rows[:-1])])
    for at in short:
        best = np.maximum.reduceat(rows[at] @ passages.T, starts, axis=1).mean(axis=0)
        for column in _nearest(best, FOUND):
            _keep(kept, some[at], some[column])


def _nearest(cosine: NDArray[np.float32], least: float) -> list[int]:
    """Places of the highest cosines, at most one more than `_MOST_FAR`: a text is nearest to itself."""
    places = np.flatnonzero(cosine >= least)
    chosen: list[int] = places[np.argsort(-cosine[places], kind="stable")[: _MOST_FAR + 1]].tolist()
    return chosen


def _keep(kept: dict[int, set[int]], one: int, other: int) -> None:
    if one != other:
        kept[min(one, other)].add(max(one, other))


def _whole(content: Content) -> NDArray[np.float32]:
    return _vectors(content).whole


def _vectors(content: Content) -> Vectors:
    if content.vectors is None:
        raise ValueError("a text without vectors has no direction")
    return content.vectors


def link(
    collection: Collection,
    weights_for: Callable[[Record, Record], WeightSet],
    progress: Callable[[int], object] = lambda _done: None,
) -> Linked:
    """Link a collection. `weights_for` gives the weights for a pair: the same, but in cross-validation."""
    links: dict[tuple[str, str], Link] = {}
    before = 0
    for some in _batches(candidates(collection)):
        for evidence in weigh_places(collection, some, weights_for):
            if evidence is not None:
                links[evidence.left, evidence.right] = _link_of(evidence)
        progress(some[-1][0] - before)
        before = some[-1][0]
    progress(len(collection.records) - before)
    resolution = resolve(collection.facts, links.values())
    statements = {each: group[0] for group in resolution.statements for each in group}
    return Linked(statements, links, resolution)


def _link_of(evidence: Evidence) -> Link:
    """Evidence as a link. Of two texts that contradict each other nothing more is asked, and in a file of
    forms filled in every day nearly all pairs do."""
    features = {} if evidence.score == CONTRADICTION else evidence.features
    return Link(evidence.left, evidence.right, str(evidence.kind), "", evidence.score, features)


def _batches(pairs: Iterator[Pair]) -> Iterator[list[Pair]]:
    while some := list(islice(pairs, _WEIGHED_TOGETHER)):
        yield some


def weigh_places(
    collection: Collection,
    places: Sequence[Pair],
    weights_for: Callable[[Record, Record], WeightSet],
) -> list[Evidence | None]:
    """The evidence about the two releases of each pair."""
    by_weights: dict[int, tuple[WeightSet, list[int]]] = {}
    for at, (left, right) in enumerate(places):
        weights = weights_for(collection.records[left], collection.records[right])
        by_weights.setdefault(id(weights), (weights, []))[1].append(at)
    found: list[Evidence | None] = [None] * len(places)
    for weights, some in by_weights.values():
        texts = collection.contents
        contents = [(texts[places[at][0]], texts[places[at][1]]) for at in some]
        sifted = [at for at, may in zip(some, sift_pairs(contents, weights), strict=True) if may]
        pairs = [_pair(collection, *places[at]) for at in sifted]
        for at, evidence in zip(sifted, weigh_pairs(pairs, collection.library, weights), strict=True):
            found[at] = evidence
    return found


def _pair(collection: Collection, left: int, right: int) -> TextPair:
    one, other = collection.records[left], collection.records[right]
    mine, yours = collection.facts[one.id], collection.facts[other.id]
    if one.said_on is None or other.said_on is None:
        # A day that is not told speaks neither for nor against.
        yours = replace(yours, said_on=mine.said_on, posted_on=mine.posted_on)
    return TextPair(mine, yours, collection.contents[left], collection.contents[right])


def sequence_of(records: Sequence[Record], linked: Linked) -> list[tuple[str, str]]:
    """(release, statement) in the order of the file."""
    return [(each.id, linked.statements[each.id]) for each in records]
