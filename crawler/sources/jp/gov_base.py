"""Gov base (gov-base.info): re-posts what Japanese ministries, the foreign one too, put on their sites."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, MirrorOf, PerWeek, Text
from crawler.items import KindOfRelease, KindOfSource
from crawler.platforms.labels import usual
from crawler.platforms.wordpress import feed_of
from crawler.source import Source


class GovBase(Source):
    title = "Gov base"
    kind = KindOfSource.MIRROR
    languages = ("ja",)
    timezone = "Asia/Tokyo"
    hosts = ("www.gov-base.info", "gov-base.info")
    discover = feed_of("https://www.gov-base.info")
    address = Address(r"gov-base\.info/(?P<day>\d{4}/\d\d/\d\d)/(?P<id>\d+)/?$", "{id}")
    release = Fields(
        title=Text("h1.entry-title", r"^(?:外務省：)?(?P<value>.+)$"),
        kind=Text("h1.entry-title", r"(会見記録|談話|共同声明)"),
        posted=Date("time.entry-date::attr(datetime)"),
        said=Date(
            "h1.entry-title, div.entry-content p", ("Gy年M月d日",), r"(令和(?:\d+|元)年\d{1,2}月\d{1,2}日)"
        ),
        attribution=Text("div.entry-content p", r"^(?P<value>[^・]{2,12}省)・新着情報"),
        source="div.entry-content a[href*='go.jp']",
        body="div.entry-content",
        begin=r"[^・]{2,12}省・新着情報",
        end=(r"続きを読む", r"出典"),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("ja"))
    mirrors = MirrorOf(sources=("jp_mofa",), issuers=("jp.mofa",))
    archive_from = date(2020, 1, 1)
    every = Every(hours=6)
    expect = PerWeek(at_least=0, at_most=2000)  # no floor: most texts are of ministries that we do not know
    terms = "Re-posts texts of the Japanese government (its standard terms of use 2.0, like CC BY 4.0)."
    facts = (
        "H: articles /YYYY/MM/DD/<number>, with and without www.; the text opens '外務省・新着情報'",
        "H: transcripts of press conferences of 2022 whole, with their headings",
    )
    unverified = (
        "the theme's classes; the feed and its pages; the link to the ministry's page",
        "texts without a day of their own are held back: the mirror's day is not the day of the statement",
    )
