"""Office of the United States Trade Representative: press releases by year."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek
from crawler.items import KindOfRelease
from crawler.platforms.white_house import LABELS, titled
from crawler.source import Source


class UsUstr(Source):
    title = "Office of the United States Trade Representative"
    issuers = ("us.ustr",)
    languages = ("en",)
    timezone = "America/New_York"
    hosts = ("ustr.gov",)
    discover = Listing(
        url="https://ustr.gov/about-us/policy-offices/press-office/press-releases/{year}",
        container="ul.listing",
        entry="ul.listing li",
        link="a::attr(href)",
        title="a",
        pages=Pages.years(),
    )
    address = Address(
        r"ustr\.gov/about-us/policy-offices/press-office/press-releases/(?P<month>\d{4}/[a-z]+)/(?P<slug>[^/]+)/?$",
        "{month}/{slug}",
    )
    release = Fields(
        title="h1.pageTitle",
        kind=titled("h1.pageTitle"),
        posted=Date(
            "div.field-item.even p",
            ("MM/dd/y", "MMMM d, y"),
            r"^(\d\d/\d\d/\d{4}|[A-Z][a-z]+ \d{1,2}, \d{4})$",
        ),
        body="div.field-item.even",
        begin=r"\d\d/\d\d/\d{4}$|[A-Z][a-z]+ \d{1,2}, \d{4}$",
        end=(r"#\s?#\s?#",),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, LABELS)
    archive_from = date(2007, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=1, at_most=60)
    terms = "Works of the United States government: public domain."
    facts = (
        "H: articles .../press-releases/YYYY/<month in letters>/<slug cut to some five words>; end mark ###",
        "H: a list for each year, ul.listing",
        "L: h1.pageTitle, div.field-item.even, the day as its first paragraph (2019)",
    )
    unverified = (
        "the present layout (a redesign of 2025 is likely; lists then in div.view-content .views-row)",
        "the feed .../press-releases/rss.xml; fact sheets",
    )
