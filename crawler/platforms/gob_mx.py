"""www.gob.mx: one content management system for every Mexican secretariat; the path names the agency.

What is known, with its confidence (H: several independent witnesses, M: one, L: inferred):

* H  listing `/<agency>/<es|en>/archivo/prensa?idiom=..&order=DESC&page=N`, 1-based, nine cards a page, a page
     without cards after the last one (M); cards carry `time[datetime]`, older ones `time[date]`, local time;
* H  the listing may come as a script fragment (`$('#prensa').append('...')`) instead of a page;
* H  articles `/<agency>/prensa/<slug>` with optional `/es|/en/`, `?idiom=`, http or https: one record;
     Spanish and English versions are records of their own with unrelated slugs, and no page names its twin;
* H  byline `agency | date | kind` in one paragraph (2025), a `dl` with them in its second to fourth place
     before that; an English text may stand under a Spanish byline and under `html lang="es"`;
* H  body `div.article-body`, paragraphs direct children until 2024, inside `div`s since 2025;
* H  the marquee "Publicaciones Recientes" holds links and dates before the article: never a page's first one;
* H  to some clients the site serves a challenge of some 2 kB with status 200: blocked, never an article.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.declare import Address, Date, DefinitionError, Fields, Kinds, Listing, Pages, Polite, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.source import Source

if TYPE_CHECKING:
    from crawler.pages.page import Page

_FORMATS = ("d 'de' MMMM 'de' y", "MMMM d, y")
_DATE = r"(?:^|\|)\s*(?P<value>\d{1,2} de [a-z]+ de \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4})\s*(?:\||$)"

_TITLED = re.compile(r"Versión estenográfica|Declaración conjunta", re.IGNORECASE)

# The byline of both layouts: one paragraph with bars, or the entries of a definition list.
_BYLINE = "section > p, section.border-box dl dd"


class GobMx(Source, platform=True):
    """A source on it sets `agency`, title, issuers, volume, `listed_in` if it lists English too, and
    `sections` if it says things in another section than "prensa" too.
    """

    platform_attributes = ("agency", "listed_in", "sections")
    agency: str
    """The path segment that stands for the agency: `sre`."""
    listed_in: tuple[str, ...] = ("es",)
    """Languages that have a listing of their own."""
    sections: tuple[str, ...] = ("prensa",)
    """Sections that are listed: "articulos" holds transcripts and joint declarations of some agencies."""

    languages = ("es", "en")
    timezone = "America/Mexico_City"
    hosts = ("www.gob.mx",)
    polite = Polite(delay=3.0)  # faster than one a second brought everybody challenges
    release = Fields(
        title="h1",
        summary="h1 + h2",
        # The marquee of recent posts stands before the article and has dates too: only the byline counts.
        posted=Date(_BYLINE, _FORMATS, pattern=_DATE),
        # A joint communique says whose it is in its title or first lines; else the agency alone speaks.
        issuers=Text(
            "h1, h1 + h2, div.article-body p",
            r"[CcJj](?i:omunicado conjunto|oint communiqu[eé]|oint press release)[\s:]+"
            r"(?P<value>[A-Z]{2,}(?:\s*[-–/,]\s*[A-Z]{2,})+)",
        ),
        body="div.article-body",
        attachments="li.documents a::attr(href)",
    )
    kinds = Kinds(
        default=KindOfRelease.COMMUNIQUE,
        labels={
            "Comunicado": KindOfRelease.COMMUNIQUE,
            "Comunicado de prensa": KindOfRelease.COMMUNIQUE,
            "Comunicado conjunto": KindOfRelease.COMMUNIQUE,
            "Boletín": KindOfRelease.COMMUNIQUE,
            "Nota informativa": KindOfRelease.COMMUNIQUE,
            "Press Release": KindOfRelease.COMMUNIQUE,
            "Joint Communiqué": KindOfRelease.COMMUNIQUE,
            "Declaración": KindOfRelease.STATEMENT,
            "Declaración conjunta": KindOfRelease.STATEMENT,
            "Statement": KindOfRelease.STATEMENT,
            "Discurso": KindOfRelease.SPEECH,
            "Speech": KindOfRelease.SPEECH,
            "Versión estenográfica": KindOfRelease.TRANSCRIPT,
            "Transcript": KindOfRelease.TRANSCRIPT,
            "Conferencia de prensa": KindOfRelease.PRESS_CONFERENCE,
            "Press Conference": KindOfRelease.PRESS_CONFERENCE,
            "Aviso": KindOfRelease.ADVISORY,
        },
    )
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    terms = "Free use with attribution to the publishing agency (gob.mx terms); not checked for each agency."

    def read_kind(self, page: Page) -> str | None:
        """The byline's third part. Its bars alone tell the paragraph from others, as in the marquee.

        Articles have no third part: a transcript among them says so in its title.
        """
        for byline in page.all("section > p"):
            parts = [part.strip() for part in byline.split("|")]
            if len(parts) == 3:
                return parts[2] or None
        named = _TITLED.match(page.first("h1") or "")
        return page.first("section.border-box dl dd:nth-of-type(3)") or (named[0] if named else None)

    def __init_subclass__(cls, *, platform: bool = False) -> None:
        if not isinstance(getattr(cls, "agency", None), str):
            raise DefinitionError(
                f"{cls.__module__}: {cls.__name__}.agency: is missing (the path segment, as in 'sre')"
            )
        listings = tuple(_listing(cls.agency, section, cls.listed_in) for section in cls.sections)
        cls.discover = listings[0] if len(listings) == 1 else listings
        cls.address = Address(
            rf"gob\.mx/{cls.agency}/(?:e[sn]/)?(?P<section>prensa|articulos)/(?P<slug>[^/]+)/?$",
            "{section}/{slug}",
        )
        super().__init_subclass__(platform=platform)


def _listing(agency: str, section: str, languages: tuple[str, ...]) -> Listing:
    return Listing(
        url=f"https://www.gob.mx/{agency}/{{language}}/archivo/{section}?idiom={{language}}&order=DESC&page={{page}}",
        languages=languages,
        container=f"#{section}",
        entry="article",
        link=f"a[href*='/{section}/']::attr(href)",
        title="h2",
        posted=Date("time::attr(datetime), time::attr(date)"),
        kind="span.tag-presses" if section == "prensa" else None,
        pages=Pages.numbered(first=1),
        wrapped=True,
    )
