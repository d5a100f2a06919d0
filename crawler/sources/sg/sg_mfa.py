"""Singapore's foreign ministry: press statements and transcripts."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.source import Source


class SgMfa(Source):
    title = "Ministry of Foreign Affairs of Singapore"
    issuers = ("sg.mfa",)
    languages = ("en",)
    timezone = "Asia/Singapore"
    hosts = ("www.mfa.gov.sg",)
    discover = Listing(
        url="https://www.mfa.gov.sg/Newsroom/Press-Statements-Transcripts-and-Photos?keyword=&country=&startdate=&enddate=&topic=&page={page}",
        container="div.listing",
        entry="div.listing-item",
        link="a::attr(href)",
        title="a",
        posted=Date("span.date", ("d MMMM y",)),
        pages=Pages.numbered(first=1),
    )
    # The site answers to its old capitals, and to folders of year and month that it no longer writes.
    address = Address(
        r"(?i)mfa\.gov\.sg/newsroom/press-statements-transcripts-and-photos/(?P<slug>[^?]+?)/?$",
        "{slug}",
        lower=True,
    )
    release = Fields(
        title="h1",
        posted=Date("div.publish-date", ("d MMMM y",)),
        # Titles open or close with the kind: "Transcript of ...", "MFA Press Statement: ...".
        kind=Text(
            "h1", r"Press Statement|Transcript|Remarks|Speech|Comments|Joint Statement|National Statement"
        ),
        body="div.article-body",
        # ". . . . ." and the ministry's name, place and day end every text.
        end=(r"(?:\.\s){3,}",),
    )
    kinds = Kinds(
        KindOfRelease.COMMUNIQUE,
        {
            "Press Statement": KindOfRelease.COMMUNIQUE,
            "Transcript": KindOfRelease.TRANSCRIPT,
            "Remarks": KindOfRelease.REMARKS,
            **dict.fromkeys(("Comments", "Joint Statement"), KindOfRelease.STATEMENT),
            **dict.fromkeys(("Speech", "National Statement"), KindOfRelease.SPEECH),
        },
    )
    archive_from = date(2003, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=5, at_most=80)
    terms = (
        "Copyright Government of Singapore; quoting with attribution is usual (terms of use of mfa.gov.sg)."
    )
    facts = (
        "M: list with keyword, country, startdate, enddate, topic and page (from 1)",
        "H: pages in lower case without dates since 2025, before that /2021/01/20210115-SG-JP-RGL-Suspension",
    )
    unverified = (
        "class names; how old addresses lead to new ones; when startdate and enddate are written as what",
    )
