"""United Nations press releases and meetings coverage, written apart in English and French."""

from dataclasses import replace
from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source

SITE = "https://press.un.org"
MEETINGS = Listing(
    url=f"{SITE}/{{language}}/content/security-council/meetings-coverage?page={{page}}",
    languages=("en", "fr"),
    container="div.view-content",
    entry="div.views-row",
    link="a[href*='.doc.htm']::attr(href)",
    title="h3",
    posted=Date("time::attr(datetime)"),
    pages=Pages.numbered(first=0),
)


class IntUnPress(Source):
    title = "United Nations press"
    issuers = ("int.un",)
    languages = ("en", "fr")
    timezone = "America/New_York"
    hosts = ("press.un.org", "www.un.org")
    discover = (
        MEETINGS,
        replace(MEETINGS, url=f"{SITE}/en/content/press-release?page={{page}}", languages=(), language="en"),
    )
    # Until about 2014 under www.un.org/press, with capitals.
    address = Address(
        r"(?i)(?:press\.un\.org|un\.org/press)/(?P<language>en|fr)/(?P<year>\d{4})/(?P<code>[a-z]+\d[^/]*)\.doc\.htm$",
        "{language}/{year}/{code}",
        lower=True,
    )
    # The symbol (SC/16208) is left out: CS/16208 is the same number, but a text of its own.
    release = (
        Fields(
            title="h1",
            kind="div.field--name-field-press-release-type a[hreflang]",
            posted=Date("div.field--name-field-dated", ("d MMMM y",)),
            body="div.field--name-body",
        ),
        Fields(
            until=date(2015, 12, 31),
            title="#content h3",
            posted=Date("#content td", ("dd/MM/y",), r"^\d{2}/\d{2}/\d{4}$"),
            body="#content div.text",
        ),
    )
    # Coverage tells what was said in a meeting, in the words of the press officers.
    kinds = Kinds(
        KindOfRelease.COMMUNIQUE,
        usual("en", "fr")
        | dict.fromkeys(("Meetings Coverage", "Couverture des réunions"), KindOfRelease.READOUT),
    )
    archive_from = date(1995, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=5, at_most=200)
    terms = (
        "Copyright United Nations; quoting with attribution is usual, republishing whole texts needs leave."
    )
    facts = (
        "H: /<language>/<year>/<code>.doc.htm; codes SC/ and CS/ (Conseil de sécurité) and so on",
        "H: English and French are written by separate teams: one event, two statements, never translations",
        "H: lists 0-based by ?page=; the link to the kind of text stands over the title",
    )
    unverified = (
        "class names; whether the French list of press releases has its own address",
        "whether SC/15889 and CS/15889 mean one meeting",
        "the layout of www.un.org/press (until about 2014) beyond its outline",
    )
