"""What a release is within its statement, as far as it and its publisher say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.items import KindOfSource, Role, Standing
from crawler.source import Source
from pipelines.attribution import Attribution

_COURTESY = re.compile(
    r"esta traducci[oó]n se (?:proporciona|ofrece|brinda) como (?:una )?cortes[ií]a"
    r"|traducci[oó]n de cortes[ií]a|courtesy translation|convenience translation"
    r"|this translation is (?:being )?(?:provided|offered) as a courtesy"
    r"|cette traduction est (?:fournie|offerte|proposée) (?:à titre gracieux|par courtoisie)"
    r"|traduction de courtoisie"
    r"|esta tradu[cç][aã]o é (?:fornecida|oferecida|disponibilizada) como (?:uma )?cortesia"
    r"|tradução de cortesia|höflichkeitsübersetzung"
    r"|questa traduzione è fornita (?:a titolo di|come) cortesia|traduzione di cortesia"
    r"|этот перевод предоставляется в качестве (?:услуги|любезности)"
    r"|تم توفير هذه الترجمة كخدمة|هذه الترجمة مقدمة على سبيل المجاملة|此翻译仅供参考|本译文仅供参考",
    re.IGNORECASE,
)
_UNOFFICIAL = re.compile(
    r"^\W*(?:(?:unofficial|provisional|informal) translation|traducci[oó]n (?:no oficial|extraoficial)"
    r"|traduction (?:non officielle|libre)|tradução não oficial|inoffizielle übersetzung"
    r"|traduzione non ufficiale|неофициальный перевод|非正式译文|仮訳)\W*$",
    re.IGNORECASE,
)
_SPEAKS_OF_TRANSLATION = re.compile(
    r"[Tt]radu|TRADU|[Tt]ransl|TRANSL|[Üü]bersetz|[Пп]еревод|ترجمة|翻译|译文|訳"
)
"""Every line that the two patterns fit holds one of these; asking for them first is ten times faster."""
_HEAD, _FOOT = 2, 3
"""Paragraphs at beginning and end in which a text speaks of itself."""


@dataclass(frozen=True, slots=True)
class Voiced:
    """Role and, for a translation, its standing."""

    role: Role
    standing: Standing | None = None


def voice_of(
    source: type[Source], language: str, url: str, paragraphs: Sequence[str], attribution: Attribution | None
) -> Voiced:
    """What the release says of itself: by foot line, by a line in the text, by its publisher's declaration.

    Where nothing is said, a mirror re-posts and everyone else speaks originally.
    """
    if attribution is not None:
        return Voiced(attribution.role, attribution.standing)
    edges = (*paragraphs[:_HEAD], *paragraphs[max(_HEAD, len(paragraphs) - _FOOT) :])
    for paragraph in edges:
        if not _SPEAKS_OF_TRANSLATION.search(paragraph):
            continue
        if _COURTESY.search(paragraph):
            return Voiced(Role.TRANSLATION, Standing.COURTESY)
        if _UNOFFICIAL.match(paragraph):
            return Voiced(Role.TRANSLATION, Standing.UNOFFICIAL)
    for tag, voice in source.voices.items():
        if tag.partition("-")[0] == language and (voice.path is None or re.search(voice.path, url)):
            return Voiced(voice.role, voice.standing if voice.role is Role.TRANSLATION else None)
    if source.kind in (KindOfSource.MIRROR, KindOfSource.ARCHIVE):
        return Voiced(Role.REPOST)
    return Voiced(Role.ORIGINAL)
