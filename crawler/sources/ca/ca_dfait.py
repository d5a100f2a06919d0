"""Canada's foreign ministry until 2013, at www.international.gc.ca: read from archives, never crawled."""

from crawler.declare import Address, Date, Fields, Kinds, Shared, Text
from crawler.platforms.labels import usual
from crawler.source import Source


class CaDfait(Source):
    title = "Foreign Affairs and International Trade Canada (until 2013)"
    issuers = ("ca.gac",)
    languages = ("en", "fr")
    timezone = "America/Toronto"
    hosts = ("www.international.gc.ca",)
    discover = ()  # the pages are in web archives only
    address = Address(
        r"international\.gc\.ca/media/aff/[a-z-]+/\d{4}/(?P<number>\d{4}-\d+)\.aspx$",
        "{number}/{lang}",
        query=("lang",),
    )
    # One number, two languages by a parameter.
    shared = Shared(r"/media/aff/[a-z-]+/\d{4}/(?P<number>\d{4}-\d+)\.aspx", "{number}")
    release = Fields(
        title="div.center h1",
        kind=Text("div.center h2", r"^(News Release|Communiqué|Speech|Discours)"),
        posted=Date(
            "div.center p",
            {"en": ("MMMM d, y",), "fr": ("d MMMM y",)},
            r"^\(?(?:No\.|N[o°º]) [\d/]+ [-–] (?:[^-–(]+ [-–] )?(?:le )?"
            r"(?P<value>[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2}(?:er)? [a-zéû]+ \d{4})",
        ),
        folio=Text("div.center p", r"^\(?(?:No\.|N[o°º]) (?P<value>[\d/]+) [-–]"),
        body="div.center",
        drop=("div.center h1", "div.center h2"),
        end=(r"- ?30 ?-$",),
    )
    kinds = Kinds(None, usual("en", "fr"))
    terms = "Crown copyright; non-commercial reproduction allowed with attribution."
    facts = ("H: /media/aff/<section>/YYYY/YYYY-NN.aspx?lang=eng|fra; 'No. 2010/34' is a release's number",)
    unverified = (
        "all markup (the common look of Canadian sites of those years is taken for granted)",
        "the line with number, place and day: its order differs between speeches and releases",
    )
