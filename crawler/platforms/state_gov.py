"""State Department sites since 2017: one WordPress theme, kept as an archive when an administration ends.

What is known, with its confidence (H: several independent witnesses, M: one, L: inferred):

* H  collections `ul.collection-results li.collection-result`: `p.collection-result__date` holds the *type*,
     the last `span` of `div.collection-result-meta` the day, its first one who spoke;
* H  articles at `/<slug>/` until 2025; translations at `/translations/<language>/<slug>/`, which open with
     department, office and the day of the original and name no English twin;
* M  `h1.featured-content__headline`, `p.article-meta__publish-date`, `div.entry-content` (2017 and later);
* M  a page of www.state.gov of 2021 to January 2025 is at 2021-2025.state.gov under the same path.
"""

from __future__ import annotations

import re
from typing import ClassVar

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Polite, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

_DAYS = ("MMMM d, y", "d 'de' MMMM 'de' y", "d MMMM y", "d. MMMM y")

KINDS = Kinds(
    default=KindOfRelease.STATEMENT,
    labels=usual("en")
    | {
        "Media Note": KindOfRelease.COMMUNIQUE,
        "Announcement": KindOfRelease.COMMUNIQUE,
        "Notice to the Press": KindOfRelease.ADVISORY,
        "Public Schedule": KindOfRelease.ADVISORY,
        "Remarks to the Press": KindOfRelease.REMARKS,
        "Remarks to the Media": KindOfRelease.REMARKS,
        "Taken Question": KindOfRelease.STATEMENT,
        "Press Availability": KindOfRelease.PRESS_CONFERENCE,
        "Department Press Briefing": KindOfRelease.PRESS_CONFERENCE,
        "Special Briefing": KindOfRelease.PRESS_CONFERENCE,
        "Op-Ed": KindOfRelease.STATEMENT,
    },
)
"""The Department's own labels. A press statement without a label is a statement."""


def collection_of(place: str, language: str) -> Listing:
    """The collection that stands at an address ("https://www.state.gov/press-releases")."""
    return Listing(
        url=f"{place}/page/{{page}}/",
        first_url=f"{place}/",
        container="ul.collection-results",
        entry="li.collection-result",
        link="a.collection-result__link::attr(href)",
        title="a.collection-result__link",
        kind="p.collection-result__date",
        posted=Date("div.collection-result-meta span", _DAYS, index=-1),
        language=language,
        pages=Pages.numbered(),
    )


class FrozenState(Source, platform=True):
    """The site of a former administration, as it was on the last day."""

    issuers = ("us.state",)
    languages: ClassVar[tuple[str, ...]] = ("en",)
    timezone = "America/New_York"
    kinds = KINDS
    polite = Polite(delay=5.0)  # www.state.gov asks for crawl-delay 5 in its robots.txt
    every = Every(days=30)  # later rounds only fetch what failed
    expect = PerWeek(at_least=0, at_most=2000)
    terms = "Works of the United States government: public domain."


class StateArchive(FrozenState, platform=True):
    """A former site in today's theme. A source on it sets `years`, title, ways of finding, and first day."""

    platform_attributes = ("years",)
    years: str
    """First part of the host name: "2021-2025"."""

    languages = ("en", "ar", "es", "fa", "fr", "hi", "pt", "ru", "ur", "zh")
    release = Fields(
        title="h1.featured-content__headline",
        kind="p.doctype-meta",
        posted=Date("p.article-meta__publish-date", _DAYS),
        # Translations open with department, office and the day of the original.
        said=Date(
            "div.entry-content p",
            _DAYS,
            r"^(\d{1,2} de [a-z]+ de \d{4})$",
            r"^(?:Departamento de Estado|Declaración del portavoz$)",
        ),
        body="div.entry-content",
        drop=("div.entry-content .sharethis-inline-share-buttons", "div.entry-content .post_tags"),
    )
    voices = {tag: Voice(Role.TRANSLATION, Standing.COURTESY) for tag in languages[1:]}

    def __init_subclass__(cls, *, platform: bool = False) -> None:
        cls.hosts = (f"{cls.years}.state.gov",)
        cls.address = Address(
            rf"{re.escape(cls.hosts[0])}/(?P<path>"
            r"(?!press-releases(?:/|$)|translations/[a-z-]+(?:/page/.*|/?)$|wp-|sitemap)"
            r"(?:[^/]+/)*?[^/]+?)(?:/index\.html)?/?$",
            "{path}",
        )
        super().__init_subclass__(platform=platform)
