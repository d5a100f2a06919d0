"""embamex.sre.gob.mx, consulmex.sre.gob.mx: a Joomla site for every embassy and consulate of Mexico.

What is known, with its confidence (H: several independent witnesses, M: one, L: inferred):

* H  addresses `/<mission>/index.php/<menu path>/<id>-<alias>`; the id is the article's, its alias may change,
     and the year in a menu path may be wrong ("press-releases-2017" with a text of November 2016);
* M  plain clients get real pages, without the challenge of www.gob.mx (March 2026);
* L  markup of Joomla 3 (`div.item-page`, `itemprop`), lists with `td.list-title` and `li.pagination-next`;
* L  the language switch leads to a menu, never to the twin of an article.

Missions re-post releases of the ministry and translate them, and they speak for themselves.
"""

from __future__ import annotations

import re

from crawler.declare import Address, Date, Fields, Kinds, Listing, MirrorOf, Pages, Voice
from crawler.items import KindOfRelease, KindOfSource, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class SreMission(Source, platform=True):
    """A source on it sets `mission`, `menus`, title, issuers, languages, zone and volume."""

    platform_attributes = ("mission", "menus")
    mission: str
    """Host and first segment of the path: "embamex.sre.gob.mx/eua"."""
    menus: dict[str, str]
    """Language -> menu path under index.php that lists its releases."""

    kind = KindOfSource.MISSION
    mirrors = MirrorOf(sources=("mx_sre",))
    release = Fields(
        title="div.page-header h2",
        posted=Date("time[itemprop='datePublished']::attr(datetime)"),
        body="div[itemprop='articleBody']",
        drop=("div[itemprop='articleBody'] div.social",),
        attachments="div[itemprop='articleBody'] a[href$='.pdf']",
    )
    kinds = Kinds(default=KindOfRelease.COMMUNIQUE, labels=usual("es", "en"))
    terms = "Free use with attribution to the ministry (gob.mx terms); not checked for each mission."

    def __init_subclass__(cls, *, platform: bool = False) -> None:
        host, _, name = cls.mission.partition("/")
        cls.hosts = (host,)
        listings = tuple(_listing(cls.mission, menu, language) for language, menu in cls.menus.items())
        cls.discover = listings[0] if len(listings) == 1 else listings
        cls.address = Address(
            rf"{re.escape(host)}/{name}/index\.php/(?:[^/]+/)*(?P<id>\d+)-[^/]+/?$", f"{name}/{{id}}"
        )
        if "en" in cls.languages:
            cls.voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
        super().__init_subclass__(platform=platform)


def _listing(mission: str, menu: str, language: str) -> Listing:
    return Listing(
        url=f"https://{mission}/index.php/{menu}",
        container="div.content-category",
        entry="table.category tr[class^='cat-list-row']",
        link="td.list-title a::attr(href)",
        title="td.list-title a",
        posted=Date("td.list-date", ("d MMMM y",)),
        language=language,
        pages=Pages.next_link("li.pagination-next a::attr(href)"),
    )
