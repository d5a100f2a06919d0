"""United States Department of State: press releases by its API, Spanish translations by their own tree."""

from dataclasses import replace
from datetime import date

from crawler.declare import (
    Address,
    Api,
    Date,
    Every,
    Fields,
    Kinds,
    Pages,
    PerWeek,
    Polite,
    Record,
    Voice,
)
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.state_gov import collection_of
from crawler.source import Source

API = "https://www.state.gov/wp-json/wp/v2/state_press_release"


class UsState(Source):
    title = "Department of State"
    issuers = ("us.state",)
    languages = ("en", "es")
    timezone = "America/New_York"
    hosts = ("www.state.gov",)
    discover = (
        Api(
            url=f"{API}?per_page=100&page={{page}}&orderby=date&order=desc",
            entries="@",
            link="link",
            id="id",
            title="title.rendered",
            modified="modified_gmt",
            kind="type",
            posted=Date("join('', [date_gmt, 'Z'])"),
            total="header:X-WP-Total",
            fetch=f"{API}/{{id}}",
            embedded=True,
            language="en",
            pages=Pages.numbered(),
            page_size=100,
        ),
        # The collection names what a text is, for translations nobody knows in which words.
        replace(collection_of("https://www.state.gov/translations/spanish", "es"), kind=None),
    )
    address = Address(
        r"state\.gov/(?P<path>(?!wp-json/|rss-feed/|press-releases(?:/|$)|translations/[a-z]+(?:/page/.*|/?)$)"
        r"(?:[^/]+/)*[^/]+?)/?$",
        "{path}",
    )
    # No native id: a release's page and its record in the API must be one, and only the record has an id.
    release = (
        Record(
            path=r"/wp-json/",
            url="link",
            title="title.rendered",
            body="content.rendered",
            posted=Date("join('', [date_gmt, 'Z'])"),
            kind="type",
            modified="modified_gmt",
        ),
        Fields(
            title="h1",
            body="div.entry-content",
            drop=("div.entry-content .tags", "div.entry-content .share"),
            posted=Date("p.article-meta__publish-date", ("MMMM d, y", "d 'de' MMMM 'de' y")),
            # Translations open with department, office and the day of the original.
            said=Date(
                "div.entry-content p",
                ("d 'de' MMMM 'de' y",),
                r"(?:^|\s)(\d{1,2} de [a-z]+ de \d{4})\s*$",
                r"^Departamento de Estado\b.*Oficina del Portavoz",
            ),
        ),
    )
    kinds = Kinds(
        default=KindOfRelease.COMMUNIQUE,
        labels={
            "state_press_release": KindOfRelease.COMMUNIQUE,
            "state_briefing": KindOfRelease.PRESS_CONFERENCE,
        },
    )
    voices = {"es": Voice(Role.TRANSLATION, Standing.COURTESY)}
    polite = Polite(delay=5.0)  # robots.txt says crawl-delay: 5, and over-use is answered with 403
    archive_from = date(2025, 1, 20)
    every = Every(minutes=30)
    expect = PerWeek(at_least=10, at_most=250)
    terms = "Works of the United States government: public domain."
    facts = (
        "H: anonymous API, at most 100 a page; `date` is Eastern time, so date_gmt is read",
        "H: translations under /translations/spanish/<slug>/ name no English twin and may be fragments",
        "M: older releases moved to 2021-2025.state.gov and its elders: sources of their own",
    )
    unverified = (
        "markup of the translations' index, taken to be the site's collection",
        "values of state_document_type in class_list, acf.document_date",
    )
