"""Swiss federal administration: media releases of the Federal Council in four languages."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Shared, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class ChAdmin(Source):
    title = "Swiss federal administration"
    issuers = ("ch.council",)
    languages = ("de", "fr", "it", "en")
    timezone = "Europe/Zurich"
    hosts = ("www.newsd.admin.ch", "www.news.admin.ch", "www.admin.ch")
    discover = Feed(
        url="https://www.newsd.admin.ch/newsd/feeds/rss?lang={language}&org-nr=1&topic=&keyword=&offer-nr=&catalogueElement=&kind=M,R",
        languages=("de", "fr", "it", "en"),
        since="start_date",
        until="end_date",
    )
    address = (
        Address(r"news\.admin\.ch/(?P<language>de|fr|it|en)/newnsb/(?P<id>[\w-]{12,30})$", "{language}/{id}"),
        Address(
            r"admin\.ch/gov/(?P<language>de|fr|it|en)/start/.*\.(?P<id>msg-id-\d+)\.html$", "{language}/{id}"
        ),
    )
    shared = Shared(
        r"admin\.ch/.*(?:newnsb/(?P<id>[\w-]{12,30})|(?P<number>msg-id-\d+)\.html)$", "{id}{number}"
    )
    release = (
        Fields(
            title="h1.hero__title",
            summary="p.hero__description",
            kind="span.meta-info__item:first-child",
            issuers="ul.publisher__list li",
            posted=Date("time.meta-info__date", ("d. MMMM y", "d MMMM y")),
            dateline=Text("div.article__text p", r"^(?P<value>[^—]{4,40}, \d{2}\.\d{2}\.\d{4}) —"),
            body="div.article__text",
            attachments="ul.download-items a::attr(href)",
            alternates="nav.language-switcher a[lang]",
        ),
        Fields(
            until=date(2025, 12, 31),
            title="#content h1",
            posted=Date("#content p", ("dd.MM.y",), r"^[^,]{3,20}, (?P<value>\d{2}\.\d{2}\.\d{4}) -"),
            body="#content div.mod-text",
        ),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual(*languages))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    archive_from = date(2010, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=2, at_most=150)
    terms = "Federal works of information; free to quote with the source (admin.ch terms and conditions)."
    facts = (
        "H: RSS per language with org-nr, kind and a period (start_date, end_date); holds recent items only",
        "H: articles /<language>/newnsb/<21-character id>; offices' own sites show it under the same id",
        "M: dateline 'Bern, 30.10.2025 —' opens the text; author of a feed item is the office",
        "L: the id is the same in all languages; before 2025 one number was (msg-id-<n>)",
    )
    unverified = (
        "all selectors: only text of the pages was seen",
        "offices that are not in the table of bodies: their releases are held back until somebody adds them",
        "which of German, French and Italian was first is not told: none counts as a translation",
    )
