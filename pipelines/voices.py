"""What a release is within its statement, as far as it and its publisher say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.items import KindOfSource, Role, Standing
from crawler.source import Source
from pipelines.attribution import Attribution

_COURTESY = re.compile(
    r"esta traducci[oó]n se (?:proporciona|ofrece|brinda) (?:como|a título de|por) (?:una )?cortes[ií]a"
    r"|traducci[oó]n de cortes[ií]a|courtesy translation|convenience translation"
    r"|this translation is (?:being )?(?:provided|offered) as a courtesy"
    r"|cette traduction est (?:fournie|offerte|proposée|mise à disposition) "
    r"(?:à titre (?:gracieux|de courtoisie)|par courtoisie)|traduction de courtoisie"
    r"|esta tradu[cç][aã]o é (?:fornecida|oferecida|disponibilizada) como (?:uma )?cortesia"
    r"|tradução de cortesia|höflichkeitsübersetzung"
    r"|questa traduzione è fornita (?:a titolo di|come) cortesia|traduzione di cortesia"
    r"|(?:этот|данный) перевод предоставл(?:яется|ен) (?:в качестве (?:услуги|любезности)|для удобства)"
    r"|تم توفير هذه الترجمة كخدمة|(?:هذه الترجمة|الترجمة).{0,30}مجاملة"
    r"|(?:此|本)(?:翻译|译文)(?:仅供参考|为礼节性)"
    r"|(?:یہ ترجمہ).{0,40}(?:نوازش|خیر سگالی)|این ترجمه.{0,40}(?:حسن نیت|ادب)|यह अनुवाद.{0,40}शिष्टाचार"
    r"|bản dịch này (?:được )?(?:cung cấp|thực hiện) (?:như|với) .{0,20}(?:thiện chí|lịch sự)"
    r"|terjemahan ini disediakan sebagai (?:bentuk )?(?:layanan|kesopanan|itikad baik)"
    r"|bu (?:çeviri|tercüme) nezaket",
    re.IGNORECASE,
)
_UNOFFICIAL = re.compile(
    r"^\W*(?:(?:unofficial|provisional|informal) translation|traducci[oó]n (?:no oficial|extraoficial)"
    r"|traduction (?:non officielle|libre)|tradução não oficial|inoffizielle übersetzung"
    r"|traduzione non ufficiale|неофициальный перевод|非正式译文|仮訳|non[- ]official translation)\W*$"
    # "This is a provisional translation by an external company for reference purpose only. The original ..."
    r"|^\W*this is an? (?:unofficial|provisional|informal) translation\b"
    r"|^\W*(?:ceci est|il s['’]agit d['’])\s?une traduction (?:non officielle|provisoire)\b",
    re.IGNORECASE,
)
_SPEAKS_OF_TRANSLATION = re.compile(
    r"[Tt]radu|TRADU|[Tt]ransl|TRANSL|[Üü]bersetz|[Пп]еревод|ترجم|翻译|译文|訳|अनुवाद|[Bb]ản dịch|[Tt]erjemah"
    r"|çeviri|tercüme"
)
"""Every line that the two patterns fit holds one of these; asking for them first is ten times faster."""
_HEAD, _FOOT = 2, 3
"""Paragraphs at beginning and end in which a text speaks of itself."""


_CALLED = re.compile(
    r"courtesy translation|convenience translation|traducci[oó]n de cortes[ií]a|traduction de courtoisie"
    r"|tradução de cortesia|höflichkeitsübersetzung|traduzione di cortesia",
    re.IGNORECASE,
)
"""Names of such a translation, which a text may speak of too: alone they are no notice."""
_LABEL = re.compile(
    rf"\W*(?:this is an? |esta es una |ceci est une |esta é uma )?(?:{_CALLED.pattern})\W*", re.IGNORECASE
)
_LONGEST_NOTICE = 300
_SENTENCE_ENDS = re.compile(r"(?<=[.!?。।۔؟])\s*(?=\S)")
_OF_THE_ORIGINAL = re.compile(
    r"origin|oríge|source|fuente|fonte|quelle|English|inglés|anglais|inglês|ingles|оригинал|английск|الأصل|المصدر"
    r"|原文|原稿|英文|ماخذ|मूल|gốc|kaynak",
    re.IGNORECASE,
)


def is_notice(paragraph: str) -> bool:
    """Whether a paragraph only says that, and how binding, a translation it belongs to.

    It opens with the notice; what follows in it speaks of the original, as in "This translation is provided
    as a courtesy. Only the original English source should be considered authoritative."
    """
    if len(paragraph) > _LONGEST_NOTICE or not _SPEAKS_OF_TRANSLATION.search(paragraph):
        return False
    if _UNOFFICIAL.match(paragraph):
        return True
    opening = _COURTESY.search(paragraph)
    if opening is not None and _CALLED.fullmatch(opening[0]):
        return _LABEL.fullmatch(paragraph) is not None
    if opening is None or len(paragraph[: opening.start()].strip(" *([«“\"'")) > _LONGEST_LABEL:
        return False
    first, *others = _SENTENCE_ENDS.split(paragraph)
    return opening.end() <= len(first) and all(_OF_THE_ORIGINAL.search(each) for each in others)


_LONGEST_LABEL = 12
""""Nota: " and its kin, before the notice; also "The ", "Esta es una "."""


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
