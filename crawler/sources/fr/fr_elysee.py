"""Presidency of the French Republic (Élysée): statements, speeches and communiqués."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class FrElysee(Source):
    title = "Élysée"
    issuers = ("fr.elysee",)
    languages = ("fr",)
    timezone = "Europe/Paris"
    hosts = ("www.elysee.fr",)
    discover = Feed(url="https://www.elysee.fr/feed", kinds=False)
    # The English tree (/en) holds few translations and links to French texts: it is not read.
    address = Address(
        r"elysee\.fr/(?P<president>[a-z-]{3,})/(?P<day>\d{4}/\d\d/\d\d)/(?P<slug>[^/]+)$", "{day}/{slug}"
    )
    release = Fields(
        title="h1",
        posted=Date("main > p.date", ("d MMMM y",), r"\d{1,2}(?:er)? \S+ \d{4}"),
        kind=Text("main > p.rubrique", r"^(?P<value>[^|]+?)(?: \||$)"),
        body="div.reset-last-space",
        attachments="a.download[href$='.pdf']::attr(href)",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("fr"))
    archive_from = date(2017, 5, 14)
    every = Every(hours=1)
    expect = PerWeek(at_least=3, at_most=80)
    terms = "Licence ouverte 2.0 for texts, unless stated otherwise (legal notice of elysee.fr)."
    facts = (
        "H: feed /en/feed, verified in October 2026; its links under /en lead to French pages without /en",
        "M: /<president>/YYYY/MM/DD/<slug>; accounts of the Council of Ministers stand among them",
    )
    unverified = ("class names and labels; that /feed is the French twin of /en/feed",)
