"""Peru's foreign ministry: news on the state's common portal gob.pe."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Polite, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class PeRree(Source):
    title = "Ministerio de Relaciones Exteriores"
    issuers = ("pe.rree",)
    languages = ("es",)
    timezone = "America/Lima"
    hosts = ("www.gob.pe",)
    discover = Listing(
        url="https://www.gob.pe/institucion/rree/noticias?sheet={page}",
        container="main",
        entry="li.scrollable__item",
        link="a.card__mock::attr(href)",
        title="a.card__mock",
        posted=Date("time::attr(datetime)"),
        pages=Pages.numbered(),
    )
    # The number is the portal's own; the slug follows the title when that is corrected.
    address = Address(r"gob\.pe/institucion/rree/noticias/(?P<id>\d+)(?:-[^/]*)?/?$", "{id}")
    release = Fields(
        title="h1",
        kind=Text("p.feed-label, h1", r"^(Nota de prensa|Comunicado(?: oficial| conjunto)?|Declaración)\b"),
        posted=Date("div.feed-date time::attr(datetime)"),
        folio=Text("h1", r"\(?Comunicado(?: Oficial)? N° ?(?P<value>\d{1,4}(?:-\d{4})?)\)?"),
        body="div.feed-content",
        attachments="div.feed-content a[href$='.pdf']",
    )
    kinds = Kinds(None, usual("es") | {"Comunicado oficial": KindOfRelease.COMMUNIQUE})
    polite = Polite(delay=5.0)  # answers 418 to clients that it takes for robots (2026)
    archive_from = date(2018, 3, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=3, at_most=120)
    terms = "Reproduction allowed with attribution (gob.pe terms); not checked."
    facts = (
        "H: articles /institucion/rree/noticias/<id>-<slug>; Spanish only",
        "H: lists of other agencies on gob.pe: li.scrollable__item, a.card__mock, time[datetime], local time",
        "M: ?sheet=N; body div.feed-content; 418 for some clients",
    )
    unverified = (
        "title, label and date on the page of an article; window.initialData as in the site's search",
        "before March 2018: www.rree.gob.pe/noticias (SharePoint), not crawled",
    )
