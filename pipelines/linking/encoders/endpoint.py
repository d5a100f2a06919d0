"""Vectors from a server that answers like OpenAI's `/v1/embeddings`: text-embeddings-inference, Ollama, vLLM.

Texts leave this machine when the server is elsewhere, so an endpoint is used only when it is named: its
address in the encoder's name (`http://127.0.0.1:8080/v1#intfloat/multilingual-e5-small`), its key in the
environment. Plain HTTP is taken for this machine alone.
"""

from __future__ import annotations

import http.client
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.encoders.protocol import EncoderError

_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
_MOST_BYTES = 64 * 1024 * 1024
_MOST_DIMENSIONS = 8192


@dataclass
class EndpointEncoder:
    """An encoder behind HTTP. Its dimension is that of the first answer; another one later is an error."""

    address: str
    """Base address, such as `https://host/v1`; `/embeddings` is added."""
    model: str
    key: str | None = field(default=None, repr=False)
    batch: int = 32
    timeout: float = 60.0
    """Seconds for one batch."""
    languages: frozenset[str] | None = None
    _dimension: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EncoderError(f"encoder {self.address}: expected an address such as https://host/v1#model")
        if not self.model:
            raise EncoderError(f"encoder {self.address}: no model named; write {self.address}#model")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise EncoderError(
                f"encoder {self.address}: texts and key would travel unencrypted; use https, or a server on "
                "this machine"
            )
        if parts.username or parts.password:
            raise EncoderError(
                f"encoder at {parts.hostname}: a key in the address is refused; use the environment"
            )

    @property
    def name(self) -> str:
        """The model, as the server calls it."""
        return f"endpoint:{self.model}"

    @property
    def version(self) -> str:
        """The server's host: the API tells no version."""
        return str(urlsplit(self.address).netloc)

    @property
    def identity(self) -> str:
        """Model and host."""
        return f"{self.name}@{self.version}"

    @property
    def dimension(self) -> int:
        """Numbers in a vector; asks the server when nothing was encoded yet."""
        if self._dimension is None:
            self.encode(["."])
        return self._dimension or 0

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """A row for each sentence, asked for in batches. Raises EncoderError."""
        rows = [
            self._ask(list(sentences[at : at + self.batch])) for at in range(0, len(sentences), self.batch)
        ]
        if not rows:
            return np.zeros((0, self._dimension or 0), dtype=np.float32)
        return np.concatenate(rows)

    def _ask(self, sentences: list[str]) -> NDArray[np.float32]:
        answer = self._post({"model": self.model, "input": sentences, "encoding_format": "float"})
        try:
            told = sorted(answer["data"], key=lambda each: each["index"])
            places = [each["index"] for each in told]
            rows = [each["embedding"] for each in told]
        except (KeyError, TypeError):
            raise self._refusal(
                f"expected data with index and embedding, found {str(answer)[:200]}"
            ) from None
        if places != list(range(len(sentences))):
            raise self._refusal(f"expected {len(sentences)} vectors, found {len(places)}")
        return self._checked(rows)

    def _checked(self, rows: list[Any]) -> NDArray[np.float32]:
        sizes = {len(row) if isinstance(row, list) else -1 for row in rows}
        if len(sizes) != 1 or not 0 < min(sizes) <= _MOST_DIMENSIONS:
            raise self._refusal(f"expected vectors of one dimension, found {sorted(sizes)}")
        size = sizes.pop()
        if self._dimension is not None and size != self._dimension:
            raise self._refusal(
                f"expected {self._dimension} dimensions as before, found {size}: another model?"
            )
        numbers = all(
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            for row in rows
            for value in row
        )
        if not numbers:
            raise self._refusal("expected finite numbers in the vectors, found something else")
        self._dimension = size
        return np.array(rows, dtype=np.float32)

    def _post(self, question: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the server answers
        parts = urlsplit(self.address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        connection = kind(str(parts.hostname), parts.port, timeout=self.timeout)
        try:
            path = f"{parts.path.rstrip('/')}/embeddings"
            connection.request("POST", path, json.dumps(question).encode(), headers)
            answer = connection.getresponse()
            body = answer.read(_MOST_BYTES + 1)
        except TimeoutError:
            raise self._refusal(f"no answer within {self.timeout:g} s; is the server overloaded?") from None
        except (OSError, http.client.HTTPException) as error:
            raise self._refusal(f"cannot be reached ({error}); is the server running?") from None
        finally:
            connection.close()
        if answer.status in (401, 403):
            raise self._refusal(f"status {answer.status}: expected a valid key in COMMUNIQUE_ENCODER_KEY")
        if answer.status != http.client.OK:
            raise self._refusal(f"expected status 200, found {answer.status}: {body[:200]!r}")
        if len(body) > _MOST_BYTES:
            raise self._refusal(f"answered more than {_MOST_BYTES} bytes; use a smaller batch")
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise self._refusal(f"expected JSON, found {body[:100]!r}") from None

    def _refusal(self, found: str) -> EncoderError:
        return EncoderError(f"encoder {self.model} at {urlsplit(self.address).netloc}: {found}")
