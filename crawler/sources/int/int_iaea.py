"""International Atomic Energy Agency: press releases."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class IntIaea(Source):
    title = "International Atomic Energy Agency"
    issuers = ("int.iaea",)
    languages = ("en",)
    timezone = "Europe/Vienna"
    hosts = ("www.iaea.org",)
    discover = Listing(
        url="https://www.iaea.org/newscenter/pressreleases?page={page}",
        container="div.view-content",
        entry="div.views-row",
        link="h4 a::attr(href)",
        title="h4",
        posted=Date("span.date-display-single", ("d MMMM y",)),
        pages=Pages.numbered(first=0),
    )
    address = Address(
        r"iaea\.org/newscenter/(?P<section>pressreleases|statements)/(?P<slug>[^/]+)$", "{section}/{slug}"
    )
    release = Fields(
        title="h1",
        posted=Date("div.content-meta span.date-display-single", ("d MMMM y",)),
        folio="div.content-meta span.press-release-number",
        dateline="div.content-meta span.location",
        body="div.field-name-body",
        drop=("div.field-name-body aside",),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("en"))
    archive_from = date(1998, 1, 1)
    every = Every(hours=3)
    expect = PerWeek(at_least=1, at_most=30)
    terms = "Copyright IAEA; press releases may be reproduced with attribution (terms of use of iaea.org)."
    facts = (
        "H: /newscenter/pressreleases and one page per slug; its RSS was removed, say two lists",
        "M: feed /feeds/topnews.rss mixes news and releases, /feeds/dgstatements holds statements",
    )
    unverified = (
        "class names and how the list goes on; other languages have landing pages only, as far as seen",
    )
