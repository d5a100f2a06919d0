"""United States Department of State, January 2017 to January 2021: the archive of that administration."""

from datetime import date

from crawler.declare import Sitemap
from crawler.platforms.state_gov import StateArchive


class UsState2017(StateArchive):
    title = "Department of State (2017-2021)"
    years = "2017-2021"
    # No reader of a list was seen. A page without a day of its own (a biography) is held back, not stored.
    discover = Sitemap(
        url="https://2017-2021.state.gov/sitemap_index.xml",
        maps=r"press|briefing|remarks",
        lastmod=None,
        language="en",
    )
    archive_from = date(2017, 1, 20)
    facts = (
        "H: articles at /<slug>/ and /<slug>/index.html",
        "M: h1.featured-content__headline, p.article-meta__publish-date at www.state.gov in those years",
    )
    unverified = (
        "the sitemap and the names of its parts (those of a common WordPress extension)",
        "whether /press-releases/ lists as in the archive of 2021-2025",
    )
