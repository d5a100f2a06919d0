"""Prime Minister of Australia: media releases, speeches and transcripts."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek
from crawler.platforms.labels import usual
from crawler.source import Source


class AuPm(Source):
    title = "Prime Minister of Australia"
    issuers = ("au.pm",)
    languages = ("en",)
    timezone = "Australia/Sydney"
    hosts = ("www.pm.gov.au",)
    discover = Feed(url="https://www.pm.gov.au/rss.xml", kinds=False)
    address = Address(r"pm\.gov\.au/media/(?P<slug>[^/]+)$", "{slug}")
    release = Fields(
        title="h1",
        kind="main > div.media-type",
        posted=Date("main > div.media-date", ("EEEE d MMMM y", "d MMMM y")),
        body="div.field--name-body",
    )
    kinds = Kinds(None, usual("en"))
    archive_from = date(2022, 5, 23)
    every = Every(hours=1)
    expect = PerWeek(at_least=8, at_most=120)
    terms = "CC BY 4.0 International, unless stated otherwise (copyright of pm.gov.au)."
    facts = (
        "H: rss.xml with fifty entries, verified by several in 2026; list /media with some 250 pages",
        "M: releases, speeches and transcripts stand side by side under /media/<slug>",
        "H: sites of other ministers (foreignminister.gov.au) drop clients that are no browser",
    )
    unverified = ("class names and labels; former prime ministers are at pmtranscripts.pmc.gov.au",)
