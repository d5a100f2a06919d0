"""NATO: news, press releases and official texts in English and French, in the layout used until 2025."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Shared, Text
from crawler.platforms.labels import usual
from crawler.source import Source


class IntNato(Source):
    title = "North Atlantic Treaty Organization"
    issuers = ("int.nato",)
    languages = ("en", "fr")
    timezone = "Europe/Brussels"
    hosts = ("www.nato.int",)
    discover = Feed(
        url="https://www.nato.int/cps/rss/{language}/natohq/rssFeed.xsl/rssFeed.xml", languages=("en", "fr")
    )
    address = Address(
        r"nato\.int/cps/(?P<language>en|fr)/nato(?:hq|live)/(?P<page>(?:news|opinions|official_texts)_\d+)",
        "{language}/{page}",
    )
    shared = Shared(r"/nato(?:hq|live)/(?P<page>[a-z_]+_\d+)", "{page}")
    release = Fields(
        title="h1",
        # "Last updated" stands beside the day of issue: the first list item that is a day alone counts.
        posted=Date(
            "ul.event-date li",
            ("d MMM y", "d MMMM y"),
            r"^(?:Issued on |Émis le )?(?P<value>\d{1,2} \S+ \d{4})$",
        ),
        kind=Text(
            "ul.event-date li",
            r"^(?P<value>(?:Joint )?[Pp]ress [Rr]elease|Communiqué de presse|Speech|Discours)\b",
        ),
        folio=Text("ul.event-date li", r"^(?:Press Release|Communiqué de presse) \(\d{4}\) (?P<value>\d+)$"),
        body="div.page-content",
        alternates="ul.language-switch a[lang]",
        drop=("div.page-content .related",),
        end=("Related$", "À voir aussi$"),
    )
    kinds = Kinds(None, usual("en", "fr"))
    archive_from = date(2009, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=3, at_most=100)
    terms = "Free for use for information with NATO named as the source (copyright note of nato.int)."
    facts = (
        "M: feed under /cps/rss/<language>/natohq/; some clients get 403",
        "M: /cps/<language>/natohq/news_<number>.htm, official_texts_<number>.htm; one number for both",
        "M: texts of 2009 to 2012 stand under natolive instead of natohq: the same number",
    )
    unverified = (
        "the site was rebuilt in 2025: whether the feed and these addresses still answer",
        "the new site's search (general_search_copy.search.json): seen for transcripts only",
        "class names; that English and French are both original (both are official languages)",
    )
