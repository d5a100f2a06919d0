"""MexiData.info: weekly mirror of Mexican and United States releases in English, issued on Mondays."""

from datetime import date

from crawler.declare import Address, Date, Every, Flow, Kinds, Live, MirrorOf, Numbers, PerWeek, Wayback
from crawler.items import KindOfRelease, KindOfSource
from crawler.source import Source


class Mexidata(Source):
    title = "MexiData.info"
    kind = KindOfSource.MIRROR
    languages = ("en",)
    timezone = "America/Los_Angeles"
    hosts = ("mexidata.info", "www.mexidata.info")
    discover = Numbers(url="http://mexidata.info/id{number}.html", first=4403, last=9999)
    address = Address(r"mexidata\.info/id(?P<number>\d+)\.html?$", "id{number}")
    release = Flow(
        heading=r"Media \d{6}\b.*",
        posted=Date(
            r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]+ \d{1,2}, \d{4}", ("EEEE, MMMM d, y",)
        ),
        offices=1,
        # "Joint SRE-SEGOB-SHCP Communique, Mexican Ministry of Foreign Affairs, Feb. 23, 2017; translation"
        attribution=r"[^.;]{3,160}, [A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b[^;]{0,60}(?:;.{0,120})?",
        end=(r"Share/Save/Bookmark", r"FAIR USE NOTICE"),
        not_releases={
            r"Columns? \d{6}\b": "a column, not a release",
            r"Reports? \d{6}\b": "a report, not a release",
        },
    )
    kinds = Kinds(default=KindOfRelease.COMMUNIQUE)
    mirrors = MirrorOf(
        sources=("mx_sre", "mx_segob", "mx_shcp", "us_state"),
        issuers=("mx.presidencia", "mx.sre", "mx.segob", "mx.shcp", "us.state"),
    )
    # Whether the site still stands nobody knows; its pages do in the Wayback Machine.
    origins = (Wayback(), Live())
    archive_from = date(2017, 1, 23)
    every = Every(days=1)
    expect = PerWeek(at_least=0, at_most=40)  # no floor: the last page known is of March 2018
    terms = "Re-posts under fair use what others said; cite the issuer, name the mirror."
    facts = (
        "H: id4403, id4404, id4409, id4410 (January and February 2017), id4508 (March 2018); plain http",
        "H: heading 'Media MMDDYY SOURCE' is the issue's Monday; true date and offices are in the foot line",
        "H: '(edited)' in the foot line: the text differs from the official translation",
    )
    unverified = (
        "the markup (only text was seen) and headings of columns and reports ('Column MMDDYY Author')",
        "whether the site still stands; pages before id4403 exist since before 2006",
    )
