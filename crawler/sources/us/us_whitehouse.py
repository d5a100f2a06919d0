"""The White House since January 2025: statements, fact sheets, remarks and presidential actions."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek
from crawler.platforms.white_house import LABELS, WhiteHouse


class UsWhitehouse(WhiteHouse):
    title = "The White House"
    hosts = ("www.whitehouse.gov",)
    discover = Listing(
        url="https://www.whitehouse.gov/news/page/{page}/",
        first_url="https://www.whitehouse.gov/news/",
        container="ul.wp-block-post-template",
        entry="li.wp-block-post",
        link="h2.wp-block-post-title a::attr(href)",
        title="h2.wp-block-post-title",
        kind="div.taxonomy-category a",
        posted=Date("time::attr(datetime)"),
        pages=Pages.numbered(),
    )
    address = Address(
        r"whitehouse\.gov/(?P<section>briefings-statements|fact-sheets|presidential-actions|remarks|releases|articles)"
        r"/(?P<month>\d{4}/\d\d)/(?P<slug>[^/]+)/?$",
        "{section}/{month}/{slug}",
    )
    release = Fields(
        title="h1.wp-block-whitehouse-topper__headline",
        kind="a.wp-block-whitehouse-byline-subcategory__link",
        posted=Date("div.wp-block-whitehouse-topper time::attr(datetime)"),
        body="div.entry-content.wp-block-post-content",
        drop=("div.wp-block-whitehouse-topper",),
    )
    kinds = Kinds(None, LABELS)  # every page carries one
    archive_from = date(2025, 1, 20)
    every = Every(minutes=30)
    expect = PerWeek(at_least=5, at_most=250)
    facts = (
        "H: articles /<section>/YYYY/MM/<slug>/, read by plain clients (August 2026)",
        "H: the block theme's classes for headline, date, subcategory, body, and cards of /news/",
        "H: headline, date and category stand inside the body's element",
    )
    unverified = (
        "category links on the cards; whether a 404 or an empty list follows the last page",
        "/wp-json/wp/v2/posts and /feed/, which many lists name",
    )
