"""A judge that needs no model: it compares figures and names. Small, so that tests can say what it does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.linking.evidence import SAME_CONTENT, TRANSLATION, Evidence, Library
from pipelines.linking.judge import Encoded, Pair, Reading
from pipelines.linking.words import anchors, read_words
from storage.links import ReleaseText

Anchors = frozenset[str]


def key_of(text: str) -> int:
    """A signed 64-bit number for a text."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


@dataclass
class CountingJudge:
    """Joins from a share of 0.6 of figures and names, asks from 0.4; remembers what it was asked."""

    identity: str = "counting@1"
    reading: str = "counting-1"
    vectors: str | None = None
    reach: int = 10
    join: float = 0.6
    ask: float = 0.4
    read_texts: list[str] = field(default_factory=list)
    weighed: list[tuple[str, str]] = field(default_factory=list)

    def read(self, texts: Sequence[ReleaseText]) -> list[Reading]:
        self.read_texts += [text.id for text in texts]
        return [self._read(text) for text in texts]

    def _read(self, text: ReleaseText) -> Reading:
        found = sorted(anchors(read_words(text.body, text.language)))
        longest = sorted(found, key=lambda each: (-len(each), each))[:3]
        lasting = {key_of("+".join(sorted(longest)))} if len(longest) == 3 else set()
        lasting |= {key_of(f"only {each}") for each in found if len(each) > 4}
        return Reading(
            json.dumps(found).encode(),
            tuple(sorted(key_of(each) for each in found)),
            tuple(sorted(lasting)),
        )

    def encode(self, texts: Sequence[ReleaseText]) -> list[Encoded | None]:
        return [
            None if text.language == "xx" else Encoded(2, f"{self.vectors} {text.id}".encode())
            for text in texts
        ]

    def open(self, prepared: bytes, vectors: bytes | None) -> Anchors:
        if self.vectors is not None and vectors is not None:
            assert vectors.startswith(self.vectors.encode()), "vectors of another model"
        return frozenset(json.loads(prepared))

    def worth(self, ours: int, theirs: int, shared: int) -> bool:
        return shared >= max(2, round(0.2 * min(ours, theirs)))

    def sift(self, pairs: Sequence[tuple[Anchors, Anchors]]) -> list[bool]:
        return [True] * len(pairs)

    def weigh(self, pairs: Sequence[Pair[Anchors]], library: Library) -> list[Evidence | None]:
        return [self._weigh(pair) for pair in pairs]

    def _weigh(self, pair: Pair[Anchors]) -> Evidence | None:
        left, right, ours, theirs = pair.left, pair.right, pair.ours, pair.theirs
        self.weighed.append((left.id, right.id))
        share = len(ours & theirs) / max(1, min(len(ours), len(theirs)))
        kind = SAME_CONTENT if left.language == right.language else TRANSLATION
        features = {"probability": round(share, 4), "shares": {"anchors": round(share, 4)}}
        if share >= self.join:
            return Evidence(left.id, right.id, kind, round(0.5 + 0.4 * share, 4), features)
        if share >= self.ask:
            return Evidence(left.id, right.id, kind, 0.3, {**features, "doubt": "few shared"})
        return None
