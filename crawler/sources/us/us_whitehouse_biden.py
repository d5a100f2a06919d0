"""The White House, January 2021 to January 2025: the archive of that administration."""

from datetime import date

from crawler.declare import Address, Date, Fields, Kinds, Listing, Pages
from crawler.platforms.white_house import LABELS, WhiteHouseArchive


class UsWhitehouseBiden(WhiteHouseArchive):
    title = "The White House (2021-2025)"
    hosts = ("bidenwhitehouse.archives.gov",)
    discover = Listing(
        url="https://bidenwhitehouse.archives.gov/briefing-room/page/{page}/",
        first_url="https://bidenwhitehouse.archives.gov/briefing-room/",
        container="div.article-wrapper",
        entry="article.news-item",
        link="a.news-item__title::attr(href)",
        title="a.news-item__title",
        kind="span.cat-links a",
        posted=Date("time::attr(datetime)"),
        pages=Pages.numbered(),
    )
    address = Address(
        r"bidenwhitehouse\.archives\.gov/briefing-room/(?P<kind>[^/]+)/(?P<day>\d{4}/\d\d/\d\d)/(?P<slug>[^/]+)/?$",
        "{kind}/{day}/{slug}",
    )
    release = Fields(
        title="h1.page-title",
        kind="span.cat-links a",
        posted=Date("meta[property='article:published_time']::attr(content)"),
        body="section.body-content",
    )
    kinds = Kinds(None, LABELS)  # every page carries one
    archive_from = date(2021, 1, 20)
    facts = (
        "H: articles /briefing-room/<type>/YYYY/MM/DD/<slug>/, as at www.whitehouse.gov until January 2025",
        "H: a.news-item__title in lists; section.body-content, article:published_time on pages",
    )
    unverified = (
        "the list of all types at /briefing-room/ (lists per type are certain), container and labels in it",
        "Spanish pages",
    )
