"""Federal Government of Germany: press releases in German, fewer in English and French."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, Listing, Pages, PerWeek, Text, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class DeBundesregierung(Source):
    title = "Bundesregierung"
    issuers = ("de.government",)
    languages = ("de", "en", "fr")
    timezone = "Europe/Berlin"
    hosts = ("www.bundesregierung.de",)
    discover = (
        Feed(url="https://www.bundesregierung.de/service/rss/breg-de/1151244/feed.xml"),
        Listing(
            url="https://www.bundesregierung.de/breg-en/news?page={page}",
            container="ol.bpa-search-result-list", entry="li.bpa-search-result-full", link="a::attr(href)",
            title="span.bpa-teaser-title-text-inner", posted=Date("time::attr(datetime)"),
            language="en", pages=Pages.numbered(first=0),
        ),
    )  # fmt: skip
    address = Address(
        r"bundesregierung\.de/breg-(?P<language>de|en|fr)/(?:[^/]+/)+(?P<slug>[^/]+-\d{5,8})$",
        "{language}/{slug}",
    )
    release = Fields(
        title="h1",
        summary="div.bpa-short-text p",
        kind=Text("span.bpa-article-kind", r"^(?P<value>[^\d|]+?)\s*\d*$"),
        folio=Text("span.bpa-article-kind", r"^.+ \d+$"),
        posted=Date("span.bpa-time time::attr(datetime)"),
        body="div.bpa-richtext",
        alternates="link[rel='alternate'][hreflang]",
    )
    kinds = Kinds(None, usual(*languages))
    voices = {tag: Voice(Role.TRANSLATION, Standing.OFFICIAL) for tag in ("en", "fr")}
    archive_from = date(2018, 3, 14)
    every = Every(hours=1)
    expect = PerWeek(at_least=5, at_most=80)
    terms = "Texts may be used with the source named; pictures not (imprint of bundesregierung.de)."
    facts = (
        "M: RSS of press releases under /service/rss/breg-de/1151244/feed.xml",
        "H: addresses end in a number, which differs between languages; trees breg-de, breg-en, breg-fr",
        "M: English list: li.bpa-search-result-full, time[datetime] in UTC; English is incomplete",
    )
    unverified = (
        "class names of articles; how the English list goes on",
        "whether pages name their other languages in link[hreflang]",
    )
