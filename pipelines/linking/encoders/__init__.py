"""Encoders of sentences behind one protocol; each is loaded only when it is asked for by name."""

from __future__ import annotations

from pipelines.linking.encoders.protocol import Encoder, EncoderError

DEFAULT = "use"
NONE = "none"


def open_encoder(name: str) -> Encoder | None:
    """The encoder of that name: `none` (then None), `use`.

    Raises EncoderError when there is none of that name, or it cannot be used.
    """
    if name == NONE:
        return None
    if name == DEFAULT:
        from pipelines.linking.encoders.universal import UniversalEncoder

        return UniversalEncoder()
    raise EncoderError(f"no encoder {name!r}: expected none or use")
