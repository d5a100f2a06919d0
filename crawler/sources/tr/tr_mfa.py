"""Türkiye's foreign ministry: numbered press releases in Turkish and English."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class TrMfa(Source):
    title = "Ministry of Foreign Affairs of Türkiye"
    issuers = ("tr.mfa",)
    languages = ("tr", "en")
    timezone = "Europe/Istanbul"
    hosts = ("www.mfa.gov.tr",)
    # The identifier names the list of press releases; language is in the middle of the name.
    discover = Feed(
        url="https://www.mfa.gov.tr/{language}.rss.mfa?ad9093da-8e71-4678-a1b6-05f297baadc4",
        languages=("tr", "en"),
    )
    address = Address(
        r"mfa\.gov\.tr/(?P<slug>(?!sub\.)[^/]+)\.(?P<language>tr|en)\.mfa$", "{language}/{slug}"
    )
    # Number, day and subject stand in one line: "No: 231, 14 November 2025, Press Release Regarding ...".
    release = Fields(
        title="h1.page-title",
        posted=Date("h1.page-title", ("d MMMM y",), r"^No: ?\d+, (?P<value>\d{1,2} \S+ \d{4}),"),
        folio=Text("h1.page-title", r"^No: ?(?P<value>\d+),"),
        body="div.page-content",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("tr", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    archive_from = date(2004, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=1, at_most=40)
    terms = "No terms were found; official statements, quoted with the source named."
    facts = (
        "H: English feed en.rss.mfa?<identifier>, RSS 2.0 with more than 100 items (March 2026)",
        "M: addresses no_-<number>_-<slug>.<language>.mfa; lists sub.<language>.mfa?<identifier>",
        "L: number, day and subject in the title; the number is the same in both languages",
    )
    unverified = (
        "whether the Turkish feed has the same identifier; class names; questions and answers (SC-...)",
        "the English page may bear the Turkish slug",
    )
