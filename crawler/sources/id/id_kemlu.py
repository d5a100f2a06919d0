"""Indonesia's foreign ministry (Kemlu): news in Indonesian, by the API behind its site."""

from datetime import date

from crawler.declare import Address, Api, Date, Every, Fields, Kinds, Pages, PerWeek, Record, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source

PAGE = "https://kemlu.go.id/berita/{value}"


class IdKemlu(Source):
    title = "Kementerian Luar Negeri"
    issuers = ("id.kemlu",)
    languages = ("id",)
    timezone = "Asia/Jakarta"
    hosts = ("backpanel.kemlu.go.id", "kemlu.go.id")
    discover = Api(
        url="https://backpanel.kemlu.go.id/public-content-service/api/contentMenu?type=menu&slug%5B%5D=berita"
        "&portal=pusat&page={page}&limit=100&tag=&order_dir=desc&order_by=publish_date&lang=id",
        entries="data.publication",
        link=Text("slug", template=PAGE),
        title="title",
        posted=Date("publish_date"),
        embedded=True,
        pages=Pages.numbered(first=1),
        page_size=100,
    )
    address = Address(r"kemlu\.go\.id/berita/(?P<slug>[^/]+)$", "{slug}")
    release = (
        Record(
            title="title",
            body="content_detail",
            url=Text("slug", template=PAGE),
            posted=Date("publish_date"),
        ),
        Fields(title="h1", posted=Date("article > time::attr(datetime)"), body="article div.content-detail"),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("id"))
    archive_from = date(2015, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=5, at_most=120)
    terms = "No terms were found; official statements, quoted with the source named."
    facts = (
        "M: API contentMenu with slug[], portal=pusat, page, limit=100, order_by, lang: data.publication",
        "M: an entry holds slug, title, content_detail (HTML) and publish_date; its page is /berita/<slug>",
        "M: embassies are other portals of the same API; lang=en gives English texts",
    )
    unverified = (
        "how publish_date is written, and in which zone; the page itself, which is made in the browser",
        "whether English texts have slugs of their own: they are not read",
    )
