"""Argentina's foreign ministry: news and communiques."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class ArCancilleria(Source):
    title = "Ministerio de Relaciones Exteriores, Comercio Internacional y Culto"
    issuers = ("ar.mrecic",)
    languages = ("es",)
    timezone = "America/Argentina/Buenos_Aires"
    hosts = ("www.cancilleria.gob.ar", "cancilleria.gob.ar")
    discover = Listing(
        url="https://www.cancilleria.gob.ar/es/actualidad/noticias?page={page}",
        container="div.view-content",
        entry="div.masonry-item",
        link="a::attr(href)",
        title="h3",
        pages=Pages.numbered(first=0),
    )
    address = Address(
        r"cancilleria\.gob\.ar/es/actualidad/(?P<section>noticias|comunicados|discursos)/(?P<slug>[^/]+)/?$",
        "{section}/{slug}",
    )
    release = Fields(
        title="h1.page-header",
        kind=Text("ol.breadcrumb li a", r"^(Comunicados|Discursos)$"),
        posted=Date(
            "article .date-display-single", ("EEEE d MMMM y", "EEEE, d MMMM, y", "d 'de' MMMM 'de' y")
        ),
        folio=Text("div.field-name-body p", r"Información para la Prensa N°:? ?(?P<value>\d+/\d+)"),
        body="div.field-name-body",
        end=(r"Información para la Prensa", r"Dirección de Prensa"),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("es"))
    archive_from = date(2002, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=2, at_most=80)
    terms = "Creative Commons Attribution 4.0 (argentina.gob.ar terms); not checked for this site."
    facts = (
        "M: Drupal 7; list of .masonry-item; h1.page-header, .date-display-single, .field-name-body (2019)",
        "H: articles /es/actualidad/noticias/<slug>; communiques of 2002 and 2009 under /comunicados/",
        "M: communiques have numbers ('115/2002')",
    )
    unverified = (
        "formats of dates; that there is no English tree; the feed /es/actualidad/noticias/feed",
        "where the number of a release stands; how far back the list goes",
    )
