"""Germany's Federal Foreign Office: German releases by feed, English ones by the newsroom's filter list."""

from datetime import date

from crawler.declare import Address, Api, Date, Every, Feed, Fields, Kinds, Pages, PerWeek, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

SITE = "https://www.auswaertiges-amt.de"


class DeAuswaertigesAmt(Source):
    title = "Auswärtiges Amt"
    issuers = ("de.aa",)
    languages = ("de", "en")
    timezone = "Europe/Berlin"
    hosts = ("www.auswaertiges-amt.de",)
    discover = (
        Feed(url=f"{SITE}/static/includes/rss/Presse-RSS-Feed.xml"),
        Api(
            url=f"{SITE}/ajax/json-filterlist/en/newsroom/news/609204-609204?offset={{page}}",
            entries="items", link="link", title="headline", kind="name", posted=Date("date", ("dd.MM.y",)),
            language="en", pages=Pages.numbered(first=0, step=20), page_size=20,
        ),
    )  # fmt: skip
    address = Address(
        r"auswaertiges-amt\.de/(?P<language>de|en)/newsroom/(?:[^/]+/)*(?P<id>\d{6,8})(?:-\d+)?$",
        "{language}/{id}",
    )
    release = Fields(
        title="h1.heading__title",
        summary="p.heading__intro",
        # "07.05.2025 - Press release": the day is written the German way in both languages.
        posted=Date("p.heading__meta", ("dd.MM.y",), r"^\d\d\.\d\d\.\d{4}"),
        # Transcripts of the government's press conference are labelled as articles.
        kind=Text("h1.heading__title, p.heading__meta", r"Regierungspressekonferenz|(?<=\d{4} [-–] ).+$"),
        body="div.rte__content",
    )
    kinds = Kinds(None, usual("de", "en") | {"Article": KindOfRelease.COMMUNIQUE})
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    archive_from = date(2014, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=3, at_most=80)
    terms = "Texts of the office may be reprinted with the source named (imprint of auswaertiges-amt.de)."
    facts = (
        "H: German and English versions have different numbers; no hreflang was seen",
        "H: date line 'DD.MM.YYYY - Press release' under the title in both languages",
        "M: JSON list of the English newsroom: items with date, headline, link, name; offset by 20",
        "M: every page opens with a welcome and ends with keywords and 'Top of page': furniture",
    )
    unverified = (
        "the German feed, listed elsewhere and untested; the number of the German newsroom's JSON list",
        "class names of the heading and of the text",
        "addresses before 2018 (/sid_<hex>/DE/..._node.html) are another layout and are not read",
    )
