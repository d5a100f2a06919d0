"""Presidency of Brazil (Planalto): news in Portuguese and English."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gov_br import GovBr


class BrPlanalto(GovBr):
    title = "Presidência da República"
    issuers = ("br.presidencia",)
    languages = ("pt", "en")
    agency = "planalto"
    folders = {"pt": "pt-br/acompanhe-o-planalto/noticias", "en": "en/latest-news"}
    archive_from = date(2023, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=5, at_most=120)
    facts = (
        "H: articles /pt-br/acompanhe-o-planalto/noticias/YYYY/MM/<slug> and /en/latest-news/YYYY/MM/<slug>",
        "M: list of the English news answered 200 (2026); lists of speeches by offset too (a.summary.url)",
    )
    unverified = (
        "the lists' page size (30 as in the foreign ministry) and markup",
        "speeches (/acompanhe-o-planalto/discursos) are not crawled yet",
    )
