"""www.gov.pl: one content management system for every Polish ministry; the path names the unit.

* H  listing `/web/<unit>/<section>`: `div.art-prev li` with `span.date` (DD.MM.YYYY), `.title` and a link;
* H  article `article.article-area__article`: `h2` is the title (`h1` is the unit's name), `p.event-date`,
     `.intro`, `.editor-content`;
* M  lists go on by `?page=N`, 1-based, and tell the number of pages;
* L  English pages stand under a unit of their own (`diplomacy` beside `dyplomacja`) with slugs of their own.
"""

from __future__ import annotations

from crawler.declare import Address, Date, DefinitionError, Fields, Kinds, Listing, Pages, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class GovPl(Source, platform=True):
    """A source on it sets `sections`, title, issuers and volume."""

    platform_attributes = ("sections",)
    sections: dict[str, str]
    """Language -> path of its list: `{"pl": "dyplomacja/aktualnosci"}`."""

    languages = ("pl", "en")
    timezone = "Europe/Warsaw"
    hosts = ("www.gov.pl",)
    release = Fields(
        title="article.article-area__article > h2",
        summary="article.article-area__article > .intro",
        posted=Date("p.event-date", ("dd.MM.y",)),
        body="article.article-area__article .editor-content",
        attachments="a.file-download::attr(href)",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("pl", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    terms = "CC BY 3.0 PL, unless a page says otherwise (footer of gov.pl)."

    def __init_subclass__(cls, *, platform: bool = False) -> None:
        if not isinstance(getattr(cls, "sections", None), dict):
            raise DefinitionError(
                f"{cls.__module__}: {cls.__name__}.sections: is missing (language -> path of its list)"
            )
        cls.discover = tuple(
            Listing(
                url=f"https://www.gov.pl/web/{section}?page={{page}}",
                language=language,
                container="div.art-prev",
                entry="div.art-prev li",
                link="a::attr(href)",
                title=".title",
                posted=Date("span.date", ("dd.MM.y",)),
                pages=Pages.numbered(first=1),
            )
            for language, section in cls.sections.items()
        )
        units = "|".join(section.partition("/")[0] for section in cls.sections.values())
        lists = "|".join(section.partition("/")[2] for section in cls.sections.values())
        cls.address = Address(
            rf"gov\.pl/web/(?P<unit>{units})/(?!(?:{lists})$)(?P<slug>[^/]+)$", "{unit}/{slug}"
        )
        super().__init_subclass__(platform=platform)
