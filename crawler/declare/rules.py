"""One value of a page: where it stands, what part of it counts, how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.declare.checks import check_pattern


@dataclass(frozen=True, slots=True)
class Text:
    """A text found by a selector, optionally the part of it that a pattern takes.

    `pattern` is a regular expression; its group `value`, or else its first group, or else the whole
    match is the text. `index` picks one of several matches of the selector (0 the first, -1 the last);
    with a pattern, only the matches that it fits count, so that one selector may serve several layouts.
    A selector without `::text` or `::attr()` stands for the whole text of the element.
    """

    selector: str
    pattern: str | None = None
    index: int = 0

    def __post_init__(self) -> None:
        if self.pattern is not None:
            check_pattern("Text", "pattern", self.pattern)


@dataclass(frozen=True, slots=True)
class Date:
    """A date or time found by a selector, with the formats it may have.

    `formats` are CLDR patterns ("d MMMM y", "dd/MM/y", "MMMM d, y h:mm a") tried in order, or the
    word "iso" for ISO 8601; a mapping gives them per language. Month and day names are read in the
    page's language, and where a page is not in the language of its date (gob.mx puts a Spanish byline over
    English texts) in any in which they read. What fits no format is not guessed: the release is held back
    with the raw text. `pattern` and `index` as in `Text`.
    """

    selector: str
    formats: tuple[str, ...] | Mapping[str, tuple[str, ...]] = ("iso",)
    pattern: str | None = None
    index: int = 0

    def __post_init__(self) -> None:
        if self.pattern is not None:
            check_pattern("Date", "pattern", self.pattern)

    def formats_for(self, language: str | None) -> tuple[str, ...]:
        """The formats to try for a page in that language, its own first, then those of the others."""
        if not isinstance(self.formats, Mapping):
            return self.formats
        own = self.formats.get(language, ()) if language is not None else ()
        return tuple(dict.fromkeys((*own, *(each for some in self.formats.values() for each in some))))


Selector = str | Text
"""What a text field may be: a bare selector, or one with a pattern."""
