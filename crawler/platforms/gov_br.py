"""www.gov.br: one Plone portal for Brazil's ministries and presidency; the path names agency and language.

What is known, with its confidence (H: several independent witnesses, M: one, L: inferred):

* H  lists by offset: `?b_start:int=N`, N a multiple of the site's page (30 in the foreign ministry);
* H  two list templates: news with pictures (`ul.noticias li div.conteudo`, `h2.titulo`, `span.data`, and
     `div.subtitulo-noticia` with the number), and Plone's own (`article.tileItem`, `span.documentByLine`);
* H  articles: `div[property='rnews:articleBody']`; a page says when it was published and when it was changed
     ("Publicado em 26/12/2025 16h36", "Atualizado em ...");
* H  slugs are of their language, typographic marks as hexadecimal ("brazil2019s"); nothing links versions;
* M  a list past its end says "Atualmente não existem itens nessa pasta."
"""

from __future__ import annotations

from crawler.declare import Address, Date, Fields, Kinds, Listing, Pages, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class GovBr(Source, platform=True):
    """A source on it sets `agency`, `folders`, `page_size`, title, issuers, languages and volume."""

    platform_attributes = ("agency", "folders", "page_size")
    agency: str
    """The path segment that stands for the agency: "mre"."""
    folders: dict[str, str]
    """Language -> path of the list, from the language's segment on: "pt-br/noticias"."""
    page_size = 30

    timezone = "America/Sao_Paulo"
    hosts = ("www.gov.br",)
    release = Fields(
        title="h1.documentFirstHeading",
        summary="div.documentDescription",
        folio=Text("p.nitfSubtitle", r"(?i)nota à imprensa\D{1,6}\d+"),
        posted=Date("span.documentPublished", ("dd/MM/y HH'h'mm",), r"(\d\d/\d\d/\d{4} \d\dh\d\d)"),
        body="div[property='rnews:articleBody']",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("pt", "en", "es"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    terms = "Creative Commons Attribution-NoDerivs 3.0 (gov.br, foot of each page)."

    def __init_subclass__(cls, *, platform: bool = False) -> None:
        cls.discover = tuple(
            _listing(cls.agency, folder, language, cls.page_size) for language, folder in cls.folders.items()
        )
        places = "|".join(cls.folders.values())
        cls.address = Address(
            rf"gov\.br/{cls.agency}/(?P<folder>{places})/(?:\d{{4}}/\d\d/)?(?P<slug>[^/]+)/?$",
            "{folder}/{slug}",
        )
        super().__init_subclass__(platform=platform)


def _listing(agency: str, folder: str, language: str, page_size: int) -> Listing:
    return Listing(
        url=f"https://www.gov.br/{agency}/{folder}?b_start:int={{page}}",
        container="#content-core",
        entry="ul.noticias > li, article.tileItem",
        link="h2 a::attr(href)",
        title="h2 a",
        posted=Date("span.data, span.documentByLine", ("dd/MM/y",), r"(\d\d/\d\d/\d{4})"),
        language=language,
        pages=Pages.numbered(first=0, step=page_size),
    )
