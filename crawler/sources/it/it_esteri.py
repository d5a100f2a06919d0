"""Italy's foreign ministry (Farnesina): communiqués by month, in Italian and English."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Polite, Text, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class ItEsteri(Source):
    title = "Ministero degli Affari Esteri e della Cooperazione Internazionale"
    issuers = ("it.maeci",)
    languages = ("it", "en")
    timezone = "Europe/Rome"
    hosts = ("www.esteri.it",)
    discover = Listing(
        url="https://www.esteri.it/{language}/sala_stampa/archivionotizie/comunicati/?lang={language}&anno_pub={year}&mese_pub={month}&pag={page}",
        languages=("it", "en"),
        container="div.archive-list",
        entry="div.archive-list article",
        link="h5 a::attr(href)",
        title="h5 a",
        posted=Date("span.date", ("d MMMM y",)),
        pages=Pages.months(within=Pages.numbered(first=1)),
    )
    address = Address(
        r"esteri\.it/(?P<language>it|en)/sala_stampa/archivionotizie/comunicati/(?P<page>\d{4}/\d\d/[^/]+)/?$",
        "{language}/{page}",
    )
    release = Fields(
        title="article h1",
        posted=Date(
            "article li",
            ("d MMMM y", "MMMM d y"),
            r"^(?:Data pubblicazione|Publication date):\s*(?P<value>.+)$",
        ),
        kind=Text("article li", r"^(?:Tipologia|Tipology):\s*(?P<value>.+)$"),
        body="article .entry-content",
        drop=("article .entry-content .share",),
    )
    kinds = Kinds(None, usual("it", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    polite = Polite(delay=10.0)  # Radware Bot Manager guards the site: as few requests as possible
    archive_from = date(2013, 1, 1)
    every = Every(hours=4)
    expect = PerWeek(at_least=10, at_most=200)
    terms = "CC BY 4.0 unless stated otherwise (legal notes of esteri.it)."
    facts = (
        "M: archive with anno_pub, mese_pub and pag, ten entries a page: day, h5 with link, excerpt",
        "H: /<language>/sala_stampa/archivionotizie/comunicati/YYYY/MM/<slug>/; WordPress since 2021; no RSS",
        "M: 'Publication date: November 17 2025' and 'Tipology: ...' on articles, .entry-content",
        "H: Radware Bot Manager leads plain clients to validate.perfdrive.com: a redirect, then a captcha",
    )
    unverified = (
        "class names of the archive; whether months are accepted with two digits",
        "whether English articles link the Italian ones: slugs differ",
    )
