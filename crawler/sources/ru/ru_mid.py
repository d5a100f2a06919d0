"""Russia's foreign ministry: news in Russian, English, German, French and Spanish."""

from datetime import date

from crawler.declare import (
    Address,
    Date,
    Every,
    Fields,
    Kinds,
    Listing,
    Pages,
    PerWeek,
    Polite,
    Shared,
    Text,
    Voice,
)
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class RuMid(Source):
    title = "Ministry of Foreign Affairs of Russia"
    issuers = ("ru.mid",)
    languages = ("ru", "en", "de", "fr", "es")
    timezone = "Europe/Moscow"
    hosts = ("mid.ru", "www.mid.ru")
    discover = Listing(
        url="https://mid.ru/{language}/foreign_policy/news/?PAGEN_1={page}",
        languages=("ru", "en"),
        container="div.announce",
        entry=".announce__item",
        link="a.announce__link::attr(href)",
        title="a.announce__link",
        posted=Date(".announce__meta", ("d MMMM y HH:mm",), r"^\d{1,2} \S+ \d{4} \d{2}:\d{2}"),
        pages=Pages.numbered(first=1),
    )
    # One number for all languages.
    address = Address(
        r"mid\.ru/(?P<language>[a-z]{2})/(?:foreign_policy/news|press_service/spokesman/[a-z_]+)/(?P<id>\d+)/?$",
        "{language}/{id}",
    )
    shared = Shared(r"mid\.ru/[a-z]{2}/[a-z_/]+/(?P<id>\d+)/?$", "{id}")
    release = Fields(
        title="h1",
        posted=Date("div.article-line", ("d MMMM y HH:mm",), r"^\d{1,2} \S+ \d{4} \d{2}:\d{2}"),
        # Translations are posted later: the document's number ends in the day of the statement.
        said=Date(
            "div.article-line", ("dd-MM-y",), r"\b\d{1,5}-(?P<value>\d{2}-\d{2}-\d{4})\b", r"\d:\d\d\s\S"
        ),
        # Titles begin with the kind of text, if they tell it.
        kind=Text(
            "h1", r"^(?:Заявление|Комментарий|Брифинг|Интервью|Сообщение для СМИ|Press release|Statement)\b"
        ),
        folio=Text("div.article-line", r"\b(?P<value>\d{1,5})-\d{2}-\d{2}-\d{4}\b"),
        body="div.article-content",
        alternates="ul.languages a[hreflang]",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual(*languages))
    voices = {tag: Voice(Role.TRANSLATION, Standing.UNOFFICIAL) for tag in languages[1:]}
    polite = Polite(delay=10.0)  # plain clients are met with a bot check: as few requests as possible
    archive_from = date(2003, 1, 1)
    every = Every(hours=4)
    expect = PerWeek(at_least=10, at_most=200)
    terms = "Use allowed with a link to the source (rules on mid.ru)."
    facts = (
        "H: .announce__item with link, day and clock time; PAGEN_1 counts the pages",
        "H: a bot check ('window.bobcmn', 'Please, wait') or 'URL was rejected', with status 200",
        "M: the same number in another language; document number NNN-DD-MM-YYYY on the page",
        "M: RSS /<language>/rss.php, behind the same check",
    )
    unverified = (
        "class names of articles; German, French and Spanish lists (read, but not listed)",
        "translations are marked as unofficial on many pages; whether on all",
        "archive.mid.ru (until 2021) is not read",
    )
