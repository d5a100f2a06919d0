"""United States Department of State, January 2009 to January 2017: the archive of that administration."""

from datetime import date

from crawler.declare import Address, Date, Fields, Kinds, Listing, Pages, Text
from crawler.platforms.state_gov import KINDS, FrozenState


class UsState2009(FrozenState):
    title = "Department of State (2009-2017)"
    hosts = ("2009-2017.state.gov",)
    discover = Listing(
        url="https://2009-2017.state.gov/r/pa/prs/ps/{year}/{month}/index.htm",
        container="div.l-wrap",
        entry="div.l-wrap a[href*='/prs/ps/']",
        link="a::attr(href)",
        title="a",
        headings=Date("span.date-display-single", ("MM/dd/yy",)),
        pages=Pages.months(),
    )
    address = Address(r"2009-2017\.state\.gov/(?P<path>r/pa/prs/ps/\d{4}/\d\d/\d+)\.htm$", "{path}")
    release = Fields(
        title="h2#page-title",
        kind="#doctype_long",
        posted=Date("#date_long", ("MMMM d, y",)),
        folio=Text("#centerblock", r"\bPRN:? *(?P<value>\d{4}/\d+)"),
        body="#centerblock",
        drop=("#centerblock #templateFields",),
        end=(r"PRN:? *\d",),
    )
    kinds = Kinds(None, KINDS.labels)  # every page carries one
    archive_from = date(2009, 1, 20)
    facts = (
        "H: articles /r/pa/prs/ps/YYYY/MM/NNNNNN.htm; lists by month in the same folder",
        "H: 'PRN: 2011/1166' on releases is their number",
        "M: .l-wrap, .date-display-single (MM/DD/YY) in lists; #page-title, #date_long, #centerblock",
    )
    unverified = (
        "whether the day stands before or behind its entry in the lists; #doctype_long",
        "the other sections (secretary's remarks, daily briefings) are not crawled",
    )
