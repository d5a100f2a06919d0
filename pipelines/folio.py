"""The number that a publisher gives a release: found, kept as printed, and made comparable.

"Comunicado No. 056" and "Press Release No. 056" are one number: the label is not part of it. Numbering is
an issuer's own and starts again each year, so a number means something only together with both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LABEL = (
    r"(?:comunicado(?:\s+de\s+prensa)?(?:\s+(?:conjunto|oficial))?|bolet[ií]n(?:\s+(?:de\s+prensa|informativo))?"
    r"|nota\s+(?:à|a)\s+imprensa|nota\s+de\s+prensa|comunicado\s+à\s+imprensa"
    r"|(?:joint\s+)?(?:press|news|media)\s+(?:release|statement|note|advisory)|bulletin|communiqu[eé](?:\s+de\s+presse)?"
    r"|pressemitteilung|pressemeldung|comunicato\s+stampa|comunicat(?:\s+de\s+premsa)?|nota\s+de\s+premsa"
    r"|пресс-релиз|сообщение)"
)
_SIGN = r"(?:n[uú]m(?:ero)?\b\.?|n[o°º]\b\.?|n[°º]\.?|number\b|nr\b\.?|№|#)"
_NUMBER = r"(?P<number>\d{1,5}(?:[/-]\d{1,4})?)"
_ENDS = r"(?![\d/]|[.,:]\d|\s*%)"

_SIGNED = re.compile(rf"{_LABEL}\s*[-:,]?\s*{_SIGN}\s*{_NUMBER}{_ENDS}", re.IGNORECASE)
"""Label, number sign, number."""
_BARE = re.compile(
    r"(?:(?:bolet[ií]n|comunicado)(?:\s+de\s+prensa)?|bulletin|pressemitteilung)"
    rf"\s+{_NUMBER}{_ENDS}(?=\s*(?:[.:|–—-]|$))",
    re.IGNORECASE,
)
"""Label and number alone ("Boletín 386."): only where a mark follows, so that a day of the month is none."""
_PRN = re.compile(rf"\bPRN:?\s*(?:{_SIGN}\s*)?(?P<number>\d{{4}}/\d{{1,5}}){_ENDS}")
_YEARLY = re.compile(rf"{_SIGN}\s*(?P<number>(?:19|20)\d\d/\d{{1,4}}){_ENDS}", re.IGNORECASE)
"""A number that holds its year needs no label ("No. 2010/34")."""
_ANY = re.compile(r"\d{1,5}(?:[/-]\d{1,5})?")

_AT_START = (_SIGNED, _BARE, _PRN, _YEARLY)
_AT_END = re.compile(
    rf"[\s(\[|–—-](?:{_LABEL}\s*[-:,]?\s*{_SIGN}\s*|PRN:?\s*){_NUMBER}[)\]]?\s*\.?$", re.IGNORECASE
)

_FIRST_PARAGRAPHS = 3
_LONGEST_LINE = 160
"""A number line is a line of its own, in characters; a sentence that begins with one is not excluded."""


def find_folio(line: str | None, title: str, summary: str | None, paragraphs: Sequence[str]) -> str | None:
    """The number as printed, without its label; None when there is none.

    `line` is the page's own number line, trusted to hold one. Elsewhere the number must open the text (or
    close the title): a number in the middle of a sentence is another release that is spoken of.
    """
    if line:
        for pattern in _AT_START:
            match = pattern.search(line)
            if match:
                return match["number"]
        match = _ANY.search(line)
        if match:
            return match[0]
    for text in (title, summary or "", *paragraphs[:_FIRST_PARAGRAPHS]):
        opening = text[:_LONGEST_LINE].lstrip(" \"'“«(")
        for pattern in _AT_START:
            match = pattern.match(opening)
            if match:
                return match["number"]
    match = _AT_END.search(title)
    return match["number"] if match else None


_REST_OF_LINE = re.compile(r"[\s.:|–—-]*")


def number_of_line(line: str) -> str | None:
    """The number of a line that is nothing but a number line ("Comunicado No. 014"); None of any other."""
    opening = line.strip(" \"'“”«»()")
    for pattern in _AT_START:
        match = pattern.match(opening)
        if match is not None and _REST_OF_LINE.fullmatch(opening, match.end()):
            return match["number"]
    return None


def comparable_folio(folio: str, year: int) -> str:
    """A number as it is compared within its year: no leading zeros, and not the year itself.

    "056", "56" and "56/2017" of a release of 2017 are one number.
    """
    parts = [part.lstrip("0") or "0" for part in re.split(r"[/-]", folio)]
    years = {str(year), str(year % 100)}
    if len(parts) > 1:
        parts = [part for index, part in enumerate(parts) if part not in years or parts.index(part) != index]
    return "/".join(parts)
