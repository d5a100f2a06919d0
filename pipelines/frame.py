"""Lines at the edges of a text that say what a field holds: number, who speaks, day and place, translation.

They frame the text and are no part of it, so that the same words posted with and without them are the same
words. Only whole paragraphs are taken, in a row from the first one or the last one, and each must say exactly
what the field beside it says. A dateline that opens a paragraph of text ("WASHINGTON - The ministers ...")
stays where it is: without it the sentence would not be what the site printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crawler.issuers import fold
from pipelines.days import dateline_day
from pipelines.folio import number_of_line
from pipelines.furniture import without_furniture
from pipelines.issuing import keys_of
from pipelines.voices import is_notice

_OPENING = 6
"""Most lines of a frame before a text."""
_FOOT = 3
_LONGEST = 200
"""Characters of a line of the opening."""
_JOINT = re.compile(
    r"(?:comunicado conjunto|joint (?:communiqu[eé]|press release|statement)|communiqué conjoint)[\s:]+"
    r"(?P<names>.+)",
    re.IGNORECASE,
)
_RELEASE = re.compile(
    r"\b(?:for immediate release|para (?:su )?(?:publicación|difusión) inmediata|pour diffusion immédiate"
    r"|para divulgação imediata)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"(?:oficina|office|bureau|gabinete)\s(?:del?|of\sthe|du|do)\s"
    r"(?:portavoz|spokesperson|porte-parole|porta-voz|press\ssecretary|secretario\sde\sprensa)\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unframed:
    """A text without its frame, and what of it no other field holds."""

    paragraphs: tuple[str, ...]
    dateline: str | None = None
    """The line that says when, where it is a line of its own."""
    notice: str | None = None
    """That, and how binding, a translation this is; as printed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the fields of the release say."""

    folio: str | None
    issuers: tuple[str, ...]
    issuers_raw: tuple[str, ...]
    countries: frozenset[str]
    dateline: str | None
    said_raw: str | None
    """The day of the statement as the page writes it, where the page says one."""
    language: str
    zone: ZoneInfo


def without_frame(paragraphs: Sequence[str], known: Known, languages: Sequence[str]) -> Unframed:
    """The text without the lines that its fields hold; never without all of it."""
    first, dateline, notice = 0, None, None
    for paragraph in paragraphs[:_OPENING]:
        if _is_dateline(paragraph, known):
            dateline = dateline or paragraph
        elif is_notice(paragraph):
            notice = notice or paragraph
        elif not _says_a_field(paragraph, known):
            break
        first += 1
    last = len(paragraphs)
    while last > first and len(paragraphs) - last < _FOOT and is_notice(paragraphs[last - 1]):
        last -= 1
        notice = notice or paragraphs[last]
    kept = without_furniture(paragraphs[first:last], languages)
    if not kept:
        return Unframed(tuple(paragraphs))
    return Unframed(kept, dateline, notice)


def _is_dateline(paragraph: str, known: Known) -> bool:
    if len(paragraph) > _LONGEST:
        return False
    if known.dateline is not None and fold(paragraph) == fold(known.dateline):
        return True
    if known.said_raw is None or known.said_raw not in paragraph:
        return False
    if _is_letterhead(paragraph, known):
        return True
    written = dateline_day(paragraph, known.language, known.zone)
    return (
        written is not None
        and written.raw == known.said_raw
        and not paragraph[written.end :].strip(" \t.,:;()—–-")
    )


def _is_letterhead(paragraph: str, known: Known) -> bool:
    """Whether a line is who speaks, its office and the day, run together ("Department of State Office of the
    Spokesperson June 4, 2025")."""
    rest = paragraph.removesuffix(known.said_raw or "").strip(" ,.")
    if rest == paragraph.strip(" ,."):
        return False
    rest = " ".join(_OFFICE.sub(" ", _RELEASE.sub(" ", rest)).split()).strip(" ,.")
    named = keys_of([rest], known.countries).keys if rest else ()
    return bool(named) and set(named) <= set(known.issuers)


def _says_a_field(paragraph: str, known: Known) -> bool:
    if len(paragraph) > _LONGEST:
        return False
    number = number_of_line(paragraph)
    if number is not None:
        return number == known.folio
    joint = _JOINT.fullmatch(paragraph.rstrip(" ."))
    if joint is not None:
        return any(fold(joint["names"]) == fold(each) for each in known.issuers_raw)
    if _OFFICE.fullmatch(paragraph):
        return True
    named = keys_of([paragraph], known.countries).keys
    return bool(named) and set(named) <= set(known.issuers)
