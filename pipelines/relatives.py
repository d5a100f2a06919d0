"""Galician, Catalan, Portuguese and Spanish told apart where the statistical opinions waver.

Short official titles in these four share most of their letters, but not their articles and endings. The
marks are the closed word classes (articles, contractions, conjunctions) and spellings that one orthography
has and the others lack: Portuguese ã, õ, nh, lh and -ção; Galician unha, coa, -ción with o/a articles, and
no j; Spanish el/los/las, y, and ñ; Catalan l·l, final -ció, amb and elided articles. (The spelling rules of
the four academies: RAE, RAG, IEC, and the 1990 Portuguese agreement.)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

_WORD = re.compile(r"[^\W\d_]+(?:[·'’][^\W\d_]+)*")

_LITTLE_WORDS = {
    "es": "el los las y del al una uno con por su sus lo este estos",
    "gl": "o os as e do da dos das no na nos nas unha un unhas co coa cos coas polo pola",
    "pt": "o os as e do da dos das no na nos nas um uma umas com pelo pela aos às ao em",
    "ca": "el els les i del dels amb per pels una als aquest aquesta nous seva seves",
}
_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {tag: frozenset(words.split()) for tag, words in _LITTLE_WORDS.items()}
)
_SPELLINGS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "es": re.compile(r"ñ|ción$|ciones$|[aeiou]dad$|^ll|^hay$|ie[rnls]"),
        "gl": re.compile(r"ñ|ción$|cións$|x[ueoa]n?t|^x|[aeiou]dade$|nh"),
        "pt": re.compile(r"[ãõâêô]|ção$|ções$|nh[aeo]|lh[aeo]|ç|j|ss|[aeiou]dade$"),
        "ca": re.compile(r"l·l|ció$|cions$|^[ld]['’]|[aeiou]tat$|ny|ç|[àèò]|ss|t?x"),
    }
)
_IMPOSSIBLE: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "es": re.compile(r"[ãõçàèò]|ss|l·l|^[ld]['’]|ção$|ció$"),
        "gl": re.compile(r"[ãõçàèòj]|ss|l·l|^[ld]['’]|ção$|ció$|^(?:los|las|el|y)$"),
        "pt": re.compile(r"ñ|l·l|^[ld]['’]|ción$|ció$|cións$|^(?:los|las|el|y|unha)$"),
        "ca": re.compile(r"[ñãõáâêô]|ção$|ción$|^(?:los|las|y|o|os|do|das|dos)$"),
    }
)
RELATIVES = frozenset(_WORDS)
"""BCP 47 tags that `told_apart` knows."""

_IMPOSSIBLE_WEIGHT = 2
_MARGIN = 2
"""Marks by which one must lead: a single mark may be a name in a foreign spelling."""


def told_apart(text: str, among: Collection[str]) -> str | None:
    """Which of the relatives in `among` a text is in; None when its marks do not tell."""
    words = [each.group().lower() for each in _WORD.finditer(text) if not each.group().isupper()]
    scores = {tag: _score(words, tag) for tag in RELATIVES.intersection(among)}
    if not scores:
        return None
    best, *others = sorted(scores, key=lambda tag: -scores[tag])
    ahead = scores[best] - max((scores[tag] for tag in others), default=0)
    return best if scores[best] > 0 and ahead >= _MARGIN else None


def _score(words: list[str], tag: str) -> int:
    score = 0
    for word in words:
        if word in _WORDS[tag] or _SPELLINGS[tag].search(word):
            score += 1
        if _IMPOSSIBLE[tag].search(word):
            score -= _IMPOSSIBLE_WEIGHT
    return score
