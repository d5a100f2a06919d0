"""What speaks for and against two releases being versions of one statement.

A piece of evidence looks at one pair only, and follows from the two releases alone, never from what else
is stored or which came first. Its score is the strength of this evidence by itself:

    0            the two contradict each other (a template's other figures): never in one statement
    below 0.5    not enough to join; a person is asked
    0.5 to 1     may join, when nothing that the other releases say speaks against it (`clusters`)

| kind | says | score |
|---|---|---|
| same text | same language, words aligned (`same_text`) | 0.6 + 0.4 x similarity |
| excerpt | same language, the shorter text stands in the longer | 0.5 + 0.4 x containment |
| alternate | a publisher names the other as another language version | 1 both ways, 0.95 one way |
| shared id | the publisher's id for all language versions | 0.97 |
| source link | a mirror names the other's address as its source | 0.93; several links: by anchors |
| folio | one issuer's number of one year, other language | 0.85 + 0.13 x anchors |
| attribution | foot line names issuer and day | 0.5 + 0.4 x anchors, decided among all of the day |
| translation, same content | passages of one are found in the other | by probability |

Texts of one language are weighed in `copies`, the claims of publishers in `publishers`, what passages say in
`content`. `rel=canonical` never is evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.items import KindOfRelease, KindOfSource
from pipelines.linking.same_text import body_words
from pipelines.linking.words import Words, anchors
from storage.links import ReleaseFacts, ReleaseText

SAME_TEXT = "same text"
EXCERPT = "excerpt"
TEXT_KINDS = (SAME_TEXT, EXCERPT)
TRANSLATION = "translation"
SAME_CONTENT = "same content"
CONTENT_KINDS = (TRANSLATION, SAME_CONTENT)
"""Evidence that the linker finds, after the crawl."""

JOINABLE = 0.5
"""Evidence from this score on may join."""
CONTRADICTION = 0.0

_WRITTEN = frozenset(
    {
        KindOfRelease.COMMUNIQUE,
        KindOfRelease.STATEMENT,
        KindOfRelease.READOUT,
        KindOfRelease.ADVISORY,
        KindOfRelease.FACT_SHEET,
    }
)
_ALIKE = (
    frozenset({KindOfRelease.COMMUNIQUE, KindOfRelease.STATEMENT}),
    frozenset({KindOfRelease.REMARKS, KindOfRelease.SPEECH}),
    frozenset({KindOfRelease.TRANSCRIPT, KindOfRelease.PRESS_CONFERENCE}),
)
_SECOND_HAND = (KindOfSource.MIRROR, KindOfSource.ARCHIVE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence about a pair. See the module for what scores mean."""

    left: str
    right: str
    kind: str
    score: float
    features: Mapping[str, Any] = field(default_factory=dict)
    """The values compared, in words that a person can check."""


class Library:
    """Texts of the releases at hand, taken apart once each."""

    def __init__(self, texts: Mapping[str, ReleaseText]) -> None:
        self._texts = texts
        self._words: dict[str, Words] = {}
        self._anchors: dict[str, frozenset[str]] = {}

    def expect(self, releases: Collection[str]) -> None:
        """Texts of these releases will be asked for: a library that reads them can read them all at once."""

    def text(self, release: str) -> ReleaseText:
        """Its text."""
        return self._texts[release]

    def words(self, release: str) -> Words:
        """Words of its body."""
        if release not in self._words:
            text = self.text(release)
            self._words[release] = body_words(text.body, text.language, text.folio)
        return self._words[release]

    def anchors(self, release: str) -> frozenset[str]:
        """What of its body survives a translation."""
        if release not in self._anchors:
            self._anchors[release] = anchors(self.words(release))
        return self._anchors[release]


def kinds_agree(left: ReleaseFacts, right: ReleaseFacts) -> bool:
    """Whether two releases may be one kind of release.

    Sites call a statement a communique. A mirror seldom tells what sort of written text it shows.
    """
    if left.kind is right.kind or any({left.kind, right.kind} <= alike for alike in _ALIKE):
        return True
    for mirror, other in ((left, right), (right, left)):
        if (
            mirror.source_kind in _SECOND_HAND
            and mirror.kind is KindOfRelease.COMMUNIQUE
            and other.kind in _WRITTEN
        ):
            return True
    return False


def conclude(
    kind: str,
    left: ReleaseFacts,
    right: ReleaseFacts,
    score: float,
    features: dict[str, Any],
    doubt: str | None = None,
) -> Evidence:
    """Evidence of that score; with a doubt it only asks."""
    if doubt is None and not kinds_agree(left, right):
        doubt = f"kinds differ: {left.kind} and {right.kind}"
    if doubt is not None:
        return Evidence(left.id, right.id, kind, round(min(score, 0.4), 4), {**features, "doubt": doubt})
    return Evidence(left.id, right.id, kind, round(score, 4), features)


def days_apart(left: ReleaseFacts, right: ReleaseFacts) -> int:
    """Days between the two days on which they were said."""
    return abs((left.said_on - right.said_on).days)
