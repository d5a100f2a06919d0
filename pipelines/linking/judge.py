"""What the linker asks of whoever judges texts: one protocol, so that linking knows no model.

A judge is pure: the same texts and facts give the same answers. Everything it learned or was given (weights,
an encoder) is named by its `identity`, which every link keeps that it scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pipelines.linking.evidence import Evidence, Library
from storage.links import ReleaseFacts, ReleaseText


@dataclass(frozen=True, slots=True)
class Reading:
    """What is stored of a text, so that it need not be read again."""

    prepared: bytes
    day_keys: tuple[int, ...]
    """Anchors for releases said around the same day: signed 64-bit integers."""
    lasting: tuple[int, ...]
    """Anchors for those posted at any time: signed 64-bit integers, each shared by hardly any other text."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of a text's passages."""

    dimension: int
    data: bytes


Content = TypeVar("Content")


@dataclass(frozen=True)
class Pair(Generic[Content]):
    """Two releases to be compared, with their texts as a judge opened them."""

    left: ReleaseFacts
    """The one with the smaller id."""
    right: ReleaseFacts
    ours: Content
    theirs: Content


class Judge(Protocol[Content]):
    """Prepares texts, and weighs pairs of them."""

    @property
    def identity(self) -> str:
        """Weights and encoder, at most 200 characters; another identity may give other scores."""

    @property
    def reading(self) -> str:
        """Version of what `read` makes, at most 40 characters; what another version made is made again."""

    @property
    def vectors(self) -> str | None:
        """Model of the vectors that it wants, as `name@version`; None when it wants none."""

    @property
    def reach(self) -> int:
        """Days between releases up to which `day_keys` count."""

    def read(self, texts: Sequence[ReleaseText]) -> list[Reading]:
        """Take texts apart."""

    def encode(self, texts: Sequence[ReleaseText]) -> list[Encoded | None]:
        """Vectors of texts; None for a language that the encoder does not know."""

    def open(self, prepared: bytes, vectors: bytes | None) -> Content:
        """What `weigh` wants, from what is stored."""

    def worth(self, ours: int, theirs: int, shared: int) -> bool:
        """Whether so many shared day keys make two releases candidates; the first two: how many each has."""

    def sift(self, pairs: Sequence[tuple[Content, Content]]) -> list[bool]:
        """For each pair of texts, whether `weigh` may find anything: a first look, which costs little."""

    def weigh(self, pairs: Sequence[Pair[Content]], library: Library) -> list[Evidence | None]:
        """Evidence about each pair that `sift` let through, of a kind of CONTENT_KINDS, symmetric in the two
        texts; None where it is not worth keeping. What is said of a pair does not depend on the other pairs.

        The library holds the texts, which are read from the database
        only when they are asked for.
        """
