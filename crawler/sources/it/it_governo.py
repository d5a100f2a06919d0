"""Italian government (Palazzo Chigi): communiqués of the Council of Ministers and of the Prime Minister."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class ItGoverno(Source):
    title = "Governo italiano"
    issuers = ("it.government",)
    languages = ("it",)
    timezone = "Europe/Rome"
    hosts = ("www.governo.it",)
    discover = Feed(url="https://www.governo.it/feed/rss", kinds=False)
    address = Address(r"governo\.it/it/articolo/(?:[^/]+/)?(?P<id>\d+)$", "{id}")
    release = Fields(
        title="h1.title_large",
        posted=Date("main > div.h6", ("EEEE, d MMMM y", "d MMMM y")),
        folio=Text("h1.title_large", r"\bn\. (?P<value>\d+)$"),
        kind=Text(
            "h1.title_large", r"^(?:Comunicato stampa|Dichiarazione|Intervento|Discorso|Conferenza stampa)"
        ),
        body="div.content_body",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("it"))
    archive_from = date(2018, 6, 1)
    every = Every(hours=1)  # the feed holds ten entries
    expect = PerWeek(at_least=3, at_most=80)
    terms = "CC BY-NC-SA 3.0 IT (legal notes of governo.it)."
    facts = (
        "H: /feed/rss, RSS 2.0 with ten entries (March 2026); /it/notizie-governo answers plain clients",
        "M: /it/articolo/<slug>/<number>; the number alone is the page",
        "M: 'Comunicato stampa del Consiglio dei Ministri n. 128': numbered, one for each meeting",
    )
    unverified = ("class names; English pages (/en/articolo), which are few",)
