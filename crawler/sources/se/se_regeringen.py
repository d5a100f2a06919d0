"""Government Offices of Sweden: press releases in Swedish and English, on two sites."""

from dataclasses import replace
from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, PerWeek, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

SWEDISH = Listing(
    url="https://www.regeringen.se/pressmeddelanden/",
    language="sv",
    container="ul.list--block",
    entry="ul.list--block li",
    link="div.sortcompact > a::attr(href)",
    title="div.sortcompact > a",
    posted=Date("time::attr(datetime)"),
)


class SeRegeringen(Source):
    title = "Regeringskansliet"
    issuers = ("se.government",)
    languages = ("sv", "en")
    timezone = "Europe/Stockholm"
    hosts = ("www.regeringen.se", "www.government.se")
    discover = (SWEDISH, replace(SWEDISH, url="https://www.government.se/press-releases/", language="en"))
    address = Address(
        r"(?P<site>regeringen|government)\.se/(?:pressmeddelanden|press-releases)/(?P<page>\d{4}/\d\d/[^/]+)/?$",
        "{site}/{page}",
    )
    release = Fields(
        title="h1",
        summary="p.ingress",
        kind="span.h1-vignette",
        posted=Date("span.published time::attr(datetime)"),
        body="div.has-wordExplanation",
        alternates="li.language-link a[hreflang]",
    )
    kinds = Kinds(None, usual("sv", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    archive_from = date(2014, 10, 3)
    every = Every(hours=1)  # a list holds what is new only
    expect = PerWeek(at_least=5, at_most=150)
    terms = "Texts may be used freely with the source named (about regeringen.se)."
    facts = (
        "M: English list: ul.list--block li with div.sortcompact > a and time",
        "H: government.se/press-releases/YYYY/MM/<slug>/; Swedish slugs are their own",
    )
    unverified = (
        "that the Swedish list has the English one's shape; how lists go on (a filter answers to a form)",
        "class names of articles; links between the languages",
    )
