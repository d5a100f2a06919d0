"""How a release is cited: as a line, in BibTeX, as CSL-JSON, each with the address that keeps it.

Pure functions. What was fetched is escaped for the format that it is put into.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from web import words
from web.marks import readable

if TYPE_CHECKING:
    from storage.provenance import ReleaseOrigin
    from storage.statements import ReleaseView


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation tells."""

    id: str
    """Of the release."""
    authors: tuple[str, ...]
    title: str
    kind: str
    folio: str | None
    said_on: date
    language: str
    publisher: str
    """Title of the source."""
    url: str
    captured_on: date | None
    archive_url: str
    """Where the page as it was read is kept."""
    role: str
    translator: str | None


def cited(release: ReleaseView, origin: ReleaseOrigin, capture_url: str) -> Cited:
    """What a citation of a release tells; `capture_url`: absolute address of its capture at this desk."""
    archive = capture_url
    if origin.origin == "wayback" and origin.captured_at is not None:
        archive = f"https://web.archive.org/web/{origin.captured_at:%Y%m%d%H%M%S}/{release.url}"
    return Cited(
        id=release.id,
        authors=tuple(words.issuer(each) for each in release.issuers),
        title=_line(release.title),
        kind=release.kind,
        folio=release.folio,
        said_on=release.said_on,
        language=release.language,
        publisher=words.source(release.source),
        url=release.url,
        captured_on=origin.captured_at.date() if origin.captured_at is not None else None,
        archive_url=archive,
        role=release.role if release.standing is None else f"{release.standing} {release.role}",
        translator=release.translator,
    )


def plain(about: Cited) -> str:
    """One line, as a footnote wants it."""
    number = f", no. {_line(about.folio)}" if about.folio else ""
    role = "" if about.role == "original" else f" ({about.role}, {words.language(about.language)})"
    seen = f" (captured {words.day(about.captured_on)})" if about.captured_on else ""
    authors = _joined(about.authors)
    return (
        f"{authors + ', ' if authors else ''}\N{LEFT DOUBLE QUOTATION MARK}{about.title}"
        f"\N{RIGHT DOUBLE QUOTATION MARK}, {about.kind}{number}, {words.day(about.said_on)}{role}. "
        f"{about.publisher}, {about.url}{seen}. Archived at {about.archive_url}."
    )


def bibtex(about: Cited) -> str:
    """An entry for BibTeX and BibLaTeX."""
    fields = {
        "author": " and ".join(f"{{{_tex(each)}}}" for each in about.authors),
        "title": f"{{{_tex(about.title)}}}",
        "type": _tex(about.kind),
        "number": _tex(_line(about.folio or "")),
        "date": about.said_on.isoformat(),
        "year": str(about.said_on.year),
        "organization": _tex(about.publisher),
        "language": _tex(words.language(about.language)),
        "translator": _tex(_line(about.translator or "")),
        "url": _tex_address(about.url),
        "urldate": about.captured_on.isoformat() if about.captured_on else "",
        "note": f"Archived at \\url{{{_tex_address(about.archive_url)}}}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@online{{{about.id},", *lines, "}"]) + "\n"


def csl(about: Cited) -> dict[str, object]:
    """An item of CSL-JSON, as reference managers read it."""
    item: dict[str, object] = {
        "id": about.id,
        "type": "webpage",
        "title": about.title,
        "genre": about.kind,
        "author": [{"literal": each} for each in about.authors],
        "issued": {"date-parts": [_parts(about.said_on)]},
        "language": about.language,
        "container-title": about.publisher,
        "URL": about.url,
        "archive": "Communique",
        "archive_location": about.archive_url,
    }
    if about.folio:
        item["number"] = _line(about.folio)
    if about.translator:
        item["translator"] = [{"literal": _line(about.translator)}]
    if about.captured_on:
        item["accessed"] = {"date-parts": [_parts(about.captured_on)]}
    return item


def _parts(day: date) -> list[int]:
    return [day.year, day.month, day.day]


def _line(text: str) -> str:
    return " ".join(readable(text).split())


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
    "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_TEX.get(each, each) for each in text)


def _tex_address(url: str) -> str:
    """What would end the field or begin a command is written as a browser would write it."""
    return re.sub(r"[\\{}\s%](?![0-9A-Fa-f]{2})|[\\{}\s]", lambda found: f"%{ord(found[0]):02X}", url)
