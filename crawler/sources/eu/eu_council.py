"""Council of the European Union and European Council: press releases."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Polite, Shared, Voice
from crawler.items import Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class EuCouncil(Source):
    title = "Council of the European Union"
    issuers = ("eu.council",)
    languages = (
        "en", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt",
        "nl", "pl", "pt", "ro", "sk", "sl", "sv",
    )  # fmt: skip
    timezone = "Europe/Brussels"
    hosts = ("www.consilium.europa.eu",)
    # Other languages are named by the English page.
    discover = Feed(
        url="https://www.consilium.europa.eu/{language}/rss/pressreleases.ashx", languages=("en",)
    )
    address = Address(
        r"consilium\.europa\.eu/(?P<language>[a-z]{2})/press/press-releases/(?P<page>[\d/]{11}[^/]+)/?$",
        "{language}/{page}",
    )
    shared = Shared(r"/press/press-releases/(?P<page>[\d/]{11}[^/?]+)", "{page}")
    release = Fields(
        title="h1",
        kind="ul.article-meta li.kind",
        issuers="ul.article-meta li.institution",
        posted=Date("ul.article-meta time::attr(datetime)"),
        body="div.article-body",
        alternates="link[rel='alternate'][hreflang]",
    )
    kinds = Kinds(None, usual("en", "fr", "de", "es", "it", "pt", "pl"))
    voices = {tag: Voice(Role.TRANSLATION, Standing.OFFICIAL) for tag in languages[1:]}
    polite = Polite(delay=5.0)  # pages answer 403 to many clients that are no browser; the feed does not
    archive_from = date(2014, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=5, at_most=150)
    terms = "Reuse allowed with the source named (copyright notice of consilium.europa.eu)."
    facts = (
        "H: feed /en/rss/pressreleases.ashx, in use by many; its directory page answers 403",
        "H: /<language>/press/press-releases/YYYY/MM/DD/<English slug>/; 403 to clients that are no browser",
        "L: the same path with another language's code is the translation, where there is one",
    )
    unverified = (
        "class names; labels in the languages that have no list of labels: such texts are held back",
        "whether pages name their languages by hreflang; which language a text was first written in",
    )
