"""United States Department of State, January 2001 to January 2009: the archive of that administration."""

from datetime import date

from crawler.declare import Address, Date, Fields, Kinds, Listing, Pages, Text
from crawler.items import KindOfRelease
from crawler.platforms.state_gov import FrozenState


class UsState2001(FrozenState):
    title = "Department of State (2001-2009)"
    hosts = ("2001-2009.state.gov",)
    discover = Listing(
        url="https://2001-2009.state.gov/r/pa/prs/ps/{year}/index.htm",
        container="td.content-font-style",
        entry="td.content-font-style a[href*='/prs/ps/']",
        link="a::attr(href)",
        title="a",
        pages=Pages.years(),
    )
    # Until 2006 directly in the year's folder, later in a month's ("sept").
    address = Address(
        r"2001-2009\.state\.gov/(?P<path>r/pa/prs/ps/\d{4}/(?:[a-z]{3,5}/)?\d+)\.htm$", "{path}"
    )
    release = Fields(
        title="td.content-font-style h1",
        posted=Date("td.content-font-style font", ("MMMM d, y",), r"^([A-Z][a-z]+ \d{1,2}, \d{4})$"),
        folio=Text("td.content-font-style p", r"^(?P<value>\d{4}/\d{1,4})\b"),
        body="td.content-font-style p",
        end=(r"\d{4}/\d{1,4}\b", r"Released on "),
    )
    kinds = Kinds(KindOfRelease.STATEMENT)
    archive_from = date(2001, 1, 20)
    facts = (
        "H: articles /r/pa/prs/ps/2003/20439.htm, /r/pa/prs/ps/2008/sept/109485.htm",
        "M: text in td.content-font-style with h1, day in a font element, number '2006/808' at the end",
        "M: an index of years leads to one list for each year",
    )
    unverified = (
        "the address of a year's list; whether 2007 and 2008 have lists by month instead",
        "charset, taken to be windows-1252",
    )
