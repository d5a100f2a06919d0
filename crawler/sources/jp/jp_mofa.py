"""Japan's foreign ministry: press releases and conferences in Japanese and English."""

from dataclasses import replace
from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

JAPANESE = Listing(
    url="https://www.mofa.go.jp/mofaj/press/release/index.html",
    language="ja",
    container="#maincontents",
    entry="#pressrelease dd li",
    link="a::attr(href)",
    title="a",
    headings=Date(
        "#pressrelease dt", ("M月d日", "MMMM d"), r"^\d{1,2}月\d{1,2}日|^[A-Z][a-z]+ \d+", year="capture"
    ),
)
ENGLISH = replace(JAPANESE, url="https://www.mofa.go.jp/press/release/index.html", language="en")
ARCHIVE = replace(
    ENGLISH,
    url="https://www.mofa.go.jp/press/release/{year}{month}_index.html",
    headings=Date("dt.list-title", ("MMMM d",), year="index"),
    pages=Pages.months(),
)


class JpMofa(Source):
    title = "Ministry of Foreign Affairs of Japan"
    issuers = ("jp.mofa",)
    languages = ("ja", "en")
    timezone = "Asia/Tokyo"
    hosts = ("www.mofa.go.jp",)
    discover = (JAPANESE, ENGLISH, ARCHIVE)
    address = Address(r"mofa\.go\.jp/(?P<page>(?!.*index\.html?$).+)\.html?$", "{page}")
    release = (
        Fields(
            title="#maincontents h1",
            posted=Date("#maincontents p.rightalign", ("Gy年M月d日", "MMMM d, y", "EEEE, MMMM d, y, h:mm a")),
            kind=Text("#maincontents h1", r"会見|談話|声明|Press Conference|Statement"),
            body="#maincontents",
            drop=(
                "#maincontents h1",
                "p.rightalign",
                "#maincontents a[lang]",
                "#maincontents a[href^='#']",
                "div.link-block",
            ),
            end=("Related Links", "関連リンク"),
            alternates="ul.lang-switch a[lang]",
        ),
        Fields(
            until=date(2013, 12, 31),
            title="td.main h2",
            posted=Date("td.main p.date", ("Gy年M月d日",)),
            body="td.main",
            drop=("td.main h2", "td.main p.date", "td.main p.back"),
        ),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("ja", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    archive_from = date(1996, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=10, at_most=120)
    terms = "Public Data License 1.0 of Japan: reuse with the source named (legal matters of mofa.go.jp)."
    facts = (
        "H: lists index.html, past months in English YYYYMM_index.html; days without year above entries",
        "H: #maincontents holds list and article; Japanese list in #pressrelease dl dd ul li",
        "H: press1_000423 and press1e_000344: 'e' is English, numbers are unrelated between languages",
        "H: 令和6年7月28日, 'Wednesday, September 14, 2022, 3:45 p.m.'; conferences: provisional translation",
        "M: entries also lead to pages of other sections: any page of the site may be a release",
    )
    unverified = (
        "class names inside #maincontents; link between language versions on the page",
        "Japanese lists of past months (named by era year) are not walked; RSS: sources disagree",
        "the layout before 2013 (Shift_JIS) beyond its outline; whether plain clients are blocked",
    )
