"""MIL-OSI (foreignaffairs.co.nz): re-posts releases of many governments under a line naming the source."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, MirrorOf, PerWeek, Text
from crawler.items import KindOfRelease, KindOfSource
from crawler.platforms.wordpress import feed_of
from crawler.source import Source


class MilOsi(Source):
    title = "MIL-OSI"
    kind = KindOfSource.MIRROR
    languages = ("en", "de", "fr", "es", "ru")
    timezone = "Pacific/Auckland"
    hosts = ("foreignaffairs.co.nz", "www.foreignaffairs.co.nz")
    discover = (
        feed_of("https://foreignaffairs.co.nz", "en"),
        feed_of("https://foreignaffairs.co.nz/category/german", "de"),
    )
    address = Address(
        r"foreignaffairs\.co\.nz/(?P<day>\d{4}/\d\d/\d\d)/(?P<slug>[^/]*?)-(?P<id>\d+)/?$", "{id}"
    )
    release = Fields(
        title=Text("h1.entry-title", r"^(?:MIL-OSI [A-Za-z ]+: )?(?P<value>.+)$"),
        posted=Date("time.entry-date::attr(datetime)"),
        attribution=Text(
            "div.td-post-content p",
            r"^(?:MIL OSI )?Source: (?:[A-Z][A-Za-z ]+ – )?(?P<value>.+?)(?: in [A-Z][a-z]+)?$",
        ),
        source="div.td-post-content a[href*='://']",
        body="div.td-post-content",
        begin=r"(?:MIL OSI )?Source: ",
        end=(r"Original release", r"MIL OSI$"),
    )
    kinds = Kinds(default=KindOfRelease.COMMUNIQUE)
    mirrors = MirrorOf(
        sources=(
            "us_state",
            "us_dhs",
            "us_treasury",
            "us_whitehouse",
            "ca_gac",
            "ca_pm",
            "uk_fcdo",
            "ch_admin",
        ),
        issuers=("us.justice", "us.commerce", "us.defense", "gb.pm", "ca.dnd", "ca.fin"),
    )
    archive_from = date(2014, 1, 1)
    every = Every(hours=6)
    expect = PerWeek(at_least=0, at_most=5000)  # no floor: most texts are of bodies that we do not know
    terms = "Re-posts what others said; cite the issuer, name the mirror."
    facts = (
        "H: articles /YYYY/MM/DD/<slug>-<id>/ (WordPress), texts in several languages",
        "H: the first line is 'Source: <body>', as 'Switzerland – Federal Council in German'",
    )
    unverified = (
        "the theme's classes; feeds and their pages; words before titles and after texts",
        "texts without a dateline are held back: the mirror's day is not the statement's",
        "the sister host mil-osi1.milnz.nz (categories by language)",
    )
