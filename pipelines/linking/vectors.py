"""Vectors of passages: what an encoder makes of a text.

Of a long text not every passage is encoded, because encoding costs more than everything else: the first
ones, and of the others those that hold most figures and names, for in a translation it is the same ones.
Vectors of different models are never compared.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.encoders import half_knows
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.passages import passages_of
from pipelines.linking.prepared import CONCEPT, DATE, NAME, NUMBER, TITLE, Prepared

MOST_ENCODED = 32
"""Passages of one text that are encoded, at most."""
_FIRST = 20
_LONGEST = 400
"""Characters of a passage that are encoded: a sentence."""


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors of some passages of one text."""

    model: str
    """Name and version of the encoder, as `Encoder.identity` gives it."""
    rows: NDArray[np.float32]
    """A vector of length 1 for each encoded passage."""
    passages: tuple[int, ...]
    """Which passages they are, ascending."""

    @cached_property
    def whole(self) -> NDArray[np.float32]:
        """The mean direction of all of them."""
        mean = self.rows.mean(axis=0)
        return np.asarray(mean / (np.linalg.norm(mean) or 1.0), dtype=np.float32)

    def pack(self) -> bytes:
        """As bytes: half precision, the same on every machine. The model is kept beside them."""
        count, dimension = self.rows.shape
        head = struct.pack("<HH", count, dimension)
        return head + struct.pack(f"<{count}H", *self.passages) + self.rows.astype("<f2").tobytes()

    @staticmethod
    def unpack(model: str, blob: bytes) -> Vectors:
        """What `pack` made. Raises ValueError when it is not whole."""
        count, dimension = struct.unpack_from("<HH", blob) if len(blob) >= 4 else (0, 0)
        if len(blob) != 4 + 2 * count + 2 * count * dimension:
            raise ValueError(
                f"vectors of {len(blob)} bytes: expected {count} of {dimension}; encode the text again"
            )
        passages = struct.unpack_from(f"<{count}H", blob, 4)
        rows = np.frombuffer(blob, dtype="<f2", offset=4 + 2 * count).reshape(count, dimension)
        return Vectors(model, rows.astype(np.float32), tuple(passages))


def knows(encoder: Encoder, language: str) -> bool:
    """Whether an encoder knows a language, or half of it."""
    known = encoder.languages
    return known is None or language in known or half_knows(encoder.identity, language)


def encode(texts: Sequence[tuple[str, Prepared]], encoder: Encoder | None) -> list[Vectors | None]:
    """Vectors of texts (body, prepared), all in one go; None without an encoder that knows the language."""
    if encoder is None:
        return [None] * len(texts)
    # Each sentence once, with its row: copies of a text say the same, and so do standing phrases.
    wanted: dict[str, int] = {}
    chosen: list[tuple[tuple[int, ...], list[int]] | None] = []
    for body, prepared in texts:
        if not knows(encoder, prepared.language):
            chosen.append(None)
            continue
        passages = passages_of(body)
        places = chosen_passages(prepared)
        own = [wanted.setdefault(passages[place][:_LONGEST], len(wanted)) for place in places]
        chosen.append((places, own))
    rows = (
        _unit(encoder.encode(list(wanted))) if wanted else np.zeros((0, encoder.dimension), dtype=np.float32)
    )
    return [None if each is None else Vectors(encoder.identity, rows[each[1]], each[0]) for each in chosen]


def chosen_passages(prepared: Prepared) -> tuple[int, ...]:
    """Places of the passages to encode: at most `MOST_ENCODED`, the first and the most telling."""
    count = len(prepared.lengths)
    if count <= MOST_ENCODED:
        return tuple(range(count))
    telling = np.isin(prepared.kinds, (NUMBER, DATE, NAME, CONCEPT)) & (prepared.places != TITLE)
    weights = np.bincount(prepared.places[telling], minlength=count)[:count]
    later = sorted(range(_FIRST, count), key=lambda place: (-int(weights[place]), place))
    return tuple(sorted((*range(_FIRST), *later[: MOST_ENCODED - _FIRST])))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
