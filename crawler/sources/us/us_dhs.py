"""United States Department of Homeland Security: press releases."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.source import Source


class UsDhs(Source):
    title = "Department of Homeland Security"
    issuers = ("us.dhs",)
    languages = ("en",)
    timezone = "America/New_York"
    hosts = ("www.dhs.gov",)
    discover = (
        Listing(
            url="https://www.dhs.gov/news-releases/press-releases?items_per_page=50&sort_bef_combine=created_DESC&page={page}",
            container="div.view-content",
            entry="li.usa-collection__item",
            link="a::attr(href)",
            title="h3.usa-collection__heading",
            posted=Date("time::attr(datetime)"),
            pages=Pages.numbered(first=0),
        ),
        Listing(
            url="https://www.dhs.gov/archive/news-releases/press-releases?items_per_page=50&page={page}",
            container="div.view-content",
            entry="div.view-content div.views-row",
            link="a::attr(href)",
            title="a",
            posted=Date("time::attr(datetime)"),
            pages=Pages.numbered(first=0),
        ),
    )
    # The archive shows the same text at a second address.
    address = Address(
        r"dhs\.gov/(?:archive/)?news/(?P<day>\d{4}/\d\d/\d\d)/(?P<slug>[^/]+)/?$", "{day}/{slug}"
    )
    release = Fields(
        title="h1",
        posted=Date("div.news-release-date-block", ("MMMM d, y",), r"([A-Z][a-z]+ \d{1,2}, \d{4})"),
        body="div.field--name-body",
        dateline=Text("div.field--name-body p", r"^(?P<value>[A-Z][A-Z .'-]+(?:, [A-Z][A-Za-z. ]+)?) ?[—–]"),
    )
    kinds = Kinds(default=KindOfRelease.COMMUNIQUE)
    archive_from = date(2003, 1, 24)
    every = Every(hours=1)
    expect = PerWeek(at_least=2, at_most=120)
    terms = "Works of the United States government: public domain."
    facts = (
        "M: listing 0-based, USWDS collection with time[datetime]; article with 'Release Date: ...'",
        "M: a second list under /archive/ with div.views-row, for releases that are kept for reference",
        "H: /news/YYYY/MM/DD/<slug> and /archive/news/YYYY/MM/DD/<slug> are one text",
    )
    unverified = (
        "how far back the lists go; whether the archive's rows show a day in time[datetime]",
        "feeds",
    )
