"""Korea's foreign ministry: press releases in Korean and English."""

from dataclasses import replace
from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Polite, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

# Rows lead on by script: f_view('322958').
VIEW = Text(
    "a::attr(onclick)",
    r"f_view\('(\d+)'\)",
    template="https://www.mofa.go.kr/eng/brd/m_5676/view.do?seq={value}",
)
ENGLISH = Listing(
    url="https://www.mofa.go.kr/eng/brd/m_5676/list.do?page={page}",
    language="en",
    since="srchFr",
    until="srchTo",
    day_format="yyyyMMdd",
    container="table tbody",
    entry="table tbody tr",
    link=VIEW,
    title="a",
    posted=Date("td", pattern=r"^\d{4}-\d\d-\d\d$"),
    pages=Pages.numbered(first=1),
)
KOREAN = replace(
    ENGLISH,
    url="https://www.mofa.go.kr/www/brd/m_4080/list.do?page={page}",
    language="ko",
    link=replace(VIEW, template="https://www.mofa.go.kr/www/brd/m_4080/view.do?seq={value}"),
)


class KrMofa(Source):
    title = "Ministry of Foreign Affairs of the Republic of Korea"
    issuers = ("kr.mofa",)
    languages = ("ko", "en")
    timezone = "Asia/Seoul"
    hosts = ("www.mofa.go.kr", "news.mofat.go.kr")
    discover = (KOREAN, ENGLISH)
    address = (
        Address(r"mofa\.go\.kr/(?P<board>(?:www|eng)/brd/m_\d+)/view\.do$", "{board}/{seq}", ("seq",)),
        Address(r"news\.mofat\.go\.kr/enewspaper/articleview\.php$", "news/{aid}", ("aid",)),
    )
    release = (
        Fields(
            title=".board_detail .bo_head h2",
            posted=Date(".bo_head dd", pattern=r"^\d{4}-\d\d-\d\d$"),
            kind=".bo_head .category",
            body=".bo_con",
            attachments=".bo_file a::attr(href)",
        ),
        Fields(
            until=date(2013, 3, 31),
            title="td.subject",
            posted=Date("td.regdate", ("y.MM.dd",)),
            body="td.contents",
        ),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("ko", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    polite = Polite(delay=3.0, cookies=True)  # the first request is answered 307 and sets a cookie
    archive_from = date(2001, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=10, at_most=120)
    terms = "KOGL type 1: reuse with the source named, where the page bears the mark."
    facts = (
        "H: English list m_5676 with page, srchFr, srchTo (YYYYMMDD); f_view('<seq>') opens view.do?seq=",
        "H: .board_detail h2, .bo_head, .se-contents in .bo_con; day in the row's last cell",
        "H: the first request is answered 307 and sets a cookie",
        "M: Korean RSS /www/brd/rss.do?brdId=302; numbers of the languages are unrelated",
    )
    unverified = (
        "number of the Korean board of press releases; whether it has the English one's shape",
        "the older site (until 2013, EUC-KR) beyond its outline",
    )
