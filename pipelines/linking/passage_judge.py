"""The judge of this installation: passages, weighed with what was learned, with an encoder or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.linking.candidate_keys import (
    KEYS_VERSION,
    WINDOW_DAYS,
    are_candidates,
    keys_of,
)
from pipelines.linking.content import Content, TextPair
from pipelines.linking.encoders import DEFAULT, NONE, open_encoder
from pipelines.linking.encoders.protocol import Encoder, EncoderError
from pipelines.linking.evidence import SAME_CONTENT, TEXT_KINDS, Evidence, Library
from pipelines.linking.judge import Encoded, Reading
from pipelines.linking.pairs import sift_pairs, weigh_pairs
from pipelines.linking.prepared import PREPARED_VERSION, Prepared, pack, prepare, unpack
from pipelines.linking.vectors import Vectors, encode
from pipelines.linking.weights import WeightSet, load_weights
from storage.links import ReleaseText


class PassageJudge:
    """See `judge.Judge`. Vectors are wanted where the weights have a scorer for them."""

    def __init__(self, weights: WeightSet, encoder: Encoder | None = None, encoder_name: str = NONE) -> None:
        self._weights = weights
        self._encoder = encoder
        self.encoder_name = encoder_name
        """As `encoders.open_encoder` takes it."""
        self._just_read: dict[str, Prepared] = {}
        """What `read` was last asked for: `encode` is asked for the same texts."""

    @property
    def identity(self) -> str:
        """Hash of the weights, and encoder."""
        return f"{self._weights.identity} {self._encoder.identity if self._encoder else 'texts'}"

    @property
    def reading(self) -> str:
        """Version of what is prepared."""
        return f"{PREPARED_VERSION}.{KEYS_VERSION}"

    @property
    def vectors(self) -> str | None:
        """Name and version of the encoder."""
        return self._encoder.identity if self._encoder else None

    @property
    def reach(self) -> int:
        """Days between releases that are compared by what is said around a day."""
        return WINDOW_DAYS

    def read(self, texts: Sequence[ReleaseText]) -> list[Reading]:
        """Prepare texts, and choose their anchors."""
        self._just_read = {each.id: prepare(each.title, each.body, each.language) for each in texts}
        return [Reading(pack(each), *keys_of(each)) for each in self._just_read.values()]

    def encode(self, texts: Sequence[ReleaseText]) -> list[Encoded | None]:
        """Vectors of the texts' passages."""
        pairs = [
            (each.body, self._just_read.get(each.id) or prepare(each.title, each.body, each.language))
            for each in texts
        ]
        return [
            None if found is None else Encoded(found.rows.shape[1], found.pack())
            for found in encode(pairs, self._encoder)
        ]

    def open(self, prepared: bytes, vectors: bytes | None) -> Content:
        """From what is stored."""
        known = self._encoder is not None and vectors is not None
        model = self._encoder.identity if self._encoder else ""
        return Content(unpack(prepared), Vectors.unpack(model, vectors) if known and vectors else None)

    def worth(self, ours: int, theirs: int, shared: int) -> bool:
        """Whether so many shared anchors are worth a look."""
        return are_candidates(ours, theirs, shared)

    def sift(self, pairs: Sequence[tuple[Content, Content]]) -> list[bool]:
        """Whether two texts share enough, wherever it stands, or have near vectors in two languages."""
        return sift_pairs(pairs, self._weights)

    def weigh(self, pairs: Sequence[TextPair], library: Library) -> list[Evidence | None]:
        """Two texts of one language by their words, where these decide; all others by their passages."""
        return [
            # The crawl has kinds of its own for what it finds by words.
            replace(each, kind=SAME_CONTENT) if each is not None and each.kind in TEXT_KINDS else each
            for each in weigh_pairs(pairs, library, self._weights)
        ]


def open_judge(encoder: str | None = None) -> tuple[PassageJudge, str | None]:
    """The judge with the weights of this installation, and what a person should know about it, if anything.

    `encoder` as `encoders.open_encoder` names them; None: the one that comes with the program, or none
    where it is not installed. Raises WeightsError, EncoderError.
    """
    if encoder is not None:
        return judge_named(encoder), None
    try:
        return judge_named(DEFAULT), None
    except EncoderError as error:
        return judge_named(NONE), f"{error} Texts are compared without vectors."


def judge_named(encoder: str) -> PassageJudge:
    """The judge with that encoder. Raises WeightsError, EncoderError."""
    return PassageJudge(load_weights(), open_encoder(encoder), encoder)
