"""President of Russia: news, remarks and transcripts in Russian and English."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Polite, Shared, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class RuKremlin(Source):
    title = "President of Russia"
    issuers = ("ru.kremlin",)
    languages = ("ru", "en")
    timezone = "Europe/Moscow"
    hosts = ("kremlin.ru", "en.kremlin.ru")
    discover = (
        Feed(url="http://kremlin.ru/events/president/news/feed"),
        Feed(url="http://en.kremlin.ru/events/president/news/feed"),
    )
    # One number for both languages; a transcript is shown among the news, too.
    address = Address(
        r"(?P<language>(?:en\.)?)kremlin\.ru/events/president/(?:news|transcripts(?:/[a-z_]+)?)/(?P<id>\d+)$",
        "{language}{id}",
    )
    shared = Shared(r"kremlin\.ru/events/president/.*?(?P<id>\d+)$", "{id}")
    release = Fields(
        title="h1.entry-title",
        summary="div.read__lead",
        posted=Date("time.read__published::attr(datetime)"),
        body="div.entry-content",
        alternates="ul.header__languages a[hreflang]",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("ru", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    polite = Polite(delay=8.0)  # a crawl was refused with 403 after some hundreds of pages in a sitting
    archive_from = date(1999, 12, 31)
    every = Every(hours=2)
    expect = PerWeek(at_least=5, at_most=80)
    terms = "CC BY 4.0 International (kremlin.ru/about/copyrights)."
    facts = (
        "H: Atom feeds /events/president/news/feed and /events/all/feed; the latter has pages (/feed/page/N)",
        "H: /events/president/news/<id>: h1.entry-title, time.read__published[datetime], div.entry-content",
        "H: speakers of transcripts stand in bold with a colon; robots.txt forbids /search",
        "M: archive /events/president/news/by-date/DD.MM.YYYY shows some 20 events on or before a day",
        "M: English pages have the same number on en.kremlin.ru; not every event is translated",
    )
    unverified = ("which events are transcripts, speeches, telephone calls: all are stored as communiqués",)
