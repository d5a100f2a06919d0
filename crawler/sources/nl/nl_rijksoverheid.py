"""Dutch central government (Rijksoverheid): news of all ministries by its open data API."""

from datetime import date

from crawler.declare import Address, Api, Date, Every, Kinds, Pages, PerWeek, Record
from crawler.platforms.labels import usual
from crawler.source import Source

API = "https://opendata.rijksoverheid.nl/v1/infotypes/news"


class NlRijksoverheid(Source):
    title = "Rijksoverheid"
    issuers = ("nl.government",)
    languages = ("nl",)
    timezone = "Europe/Amsterdam"
    hosts = ("opendata.rijksoverheid.nl", "www.rijksoverheid.nl")
    discover = Api(
        url=f"{API}?output=json&rows=100&offset={{page}}",
        entries="@",
        link="canonical",
        id="id",
        title="title",
        changed=Date("lastmodified"),
        modified="lastmodified",
        fetch=f"{API}/{{id}}?output=json",
        pages=Pages.numbered(first=0, step=100),
        page_size=100,
    )
    address = Address(
        r"rijksoverheid\.nl/actueel/nieuws/(?P<day>\d{4}/\d\d/\d\d)/(?P<slug>[^/]+)$", "{day}/{slug}"
    )
    release = Record(
        title="title",
        summary="introduction",
        body="content[].paragraph",
        url="canonical",
        native_id="id",
        posted=Date("frontenddate"),
        issuers="organisationalunits",
        needs=("issuers",),
        kind="type",
        modified="lastmodified",
    )
    kinds = Kinds(None, usual("nl"))
    archive_from = date(2010, 10, 14)
    every = Every(hours=2)
    expect = PerWeek(at_least=20, at_most=200)
    terms = "CC0 1.0, unless a document says otherwise (copyright of rijksoverheid.nl)."
    facts = (
        "H: open data API: /v1/infotypes/news, output=json, rows (at most 200), offset, lastmodifiedsince",
        "M: an entry of the list holds id, title and the address of its data; the whole text only there",
        "H: pages www.rijksoverheid.nl/actueel/nieuws/YYYY/MM/DD/<slug>",
    )
    unverified = (
        "names of fields beyond id and title; order of the list, taken to be by last change",
        "ministries that are not in the table of bodies: their news is held back until they are added",
    )
