"""Site furniture around a text: share lines, links to go on reading, marks of the end.

Only whole paragraphs are taken, only from the edges, and only what matches a pattern completely: nothing
between two paragraphs of the release is ever touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

_LONGEST = 120
"""No furniture is longer, in characters; longer paragraphs are not even looked at."""

_END_MARKS = (
    r"[-–—*_=~.]+\s*(?:0{2,}|[o0]{3,7}|30)\s*[-–—*_=~.]+",
    r"#(?:\s*#)*",
    r"(?:\*\s*){2,}",
    r"(?:[-–—_=~•·]\s*){2,}",
)
"""—000—, ---ooOoo---, -o0o-, -30-, ###, ***, ----; a bare number is none: it may be a table's last cell."""

_BUTTONS = (
    r"(?:share|save|bookmark|tell a friend|new page \d+|print|e-?mail|tweet|facebook|twitter|whatsapp"
    r"|linkedin|pinterest|telegram|[|/•·,\s])+",
)
"""Buttons keep their English names on pages in any language."""

_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|telegram|pinterest|e-?mail|correo(?: electrónico)?|courriel)"
)
_ON = rf"{_NETWORK}(?:(?:,| and| y| et| e| und| ou| o| or|,? &)? {_NETWORK})*"
_ARROW = r"\s*(?:…|\.{3}|»|>+|→)?"

_BY_LANGUAGE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            r"for immediate release[.:!]?",
            rf"(?:continue reading|read (?:more|the full (?:text|story|release|statement))){_ARROW}",
            rf"share (?:this(?: page| article| release)?|(?:this )?(?:on|via) {_ON})",
            r"print this page",
            r"(?:back to top|top of (?:the )?page)\s*\^?",
            r"skip to (?:main )?content",
            r"\(?end of (?:text|release|statement)\)?",
        ),
        "es": (
            r"para (?:su )?(?:difusión|publicación) inmediata[.:!]?",
            rf"(?:(?:continuar|seguir) leyendo|(?:leer|ver|saber) más){_ARROW}",
            rf"compart(?:ir|e)(?: (?:esta página|este artículo))?(?: (?:en|por|vía) {_ON})?",
            r"imprim(?:ir|e)(?: (?:esta |la )?página)?",
            r"(?:volver|ir|regresar) (?:arriba|al inicio)",
        ),
        "fr": (
            r"pour (?:diffusion|publication) immédiate[.:!]?",
            rf"(?:lire la suite|continuer la lecture|en savoir plus){_ARROW}",
            rf"partager(?: (?:cette page|cet article))?(?: (?:sur|par) {_ON})?",
            r"imprimer(?: (?:la|cette) page)?",
            r"(?:retour )?(?:en )?haut de (?:la )?page",
        ),
        "pt": (
            r"para (?:divulgação|publicação) imediata[.:!]?",
            rf"(?:continuar (?:lendo|a ler)|continue lendo|leia mais|ler mais|saiba mais){_ARROW}",
            rf"(?:compartilhe|compartilhar|partilhar)(?: esta página| este artigo)?(?: (?:no|por) {_ON})?:?",
            r"imprimir(?: (?:esta )?página)?",
            r"voltar (?:ao|para o) topo",
        ),
        "de": (
            r"zur sofortigen (?:veröffentlichung|freigabe)[.:!]?",
            rf"(?:weiterlesen|mehr (?:lesen|erfahren)){_ARROW}",
            rf"(?:seite |artikel )?(?:teilen|drucken|empfehlen)(?: (?:auf|per) {_ON})?",
            r"(?:zum seitenanfang|nach oben)",
        ),
        "it": (
            r"per (?:la )?(?:diffusione|pubblicazione) immediata[.:!]?",
            rf"(?:continua a leggere|leggi (?:tutto|di più)){_ARROW}",
            rf"condividi(?: (?:questa pagina|questo articolo))?(?: (?:su|via) {_ON})?",
            r"stampa (?:la|questa) pagina",
            r"torna (?:su|all['’]inizio)",
        ),
        "ca": (
            rf"(?:continua llegint|llegir més){_ARROW}",
            rf"(?:comparteix|compartir)(?: (?:a|per) {_ON})?",
            r"imprimeix",
        ),
        "gl": (
            rf"(?:seguir lendo|ler máis){_ARROW}",
            rf"compart(?:ir|e)(?: (?:en|por) {_ON})?",
            r"imprimir",
        ),
        "ar": (r"(?:للنشر الفوري|اقرأ المزيد|مشاركة|طباعة)[.:!…]*",),
        "ru": (rf"(?:читать (?:далее|дальше|полностью)|поделиться|распечатать|наверх){_ARROW}",),
        "zh": (r"(?:阅读全文|閱讀全文|分享|打印(?:本页)?|返回顶部)",),
        "ja": (r"(?:続きを読む|シェア(?:する)?|印刷(?:する)?|ページ(?:の)?(?:先頭|トップ)へ(?:戻る)?)",),
    }
)


def _compiled(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_GENERAL = _compiled((*_END_MARKS, *_BUTTONS))
_WORDS = MappingProxyType({language: _compiled(patterns) for language, patterns in _BY_LANGUAGE.items()})


def is_furniture(paragraph: str, languages: Sequence[str]) -> bool:
    """Whether a whole paragraph is nothing but furniture, in one of these languages (primary tags)."""
    if len(paragraph) > _LONGEST:
        return False
    text = paragraph.strip()
    if _GENERAL.fullmatch(text):
        return True
    return any(language in _WORDS and _WORDS[language].fullmatch(text) for language in languages)


def without_furniture(paragraphs: Sequence[str], languages: Sequence[str]) -> tuple[str, ...]:
    """The paragraphs without the furniture at both edges. Every paragraph that stays keeps its place."""
    first, last = 0, len(paragraphs)
    while first < last and is_furniture(paragraphs[first], languages):
        first += 1
    while last > first and is_furniture(paragraphs[last - 1], languages):
        last -= 1
    return tuple(paragraphs[first:last])
