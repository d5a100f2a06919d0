"""Global Affairs Canada: news in English and French by the news API, read from canada.ca."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Text
from crawler.platforms.labels import usual
from crawler.source import Source


class CaGac(Source):
    title = "Global Affairs Canada"
    issuers = ("ca.gac",)
    languages = ("en", "fr")
    timezone = "America/Toronto"
    hosts = ("api.io.canada.ca", "www.canada.ca")
    # The API has no pages; 1000 is the largest pick that anybody used (some four months). A wrong parameter
    # is answered with an empty feed, so an empty one is a failure.
    discover = Feed(
        url="https://api.io.canada.ca/io-server/gc/news/{language}/v2?dept=departmentofforeignaffairstradeanddevelopment"
        "&sort=publishedDate&orderBy=desc&publishedDate%3E=2015-01-01&pick=1000&format=atom&atomtitle=news",
        languages=("en", "fr"),
        may_be_empty=False,
    )
    address = Address(
        r"canada\.ca/(?P<language>en|fr)/[^/]+/(?:news|nouvelles)/(?P<month>\d{4}/\d\d)/(?P<slug>[^/]+?)(?:\.html)?$",
        "{language}/{month}/{slug}",
    )
    release = Fields(
        title="h1#wb-cont",
        summary="p.teaser",
        kind="#news-release-container h2",
        issuers="p.gc-byline a",
        posted=Date("meta[name='dcterms.issued']::attr(content)"),
        said=Date(
            ".cmp-text p",
            {"en": ("MMMM d, y",), "fr": ("d MMMM y",)},
            # Whatever stands before place and office is meant for a day: what is none is held back.
            r"^(?:Le )?(?P<value>[^–—]{4,40}?)\s*[-–—]\s*[^–—]{3,60}?\s*[-–—]\s*"
            r"(?:Global Affairs Canada|Affaires mondiales Canada)",
        ),
        dateline=Text(
            ".cmp-text p",
            r"^(?P<value>(?:Le )?[^–—]{8,24}\s*[-–—]\s*[^–—]{3,60}?\s*[-–—]\s*"
            r"(?:Global Affairs Canada|Affaires mondiales Canada))",
        ),
        body=".cmp-text, #news-release-container blockquote, #news-release-container > ul",
        alternates="link[rel='alternate'][hreflang], section#wb-lng a[lang]",
        needs=("issuers", "said"),
    )
    kinds = Kinds(None, usual("en", "fr"))
    archive_from = date(2015, 1, 1)
    every = Every(hours=3)
    expect = PerWeek(at_least=5, at_most=150)
    terms = "Crown copyright; non-commercial reproduction allowed with attribution (canada.ca terms)."
    facts = (
        "H: Atom API per language, links may be relative to canada.ca; ETag; all types when type is left out",
        "M: article container, byline 'From: <department>', first h2 names the kind; hreflang twins in head",
        "H: department and slug are translated, so addresses alone never pair",
        "H: until 2013 at www.international.gc.ca: see ca_dfait",
    )
    unverified = (
        "meta dcterms.issued on news pages",
        "history beyond the last 1000: the HTML search goes back to 2015",
    )
