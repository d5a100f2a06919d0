"""European Commission: the press corner in its 24 languages, by its API."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crawler.declare import Address, Api, Date, Every, Fields, Kinds, Pages, PerWeek, Record, Text, Voice
from crawler.items import Alternate, KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

if TYPE_CHECKING:
    from crawler.pages.page import Page

CORNER = "https://ec.europa.eu/commission/presscorner"
RECORD = f"{CORNER}/api/documents?reference={{value}}&language={{language}}"


class EuCommission(Source):
    title = "European Commission"
    issuers = ("eu.commission",)
    languages = (
        "en", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt",
        "nl", "pl", "pt", "ro", "sk", "sl", "sv",
    )  # fmt: skip
    timezone = "Europe/Brussels"
    hosts = ("ec.europa.eu", "europa.eu")
    discover = Api(
        url=f"{CORNER}/api/search?language=en&pagesize=100&pagenumber={{page}}",
        since="datefrom", until="dateto", day_format="ddMMyyyy",
        entries="docuLanguageListResources", total="totalNumber", page_size=100, pages=Pages.numbered(),
        link=Text("refCode", template=RECORD), title="title", posted=Date("eventDate"),
        kind="docutype.code", language="en",
    )  # fmt: skip
    # A record and the page that shows it: IP/26/301 and ip_26_301.
    address = (
        Address(
            r"ec\.europa\.eu/commission/presscorner/api/documents$",
            "{language}/{reference}",
            query=("language", "reference"),
            lower=True,
        ),
        Address(
            r"ec\.europa\.eu/commission/presscorner/detail/(?P<language>..)/(?P<type>[a-z]+)_(?P<year>\d\d)_(?P<no>\d+)$",
            "{language}/{type}/{year}/{no}",
        ),
        Address(
            r"europa\.eu/rapid/press-release_(?P<type>[A-Z]+)-(?P<year>\d\d)-(?P<no>\d+)_(?P<language>..)\.html?$",
            "{language}/{type}/{year}/{no}",
            lower=True,
        ),
    )
    release = (
        Record(
            title="docuLanguageResource.title",
            summary="docuLanguageResource.subtitle",
            body="docuLanguageResource.htmlContent",
            url=Text(
                "refCd", lower=True, replace={"/": "_"}, template=f"{CORNER}/detail/{{language}}/{{value}}"
            ),
            language=Text("docuLanguageResource.language", lower=True),
            native_id="join(':', [refCd, docuLanguageResource.language])",
            shared_ids="[refCd]",
            posted=Date("publishDate"),
            said=Date("eventDate"),
            kind="docutypeResource.code",
            end=("For [Mm]ore [Ii]nformation", "Pour en savoir plus", "Weitere Informationen"),
        ),
        Fields(
            until=date(2020, 6, 30),
            title="#contentPressRelease h1",
            kind=Text("#contentPressRelease p.type", r"[-–] (?P<value>.+)$"),
            posted=Date("#contentPressRelease p.place", ("d MMMM y",), r"\d{1,2}(?:er)? \S+ \d{4}$"),
            body="#contentPressRelease div.content",
            end=("For [Mm]ore [Ii]nformation", "Pour en savoir plus", "Weitere Informationen"),
        ),
    )
    kinds = Kinds(
        None,
        usual("en", "fr", "de")
        | {
            **dict.fromkeys(("IP", "MEX", "INF", "PRES"), KindOfRelease.COMMUNIQUE),
            **dict.fromkeys(("QANDA", "FS", "MEMO"), KindOfRelease.FACT_SHEET),
            **dict.fromkeys(("AC", "CLDR", "WM"), KindOfRelease.ADVISORY),
            "STATEMENT": KindOfRelease.STATEMENT,
            "SPEECH": KindOfRelease.SPEECH,
            "READ": KindOfRelease.READOUT,
        },
    )
    voices = {tag: Voice(Role.TRANSLATION, Standing.OFFICIAL) for tag in languages[1:]}
    archive_from = date(1985, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=30, at_most=600)
    terms = "CC BY 4.0 unless stated otherwise (Commission Decision 2011/833/EU)."
    facts = (
        "H: /api/search: pagesize up to 100, pagenumber from 1, datefrom, dateto (ddmmyyyy), newest first",
        "H: /api/documents?reference=IP/26/301&language=en: docuLanguageResource, refCd, eventDate",
        "M: `languages` of a record lists the languages in upper case, perhaps without the one asked for",
        "H: the page itself is an empty shell; one request a second is borne",
        "H: one reference for all languages; representations in member states write their own texts",
    )
    unverified = (
        "whether docuLanguageResource.language is a code in upper case; `original` is not used",
        "documents that exist in other languages only; types that the archive has and the table has not",
        "class names of europa.eu/rapid (until 2019), whose references are the same",
    )

    def read_alternates(self, page: Page) -> tuple[Alternate, ...]:
        """A record names its languages, not their addresses; JMESPath cannot join those to its reference."""
        if not page.is_json:
            links = [(a.get("href"), a.get("lang")) for a in page.elements("ul.otherLanguages a[lang]")]
            return tuple(Alternate(url, tag) for href, tag in links if (url := page.absolute(href or "")))
        reference, tags = page.json.get("refCd"), page.json.get("languages")
        if not isinstance(reference, str) or not isinstance(tags, list):
            return ()
        known = [tag.lower() for tag in tags if isinstance(tag, str) and tag.lower() in self.languages]
        return tuple(
            Alternate(RECORD.replace("{value}", reference).replace("{language}", tag), tag) for tag in known
        )
