"""United States Department of the Treasury: press releases, remarks and readouts."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.platforms.white_house import LABELS, titled
from crawler.source import Source


class UsTreasury(Source):
    title = "Department of the Treasury"
    issuers = ("us.treasury",)
    languages = ("en",)
    timezone = "America/New_York"
    hosts = ("home.treasury.gov",)
    discover = Listing(
        url="https://home.treasury.gov/news/press-releases?page={page}",
        container="div.content--2col__body",
        entry="div.content--2col__body > div",
        link="h3.featured-stories__headline a::attr(href)",
        title="h3.featured-stories__headline",
        posted=Date("span.date-format time::attr(datetime)"),
        pages=Pages.numbered(first=0),
    )
    address = Address(r"home\.treasury\.gov/news/press-releases/(?P<id>[a-z]{1,3}\d+)/?$", "{id}")
    release = Fields(
        title="h2.uswds-page-title",
        kind=titled("h2.uswds-page-title"),
        posted=Date("div.field--name-field-news-publication-date time::attr(datetime)"),
        body="div.field--name-field-news-body",
        dateline=Text("div.field--name-field-news-body p", r"^(?P<value>[A-Z][A-Z., ]{4,40}) ?[—–-] ?"),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, LABELS)
    archive_from = date(2001, 1, 20)
    every = Every(hours=1)
    expect = PerWeek(at_least=2, at_most=80)
    terms = "Works of the United States government: public domain."
    facts = (
        "H: 0-based list with filters; articles /news/press-releases/<initials of the Secretary><number>",
        "H: field--name-field-news-body and -publication-date time[datetime] on pages (2021 to 2026)",
        "M: list markup of 2021; in September 2026 one client got an empty list that a script would fill",
    )
    unverified = ("the list's present state, and how far back it goes",)
