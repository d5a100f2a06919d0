"""Ukraine's foreign ministry: news and statements in Ukrainian and English."""

from dataclasses import replace
from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Shared, Text, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

NEWS = Listing(
    url="https://mfa.gov.ua/news?page={page}",
    language="uk",
    container="div.news-list",
    entry="div.news-list__item",
    link="a.news-list__title::attr(href)",
    title="a.news-list__title",
    posted=Date("span.news-list__date", ("d MMMM y, HH:mm",)),
    pages=Pages.numbered(first=1),
)


class UaMfa(Source):
    title = "Ministry of Foreign Affairs of Ukraine"
    issuers = ("ua.mfa",)
    languages = ("uk", "en")
    timezone = "Europe/Kyiv"
    hosts = ("mfa.gov.ua",)
    discover = (NEWS, replace(NEWS, url="https://mfa.gov.ua/en/news?page={page}", language="en"))
    # English pages keep the transliterated slug of the Ukrainian ones.
    address = Address(r"mfa\.gov\.ua/(?P<language>(?:en/)?)news/(?P<slug>[^/]+)$", "{language}{slug}")
    shared = Shared(r"mfa\.gov\.ua/(?:en/)?news/(?P<slug>[^/?]+)$", "{slug}")
    release = Fields(
        title="h1",
        posted=Date("div.article__date", ("d MMMM y, HH:mm",), r"\d{1,2} \S+ \d{4},? \d{2}:\d{2}"),
        kind=Text("h1", r"^(?:Спільна заява|Заява|Коментар|Брифінг|Joint Statement|Statement)\b"),
        body="div.article__text",
        alternates="div.header__languages a[hreflang]",
    )
    kinds = Kinds(None, usual("uk", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    archive_from = date(2019, 12, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=10, at_most=150)
    terms = "CC BY 4.0 International, unless stated otherwise (footer of mfa.gov.ua)."
    facts = (
        "M: /news/<slug> and /en/news/<slug>; the English page may carry the transliterated Ukrainian slug",
        "M: sites of embassies on the same system answered 403 to some clients",
    )
    unverified = (
        "class names and how the lists go on; feeds (/rss, /en/rss were listed, untested)",
        "whether the slug is shared as a rule",
    )
