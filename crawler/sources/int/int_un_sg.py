"""Secretary-General of the United Nations: statements, speeches and messages in English and French."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Text
from crawler.items import KindOfRelease
from crawler.source import Source


class IntUnSg(Source):
    title = "Secretary-General of the United Nations"
    issuers = ("int.un",)
    languages = ("en", "fr")
    timezone = "America/New_York"
    hosts = ("www.un.org",)
    # French versions are named by the English page.
    discover = Feed(url="https://www.un.org/sg/{language}/rss.xml", languages=("en",), kinds=False)
    address = Address(
        r"un\.org/sg/(?P<language>en|fr)/content/sg/(?P<page>[a-z-]+/\d{4}-\d\d-\d\d/[^/]+)$",
        "{language}/{page}",
    )
    release = Fields(
        title="h1",
        # The address tells section and day: /sg/en/content/sg/statements/2025-11-14/...
        kind=Text("link[rel='canonical']::attr(href)", r"/content/sg/([a-z-]+)/"),
        posted=Date("div.date-display-single", ("d MMMM y",)),
        body="div.field-name-body",
        alternates="ul.language-switcher-locale-url a[lang]",
    )
    kinds = Kinds(
        None,
        {
            **dict.fromkeys(("statements", "statement", "messages", "articles"), KindOfRelease.STATEMENT),
            **dict.fromkeys(("speeches", "speech"), KindOfRelease.SPEECH),
            **dict.fromkeys(("press-encounter", "off-the-cuff"), KindOfRelease.PRESS_CONFERENCE),
            **dict.fromkeys(("readouts", "readout"), KindOfRelease.READOUT),
            "note-correspondents": KindOfRelease.ADVISORY,
        },
    )
    archive_from = date(2007, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=5, at_most=100)
    terms = (
        "Copyright United Nations; quoting with attribution is usual, republishing whole texts needs leave."
    )
    facts = (
        "H: feed /sg/en/rss.xml, whole texts in it, verified in October 2026",
        "M: /sg/<language>/content/sg/<section>/YYYY-MM-DD/<slug>",
    )
    unverified = (
        "class names; all names of sections: others are held back",
        "which of English and French was first: statements of the Secretary-General are given in either",
    )
