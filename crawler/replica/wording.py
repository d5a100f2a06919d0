"""The words and sentences that replica texts are made of, per language, read from `texts/`.

`words.txt` holds parallel words, `sentences.txt` parallel sentences in Spanish, English and French,
`arabic.txt` Arabic sentences with the same slots, `names.txt` proper names. All are our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("es", "en", "fr", "ar")


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that one language brings to a text."""

    language: str
    topics: tuple[str, ...]
    countries: tuple[str, ...]
    cities: tuple[str, ...]
    offices: tuple[str, ...]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    sentences: tuple[str, ...]
    quotes: tuple[str, ...]
    closings: tuple[str, ...]

    def count(self, number: int) -> str:
        """A whole number with this language's separator of thousands."""
        return f"{number:,}".replace(",", " ") if self.language == "fr" else f"{number:,}"

    def decimal(self, tenths: int) -> str:
        """A number of tenths with this language's decimal sign."""
        return f"{tenths // 10}{',' if self.language == 'fr' else '.'}{tenths % 10}"

    def day(self, day: date) -> str:
        """A date as texts write it: `23 de febrero de 2017`, `February 23, 2017`, `1er mars 2017`."""
        month = self.months[day.month - 1]
        if self.language == "es":
            return f"{day.day} de {month} de {day.year}"
        if self.language == "en":
            return f"{month} {day.day}, {day.year}"
        if self.language == "fr":
            return f"{'1er' if day.day == 1 else day.day} {month} {day.year}"
        return f"{day.day} {month} {day.year}"

    def smooth(self, text: str) -> str:
        """Contract prepositions with the articles that slots brought."""
        if self.language == "es":
            return text.replace(" de el ", " del ").replace(" a el ", " al ")
        if self.language == "fr":
            return (
                text.replace(" de le ", " du ")
                .replace(" de les ", " des ")
                .replace(" à le ", " au ")
                .replace(" à les ", " aux ")
            )
        return text


def _lines(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return found


def _names(section: str) -> tuple[str, ...]:
    return tuple(" ".join(_lines("names.txt")[section]).split())


FIRST_NAMES = _names("first")
"""Women's and men's names in turn, as the offices in `words.txt`."""
FAMILY_NAMES = _names("family")
PROGRAMME_HEADS = _names("programme heads")
PROGRAMME_TAILS = _names("programme tails")


@lru_cache(maxsize=1)
def wordings() -> dict[str, Wording]:
    """All languages, read once."""
    words = {
        section: tuple(zip(*([cell.strip() for cell in line.split(" | ")] for line in lines), strict=True))
        for section, lines in _lines("words.txt").items()
    }
    sentences: dict[str, dict[str, list[str]]] = {language: {} for language in LANGUAGES}
    for section, lines in _lines("sentences.txt").items():
        for line in lines:
            language, _, text = line.partition(" ")
            sentences[language].setdefault(section, []).append(text)
    sentences["ar"] = _lines("arabic.txt")
    sentences["ar"].setdefault("quotes", sentences["ar"]["sentences"])
    return {
        language: Wording(
            language=language,
            **{section: columns[place] for section, columns in words.items()},
            **{section: tuple(texts) for section, texts in sentences[language].items()},
        )
        for place, language in enumerate(LANGUAGES)
    }
