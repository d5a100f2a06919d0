"""Chile's foreign ministry: news and communiques."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class ClMinrel(Source):
    title = "Ministerio de Relaciones Exteriores"
    issuers = ("cl.minrel",)
    languages = ("es",)
    timezone = "America/Santiago"
    hosts = ("www.minrel.gob.cl", "minrel.gob.cl")
    discover = Listing(
        url="https://www.minrel.gob.cl/noticias",
        container="main",
        entry="article",
        link="h3 a::attr(href)",
        title="h3",
        posted=Date("time", ("d 'de' MMMM 'de' y", "dd/MM/y", "dd-MM-y")),
        pages=Pages.next_link("ul.pagination a[rel='next']::attr(href)"),
    )
    address = Address(
        r"minrel\.gob\.cl/(?:minrel/)?(?P<section>noticias|noticias-anteriores|sala-de-prensa)/(?P<slug>[^/]+)/?$",
        "{section}/{slug}",
    )
    release = Fields(
        title="h1",
        kind=Text("h1", r"^(Comunicado(?: de prensa| conjunto)?|Declaración(?: conjunta)?)\b"),
        posted=Date("meta[property='article:published_time']::attr(content)"),
        summary="p.bajada",
        body="div.contenido",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("es"))
    archive_from = date(2018, 3, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=2, at_most=80)
    terms = "Creative Commons Attribution 3.0 Chile (gob.cl sites); not checked for this one."
    facts = (
        "H: /noticias lists; articles /noticias/<slug>, /sala-de-prensa/<slug>, /noticias-anteriores/<slug>",
        "M: answers plain clients (2026); Spanish only",
    )
    unverified = (
        "all selectors: nobody's code that reads this site was seen. Check with one list and one page first",
        "whether /sala-de-prensa has a list of its own",
    )
