"""China's foreign ministry: press conferences and remarks of its spokespersons, Chinese and English."""

from dataclasses import replace
from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

SPOKESPERSONS = Listing(
    url="https://www.mfa.gov.cn/web/wjdt_674879/fyrbt_674889/index_{page}.shtml",
    first_url="https://www.mfa.gov.cn/web/wjdt_674879/fyrbt_674889/",
    language="zh",
    container="div.newsBd",
    entry="ul.list1 li",
    link="a::attr(href)",
    title="a",
    posted=Date("li", ("(y-MM-dd)",), r"\(\d{4}-\d\d-\d\d\)$"),
    pages=Pages.numbered(first=0),
)


class CnMfa(Source):
    title = "Ministry of Foreign Affairs of China"
    issuers = ("cn.mfa",)
    languages = ("zh", "en")
    timezone = "Asia/Shanghai"
    hosts = ("www.mfa.gov.cn", "www.fmprc.gov.cn")
    discover = (
        SPOKESPERSONS,
        replace(
            SPOKESPERSONS,
            url="https://www.mfa.gov.cn/eng/xw/fyrbt/lxjzh/index_{page}.html",
            first_url="https://www.mfa.gov.cn/eng/xw/fyrbt/lxjzh/",
            language="en",
        ),
    )
    # The number is the page's own, whatever folder or host shows it; Chinese and English have two.
    address = Address(r"(?:mfa|fmprc)\.gov\.cn/(?:[\w-]+/)+(?P<id>t\d{6,8}(?:_\d+)?)\.s?html?$", "{id}")
    release = (
        Fields(
            title="div.news_header_title, h1.news_title",
            posted=Date("meta[name='PubDate']::attr(content)", ("y-MM-dd HH:mm", "y-MM-dd HH:mm:ss")),
            kind=Text("title", r"例行记者会|发言人表态|答记者问|Regular Press Conference|Statement"),
            body="div.content_text, div.news_content",
        ),
        Fields(
            until=date(2022, 12, 31),
            title="#docTitle",
            posted=Date("#docDate", ("y/MM/dd",)),
            kind=Text("#docTitle", r"例行记者会|答记者问"),
            body="#docContent",
        ),
    )
    kinds = Kinds(
        None,
        usual("zh", "en") | {"Regular Press Conference": KindOfRelease.PRESS_CONFERENCE},
    )
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    archive_from = date(2001, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=4, at_most=60)
    terms = "Reprints name the source (copyright note of mfa.gov.cn)."
    facts = (
        "H: lists index_N.html, seven transcripts a page; the English ones end near index_140 (July 2022)",
        "H: articles .../YYYYMM/tYYYYMMDD_<number>.html: the day is in the name, numbers differ by language",
        "M: .news_header_title, .content_text, meta ArticleTitle and PubDate; embassies show copies",
        "H: titles are generic ('Regular Press Conference on <day>'): day and text tell versions apart",
    )
    unverified = (
        "class names of lists and Chinese articles; the old layout (until 2010, GB 2312) beyond its outline",
        "French, Spanish, Russian and Arabic editions (/fra, /esp, /rus, /ara) are not read",
    )
