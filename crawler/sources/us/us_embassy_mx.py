"""Embassy of the United States in Mexico: press releases, remarks and alerts in English and Spanish."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, PerWeek, Text
from crawler.items import KindOfRelease, KindOfSource
from crawler.platforms.labels import usual
from crawler.platforms.wordpress import feed_of
from crawler.source import Source


class UsEmbassyMx(Source):
    title = "U.S. Embassy & Consulates in Mexico"
    kind = KindOfSource.MISSION
    issuers = ("us.embassy_mexico",)
    languages = ("en", "es")
    timezone = "America/Mexico_City"
    hosts = ("mx.usembassy.gov",)
    discover = (feed_of("https://mx.usembassy.gov", "en"), feed_of("https://mx.usembassy.gov/es", "es"))
    address = Address(
        r"mx\.usembassy\.gov/(?P<path>(?:es/)?(?!es/?$|feed|category|tag|page|wp-)[^/]+)/?$", "{path}"
    )
    release = Fields(
        title="h1.entry-title",
        kind=Text(
            "h1.entry-title", r"^(Alert|Alerta|Remarks|Discurso|Declaración conjunta|Joint Statement)\b"
        ),
        posted=Date("meta[property='article:published_time']::attr(content)"),
        body="div.entry-content",
        # Courtesy translations of the Department's texts say whose they are and when the original was said.
        said=Date(
            "div.entry-content p",
            ("d 'de' MMMM 'de' y",),
            r"Oficina del Portavoz\s+(\S.{0,40})$",
            r"^Departamento de Estado\b.*Oficina del Portavoz",
        ),
        issuers=Text("div.entry-content p", r"^(Departamento de Estado|Department of State)\b"),
        drop=("div.entry-content div.sharedaddy",),
        alternates="link[rel='alternate'][hreflang]",
    )
    kinds = Kinds(
        KindOfRelease.COMMUNIQUE,
        usual("en", "es") | {"Alert": KindOfRelease.ADVISORY, "Alerta": KindOfRelease.ADVISORY},
    )
    archive_from = date(2016, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=1, at_most=60)
    terms = "Works of the United States government: public domain."
    facts = (
        "H: /<slug>/ in English, /es/<slug>/ in Spanish, slugs unrelated; no date in the path",
        "H: 'Esta traducción se proporciona como una cortesía ...' marks courtesy translations",
        "M: /feed/ (WordPress); pages of a feed by ?paged=N",
        "M: older pages: www.usembassy-mexico.gov (2003-09), mexico.usembassy.gov (2009-16), not crawled",
    )
    unverified = (
        "/es/feed/; hreflang links; meta article:published_time",
        "pages on visas and services are not in the feed, but have addresses of the same form",
    )
