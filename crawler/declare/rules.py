"""One value of a page: where it stands, what part of it counts, how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from crawler.declare.checks import DefinitionError, check_pattern
from crawler.pages.dates import ISO, UnknownPattern, compile_format, names_a_year


@dataclass(frozen=True, slots=True)
class Text:
    """A text found by a selector, optionally the part of it that a pattern takes.

    `pattern` is a regular expression; its group `value`, or else its first group, or else the whole
    match is the text. `index` picks one of several matches of the selector (0 the first, -1 the last);
    with a pattern, only the matches that it fits count, so that one selector may serve several layouts.
    A selector without `::text` or `::attr()` stands for the whole text of the element.

    What was taken can be written otherwise, in this order: `lower` case, `replace` (each text by another),
    `template`, in which `{value}` stands for it and `{language}` for the language of index or record.
    Example: `Text("a::attr(onclick)", r"f_view\\('(\\d+)'\\)", template="https://example.org/view.do?seq={value}")`.
    """

    selector: str
    pattern: str | None = None
    index: int = 0
    replace: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    lower: bool = False
    template: str | None = None

    def __post_init__(self) -> None:
        if self.pattern is not None:
            check_pattern("Text", "pattern", self.pattern)
        if self.template is not None and "{value}" not in self.template:
            raise DefinitionError(f"Text.template: {{value}} is missing in {self.template!r}")

    def written(self, value: str, language: str | None = None) -> str | None:
        """The value as it is to be written; None where that needs a language and there is none."""
        if self.lower:
            value = value.lower()
        for old, new in self.replace.items():
            value = value.replace(old, new)
        if self.template is None:
            return value
        if "{language}" in self.template and language is None:
            return None
        return self.template.replace("{language}", language or "").replace("{value}", value)


@dataclass(frozen=True, slots=True)
class Date:
    """A date or time found by a selector, with the formats it may have.

    `formats` are CLDR patterns ("d MMMM y", "dd/MM/y", "MMMM d, y h:mm a") tried in order, or the
    word "iso" for ISO 8601; a mapping gives them per language. Month and day names are read in the
    page's language, and where a page is not in the language of its date (gob.mx puts a Spanish byline over
    English texts) in any in which they read. What fits no format is not guessed: the release is held back
    with the raw text. `pattern` and `index` as in `Text`.

    `sign` is a regular expression over the texts of the selector: one that it fits tells a date. Where there
    is such a text and the pattern takes nothing from any, the date is unreadable, not absent. It is for days
    that only some pages have: of a translation's heading, of a number after the time.

    `G` is an era: "Gy年M月d日" reads 令和6年7月28日. A format with two days is a range ("d-d MMMM y",
    "d MMMM - d MMMM y"), of which the first day is the date. A format without a year needs `year`, which says
    where the year comes from: "posted" (the page's own posting day), "index" (the month or year that an
    index page is of; on a release, the day that the index showed) or "capture" (the day on which the page was
    taken: for indexes of what is new, never for pages that may be old). The date then is the same year's, and
    the year before's only where its weekday says so: nothing is guessed across a new year.
    """

    selector: str
    formats: tuple[str, ...] | Mapping[str, tuple[str, ...]] = field(default=(ISO,), hash=False)
    pattern: str | None = None
    sign: str | None = None
    index: int = 0
    year: Literal["posted", "index", "capture"] | None = None

    def __post_init__(self) -> None:
        if self.pattern is not None:
            check_pattern("Date", "pattern", self.pattern)
        if self.sign is not None:
            check_pattern("Date", "sign", self.sign)
        if self.year not in (None, "posted", "index", "capture"):
            raise DefinitionError(f"Date.year: {self.year!r} is not one of 'posted', 'index', 'capture'")
        by_language = self.formats if isinstance(self.formats, Mapping) else {None: self.formats}
        for language, formats in by_language.items():
            for each in formats:
                if each != ISO:
                    try:
                        compile_format(each, language)
                    except UnknownPattern as error:
                        raise DefinitionError(f"Date.formats: {error}") from error
                if self.year is None and not names_a_year(each):
                    raise DefinitionError(
                        f"Date.formats: {each!r} names no year; `year` must say where it comes from"
                    )

    def formats_for(self, language: str | None) -> tuple[str, ...]:
        """The formats to try for a page in that language, its own first, then those of the others."""
        if not isinstance(self.formats, Mapping):
            return self.formats
        own = self.formats.get(language, ()) if language is not None else ()
        return tuple(dict.fromkeys((*own, *(each for some in self.formats.values() for each in some))))


Selector = str | Text
"""What a text field may be: a bare selector, or one with a pattern."""
