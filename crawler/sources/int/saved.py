"""Saved pages of no known source: never crawled, only taken in by `communique ingest`."""

from crawler.declare import Address, Kinds, Unruled
from crawler.items import KindOfRelease, KindOfSource
from crawler.source import Source


class Saved(Source):
    title = "Saved pages"
    kind = KindOfSource.ARCHIVE
    languages = ("und",)  # any: the text alone tells
    timezone = "UTC"
    hosts = ()
    discover = ()
    address = Address(r"^(?P<page>.+)$", "{page}{query}", query=("*",))
    release = Unruled()
    kinds = Kinds(default=KindOfRelease.STATEMENT)
    terms = "Whatever the site says that the page was saved from."
    facts = ("read by general extraction only; who speaks is not known unless the page names a known body",)
