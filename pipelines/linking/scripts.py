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

UNSEEN = "qaa"
"""A language that no text is in (the tag is for private use), written in letters of its own."""

_MANY: Mapping[str, str] = {
    "cyrillic": "ru uk bg sr mk be kk ky mn tg tt ba cv os sah ce ab",
    "arabic": "ar fa ur ps ckb sd ug prs ks arz ary azb",
    "hebrew": "he yi",
    "devanagari": "hi mr ne sa bho mai",
    "ethiopic": "am ti",
    "han": "zh yue wuu",
    "tibetan": "bo dz",
}
_OTHER_SCRIPTS: Mapping[str, str] = {
    **{tag: script for script, tags in _MANY.items() for tag in tags.split()},
    "el": "greek", "hy": "armenian", "ka": "georgian", "bn": "bengali", "ta": "tamil", "te": "telugu",
    "kn": "kannada", "ml": "malayalam", "gu": "gujarati", "pa": "gurmukhi", "si": "sinhala",
    "ja": "japanese", "ko": "korean", "th": "thai", "lo": "lao", "km": "khmer", "my": "burmese",
    "dv": "thaana", UNSEEN: "of its own",
}  # fmt: skip
_WITH_CAPITALS = frozenset(("latin", "cyrillic", "greek", "armenian"))
_SYLLABIC = frozenset(("han", "japanese", "korean"))
"""Scripts in which foreign names are spelled in syllables."""


def script_of(language: str) -> str:
    """The script that a language is written in; Latin unless known better."""
    return _OTHER_SCRIPTS.get(language, "latin")


def relation(left: str, right: str) -> str:
    """What two languages (primary tags) have in common, one of `RELATIONS`."""
    if left == right:
        return LANGUAGE
    script = script_of(left)
    # Without capitals no name is seen, and two such languages are compared as others are: by sounds.
    return SCRIPT if script == script_of(right) and script in _WITH_CAPITALS else NOTHING


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
