"""Prime Minister of Canada: news releases, statements, readouts and speeches in English and French."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class CaPm(Source):
    title = "Prime Minister of Canada"
    issuers = ("ca.pm",)
    languages = ("en", "fr")
    timezone = "America/Toronto"
    hosts = ("pm.gc.ca", "www.pm.gc.ca")
    discover = (
        Feed(url="https://pm.gc.ca/en/news.rss", language="en"),
        Feed(url="https://pm.gc.ca/fr/nouvelles.rss", language="fr"),
    )
    address = Address(
        r"pm\.gc\.ca/(?P<language>en|fr)/(?:news|nouvelles)/[a-z-]+/(?P<day>\d{4}/\d\d/\d\d)/(?P<slug>[^/]+)/?$",
        "{language}/{day}/{slug}",
    )
    release = Fields(
        title="meta[property='og:title']::attr(content)",  # the third h1 of a page, after those of the site
        kind=Text("link[rel='canonical']::attr(href)", r"/(?:news|nouvelles)/([a-z-]+)/\d{4}/"),
        posted=Date(".inline-date", {"en": ("MMMM d, y",), "fr": ("d MMMM y",)}),
        dateline=".place-line",
        body=".content-news-article",
        alternates="link[rel='alternate'][hreflang]",
    )
    kinds = Kinds(
        None,  # the path names it
        usual("en", "fr")
        | {"releases": KindOfRelease.COMMUNIQUE, "documents-dinformation": KindOfRelease.FACT_SHEET},
    )
    archive_from = date(2015, 11, 4)
    every = Every(hours=1)
    expect = PerWeek(at_least=5, at_most=120)
    terms = "Crown copyright; non-commercial reproduction allowed with attribution (pm.gc.ca terms)."
    facts = (
        "H: feeds /en/news.rss and /fr/nouvelles.rss; articles /en/news/<kind>/YYYY/MM/DD/<slug>",
        "M: .inline-date, .content-news-article, the third h1 is the title (speeches of 2020)",
        "M: slugs and kinds are translated; /en/node/<id> is an alias of a page",
    )
    unverified = (
        "og:title, canonical and hreflang links in the head; words for kinds in French paths",
        "older addresses (/eng/..., /fra/nouvelles/...) and history beyond the feeds",
    )
