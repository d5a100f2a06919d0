"""New Zealand Government (Beehive): releases and speeches of ministers."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Polite, Text
from crawler.items import KindOfRelease
from crawler.source import Source


class NzGovernment(Source):
    title = "New Zealand Government"
    issuers = ("nz.government",)
    languages = ("en",)
    timezone = "Pacific/Auckland"
    hosts = ("www.beehive.govt.nz",)
    discover = Feed(url="https://www.beehive.govt.nz/rss.xml", kinds=False)
    address = Address(r"beehive\.govt\.nz/(?P<section>release|speech)/(?P<slug>[^/]+)$", "{section}/{slug}")
    release = Fields(
        title="h1",
        kind=Text("link[rel='canonical']::attr(href)", r"govt\.nz/(release|speech)/"),
        posted=Date("main > div.meta time::attr(datetime)"),
        body="div.field--name-body",
        attachments="div.field--name-field-files a::attr(href)",
    )
    kinds = Kinds(None, {"release": KindOfRelease.COMMUNIQUE, "speech": KindOfRelease.SPEECH})
    polite = Polite(delay=10.0)  # Incapsula guards all pages but the feed
    archive_from = date(1993, 11, 3)
    every = Every(hours=1)  # the feed holds some thirty entries
    expect = PerWeek(at_least=15, at_most=250)
    terms = "CC BY 4.0 International (copyright of beehive.govt.nz)."
    facts = (
        "H: rss.xml answers everybody, some thirty entries; /releases/feed and feeds by minister exist",
        "H: /release/<slug>, /speech/<slug>; pages are behind Incapsula",
    )
    unverified = ("class names; which minister speaks stands on the page and is not read",)
