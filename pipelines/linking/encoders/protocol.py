"""What an encoder is to linking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class EncoderError(Exception):
    """An encoder cannot be used, or answered something else than vectors; the message says what to do."""


class Encoder(Protocol):
    """Makes vectors of sentences, so that what means the same in two languages points the same way."""

    @property
    def name(self) -> str:
        """Which model it is."""
        ...

    @property
    def version(self) -> str:
        """Which version of it: other vectors need another version."""
        ...

    @property
    def identity(self) -> str:
        """`name@version`: vectors are kept with it, and only those of one identity are compared."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def languages(self) -> frozenset[str] | None:
        """Primary tags of the languages that it knows; None when it makes no difference between them."""
        ...

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """A row for each sentence. Raises EncoderError."""
        ...
