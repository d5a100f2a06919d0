"""Presidency of the Government of Spain (La Moncloa): news in Spanish by feed, in English by month."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, Listing, Pages, PerWeek, Text, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class EsMoncloa(Source):
    title = "La Moncloa"
    issuers = ("es.moncloa",)
    languages = ("es", "en")
    timezone = "Europe/Madrid"
    hosts = ("www.lamoncloa.gob.es",)
    discover = (
        Feed(url="https://www.lamoncloa.gob.es/paginas/rss.aspx?tipo=1", kinds=False),
        Listing(
            url="https://www.lamoncloa.gob.es/lang/en/presidente/news/Paginas/index.aspx?mts={year}{month}",
            container="#contenido", entry="ul.listadoContenido li", link="a::attr(href)", title="a",
            posted=Date("span.sumarioFecha", ("d/MM/y",)), language="en", pages=Pages.months(),
        ),
    )  # fmt: skip
    address = Address(
        r"(?i)lamoncloa\.gob\.es/(?P<path>(?:[^/]+/)*)paginas/(?P<year>\d{4})/(?P<page>[^/]+)\.aspx$",
        "{path}{year}/{page}",
        lower=True,
    )
    release = Fields(
        title="#contenido h1",
        summary="#contenido p.entradilla",
        kind="#contenido p.antetitulo",
        posted=Date("#contenido p.lugarFecha", ("d 'de' MMMM 'de' y", "d MMMM y"), r"\d{1,2} \D+ \d{4}$"),
        dateline=Text("#contenido p.lugarFecha", r"^(?P<value>[^,]+), "),
        body="#contenido div.cuerpo",
    )
    kinds = Kinds(None, usual("es", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.UNOFFICIAL)}
    archive_from = date(2012, 1, 1)
    every = Every(hours=1)  # a feed holds four entries
    expect = PerWeek(at_least=3, at_most=80)
    terms = "Reuse of public information with the source named (Ley 37/2007)."
    facts = (
        "H: feeds paginas/rss.aspx?tipo=N (1 president, 15 to 17 Council of Ministers, 23 speeches): 4 items",
        "M: English tree /lang/en/... with slugs of its own; files begin with YYYYMMDD; folders in any case",
        "M: lists of the old design by month (mts=YYYYMM), .sumarioFecha DD/MM/YYYY",
    )
    unverified = (
        "class names of the present design; whether mts still chooses the month",
        "English pages say 'Non official translation': whether all do",
    )
