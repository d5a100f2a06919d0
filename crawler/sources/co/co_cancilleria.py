"""Colombia's foreign ministry: news and communiques."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source

# Texts open "Bogotá (feb. 23/17)."; the page's own day is the same one, in a form that can be read.
DATELINE = r"^(?P<value>[A-ZÁÉÍÓÚ][^(]{2,40} \([a-z]{3,5}\.? \d{1,2}/\d\d(?:\d\d)?\))"
DAY = r"^\d{4}-\d\d-\d\d"  # the clock time behind it is always noon: the site knows days only


class CoCancilleria(Source):
    title = "Ministerio de Relaciones Exteriores"
    issuers = ("co.cancilleria",)
    languages = ("es",)
    timezone = "America/Bogota"
    hosts = ("www.cancilleria.gov.co",)
    discover = Listing(
        url="https://www.cancilleria.gov.co/newsroom/news?page={page}",
        container="div.view-content",
        entry="div.views-row",
        link=".views-field-title a::attr(href)",
        title=".views-field-title",
        posted=Date("time::attr(datetime)", pattern=DAY),
        pages=Pages.numbered(first=0),
    )
    address = Address(
        r"cancilleria\.gov\.co/newsroom/(?P<section>news|publiques)/(?P<path>(?:\d{4}-\d\d-\d\d/)?[^/]+)/?$",
        "{section}/{path}",
    )
    release = (
        Fields(
            title="h1.page-title",
            posted=Date("div.field--name-field-date time::attr(datetime)", pattern=DAY),
            dateline=Text("div.field--name-body p", DATELINE),
            body="div.field--name-body",
        ),
        Fields(
            title="div.panel-pane h2.pane-title",
            posted=Date(
                "div.panel-pane span.date-display-single",
                ("d 'de' MMMM 'de' y", "EEEE, d MMMM y", "d MMMM y"),
            ),
            dateline=Text("div.field-name-body p", DATELINE),
            body="div.field-name-body",
        ),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("es"))
    archive_from = date(2010, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=3, at_most=80)
    terms = "Reproduction allowed with attribution (terms of Colombian state sites); not checked."
    facts = (
        "M: Drupal views: .views-row, time[datetime], title link in a heading or .views-field-title (2026)",
        "M: until about 2020 Drupal 7: h2.pane-title, span.date-display-single, .field-name-body",
        "M: pages ?page=N from 0; /newsroom/publiques is a second section",
    )
    unverified = ("classes on pages of the present layout; formats of dates of the old one; English pages",)
