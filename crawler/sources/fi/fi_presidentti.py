"""President of Finland: news and speeches in Finnish, Swedish and English."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, PerWeek, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.platforms.wordpress import feed_of
from crawler.source import Source


class FiPresidentti(Source):
    title = "Tasavallan presidentti"
    issuers = ("fi.president",)
    languages = ("fi", "sv", "en")
    timezone = "Europe/Helsinki"
    hosts = ("www.presidentti.fi",)
    discover = (
        feed_of("https://www.presidentti.fi", "fi"),
        feed_of("https://www.presidentti.fi/sv", "sv"),
        feed_of("https://www.presidentti.fi/en", "en"),
    )
    address = Address(
        r"presidentti\.fi/(?P<page>(?:(?:sv|en)/)?(?!(?:sv|en|feed|category|page)(?:/|$))[^/]+)/?$", "{page}"
    )
    release = Fields(
        title="h1.entry-title",
        kind="span.entry-category",
        posted=Date("time.entry-date::attr(datetime)"),
        body="div.entry-content",
        drop=("div.entry-content .share",),
        alternates="link[rel='alternate'][hreflang]",
    )
    kinds = Kinds(None, usual("fi", "sv", "en"))
    voices = {tag: Voice(Role.TRANSLATION, Standing.OFFICIAL) for tag in ("sv", "en")}
    archive_from = date(2024, 3, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=2, at_most=60)
    terms = "Texts may be used with the source named (presidentti.fi)."
    facts = (
        "H: feed /en/feed (WordPress), whole texts in it, verified in October 2026",
        "M: the site of former presidents is archived elsewhere at each change of office",
    )
    unverified = ("feeds of Finnish and Swedish; form of addresses; class names; hreflang links",)
