"""What two languages have in common: the language itself, the script, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pipelines.linking.prepared import (
    CALENDAR,
    COARSE,
    COGNATE,
    CONCEPT,
    COUNT,
    DATE,
    FINE,
    NAME,
    NUMBER,
    WORD,
)

LANGUAGE, SCRIPT, NOTHING = "language", "script", "nothing"
RELATIONS = (LANGUAGE, SCRIPT, NOTHING)

_OTHER_SCRIPTS: Mapping[str, str] = {
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "tt"), "cyrillic"),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "sd", "ug"), "arabic"),
    **dict.fromkeys(("he", "yi"), "hebrew"),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), "devanagari"),
    "el": "greek", "hy": "armenian", "ka": "georgian", "am": "ethiopic", "ti": "ethiopic", "bn": "bengali",
    "ta": "tamil", "te": "telugu", "kn": "kannada", "ml": "malayalam", "gu": "gujarati", "pa": "gurmukhi",
    "si": "sinhala", "zh": "han", "ja": "japanese", "ko": "korean", "th": "thai", "lo": "lao", "km": "khmer",
    "my": "burmese", "dv": "thaana", "bo": "tibetan", "dz": "tibetan",
}  # fmt: skip
_SYLLABIC = frozenset(("han", "japanese", "korean"))
"""Scripts in which foreign names are spelled in syllables."""


def script_of(language: str) -> str:
    """The script that a language is written in; Latin unless known better."""
    return _OTHER_SCRIPTS.get(language, "latin")


def relation(left: str, right: str) -> str:
    """What two languages (primary tags) have in common, one of `RELATIONS`."""
    if left == right:
        return LANGUAGE
    return SCRIPT if script_of(left) == script_of(right) else NOTHING


@lru_cache(maxsize=4096)
def kinds_compared(left: str, right: str) -> tuple[int, ...]:
    """Kinds of anchors that texts of these languages can share."""
    exact = (NUMBER, COUNT, DATE, CONCEPT, CALENDAR)
    shared = relation(left, right)
    if shared == LANGUAGE:
        return (*exact, WORD)
    if shared == SCRIPT:
        return (*exact, NAME, COGNATE)
    if _SYLLABIC & {script_of(left), script_of(right)}:
        return (*exact, NAME, COARSE)
    return (*exact, NAME, FINE)
