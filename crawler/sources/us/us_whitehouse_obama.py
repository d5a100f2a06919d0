"""The White House, January 2009 to January 2017: the archive of that administration."""

from datetime import date

from crawler.declare import Address, Date, Fields, Listing, Pages
from crawler.platforms.white_house import WhiteHouseArchive, titled


class UsWhitehouseObama(WhiteHouseArchive):
    title = "The White House (2009-2017)"
    hosts = ("obamawhitehouse.archives.gov",)
    discover = Listing(
        url="https://obamawhitehouse.archives.gov/briefing-room/statements-and-releases?page={page}",
        container="div.view-content",
        entry="div.views-row",
        link="div.views-field-title h3.field-content a::attr(href)",
        title="div.views-field-title",
        posted=Date("div.views-field-created span.field-content", ("MMMM d, y",)),
        pages=Pages.numbered(first=0),
    )
    address = Address(
        r"obamawhitehouse\.archives\.gov/the-press-office/(?P<path>(?:\d{4}/\d\d/\d\d/)?[^/]+)/?$", "{path}"
    )
    release = Fields(
        title="#content-start h1",
        kind=titled("#content-start h1"),
        posted=Date("#press_article_date_created", ("MMMM d, y",)),
        body="#content-start div.forall-body",
    )
    archive_from = date(2009, 1, 20)
    facts = (
        "H: articles /the-press-office/YYYY/MM/DD/<slug>; those of 2009 without a day in the path",
        "H: h3.field-content in lists; #press_article_date_created, #content-start on pages",
    )
    unverified = ("the body's own element (.forall-body)", "lists of speeches, remarks and press briefings")
