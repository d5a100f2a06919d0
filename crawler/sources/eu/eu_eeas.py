"""European External Action Service: statements of the High Representative and of the spokespersons."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source


class EuEeas(Source):
    title = "European External Action Service"
    issuers = ("eu.eeas",)
    languages = ("en", "fr", "es")
    timezone = "Europe/Brussels"
    hosts = ("www.eeas.europa.eu",)
    # Cards that lead to the Commission or the Council are theirs.
    discover = Listing(
        url="https://www.eeas.europa.eu/filter-page/press-material_{language}?page={page}",
        languages=("en", "fr"),
        container="main",
        entry="div.card",
        link=".card-title a::attr(href)",
        title=".card-title",
        posted=Date(".card-footer time", ("dd.MM.y",)),
        kind=".card-subtitle",
        pages=Pages.numbered(first=0),
    )
    address = Address(
        r"eeas\.europa\.eu/(?P<path>(?:eeas|delegations/[^/]+)/[^/]+)_(?P<language>en|fr|es)$",
        "{path}_{language}",
    )
    release = Fields(
        title="h1",
        kind="div.node__meta span.node__category",
        posted=Date("div.node__meta time", ("dd.MM.y",)),
        body="div.field--name-field-text, div.field--name-body",
        alternates="link[rel='alternate'][hreflang], ul.language-links a[lang]",
    )
    kinds = Kinds(None, usual("en", "fr", "es") | {
        "Statement/Declaration": KindOfRelease.STATEMENT,
        "Déclaration/Communiqué": KindOfRelease.STATEMENT,
        "Speech/Remark": KindOfRelease.REMARKS,
        "Discurso/Observaciones": KindOfRelease.REMARKS,
    })  # fmt: skip
    archive_from = date(2011, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=10, at_most=200)
    terms = "Reuse allowed with the source named (legal notice of eeas.europa.eu)."
    facts = (
        "M: filter page of press material with cards; their subtitle is the category",
        "M: language is a suffix of the path (_en, _fr, _es); cards also lead to Commission and Council",
    )
    unverified = (
        "class names of articles; the filter's parameters (f[0]=pm_category:...) change with the index",
        "which version of a text is its original: English as a rule, but not in delegations",
    )
