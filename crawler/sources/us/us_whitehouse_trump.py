"""The White House, January 2017 to January 2021: the archive of that administration."""

from datetime import date

from crawler.declare import Address, Date, Fields, Listing, Pages
from crawler.platforms.white_house import WhiteHouseArchive, titled


class UsWhitehouseTrump(WhiteHouseArchive):
    title = "The White House (2017-2021)"
    hosts = ("trumpwhitehouse.archives.gov",)
    discover = Listing(
        url="https://trumpwhitehouse.archives.gov/news/page/{page}/",
        first_url="https://trumpwhitehouse.archives.gov/news/",
        container="main",
        entry="article",
        link="h2[class$='__title'] a::attr(href)",
        title="h2[class$='__title']",
        kind="p[class$='__type']",
        posted=Date("time", ("MMMM d, y", "MMM d, y")),
        pages=Pages.numbered(),
    )
    address = Address(
        r"trumpwhitehouse\.archives\.gov/(?P<section>briefings-statements|presidential-actions|articles)/(?P<slug>[^/]+)/?$",
        "{section}/{slug}",
    )
    release = Fields(
        title="h1.page-header__title",
        kind=titled("h1.page-header__title"),
        posted=Date("div.page-header time", ("MMMM d, y",)),
        body="div.page-content__content",
    )
    archive_from = date(2017, 1, 20)
    facts = (
        "H: /news/page/N/ lists all; class names begin with the card's kind (briefing-statement__title)",
        "H: articles /briefings-statements/<slug>/ without a date; page-header__title, page-content__content",
    )
    unverified = ("labels of cards beyond 'Statements & Releases', 'Remarks', 'Press Briefings'",)
