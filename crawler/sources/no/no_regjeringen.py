"""Norwegian government: press releases and news in Norwegian by feed, in English by list."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, Listing, PerWeek, Polite, Text, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class NoRegjeringen(Source):
    title = "Regjeringen"
    issuers = ("no.government",)
    languages = ("no", "en")
    timezone = "Europe/Oslo"
    hosts = ("www.regjeringen.no",)
    discover = (
        Feed(url="https://www.regjeringen.no/no/rss/Rss/2581966/?documentType=aktuelt/nyheter", kinds=False),
        Listing(
            url="https://www.regjeringen.no/en/whatsnew/news-and-press-releases/id2006120/",
            container="ul.listing", entry="ul.listing > li.listItem", link="h2.title > a::attr(href)",
            title="h2.title > a", posted=Date("span.date", ("dd/MM/y",)), language="en",
        ),
    )  # fmt: skip
    address = Address(
        r"regjeringen\.no/(?P<language>no|en)/(?:aktuelt|whatsnew)/(?P<slug>[^/]+)/(?P<id>id\d+)/?$",
        "{language}/{id}",
    )
    # Every ministry has numbers of its own ("Nr: 130/25"), so they are left out.
    release = Fields(
        title="h1",
        summary="p.article-ingress",
        kind=Text("div.article-info", r"^(?P<value>[^|]+?) \|"),
        posted=Date("div.article-info", ("dd.MM.y", "dd/MM/y"), r"(?:Dato|Date): (?P<value>[\d./]+)"),
        body="div.article-body",
        alternates="a.lang-link[hreflang]",
    )
    kinds = Kinds(None, usual("no", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    polite = Polite(delay=10.0)  # Cloudflare answers 403 to many clients on pages, not on the feed
    archive_from = date(2013, 10, 16)
    every = Every(hours=1)
    expect = PerWeek(at_least=5, at_most=150)
    terms = "Norwegian Licence for Open Government Data (NLOD), unless stated otherwise."
    facts = (
        "H: feed /no/rss/Rss/2581966/ with documentType, 100 entries; pages are behind Cloudflare (403)",
        "M: English list with li.listItem, h2.title > a, span.date DD/MM/YYYY",
        "M: addresses end in id<number>; the languages have numbers of their own",
    )
    unverified = (
        "class names of articles; 'Pressemelding | Dato: 14.11.2025 | Nr: 130/25' as one line",
        "the feed of documentType=aktuelt/nyheter holds press releases, too; Nynorsk and Sami texts",
    )
