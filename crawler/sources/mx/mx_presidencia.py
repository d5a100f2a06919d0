"""Presidency of Mexico: press releases, and the transcripts that it files as articles."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxPresidencia(GobMx):
    title = "Presidencia de la República"
    issuers = ("mx.presidencia",)
    agency = "presidencia"
    sections = ("prensa", "articulos")
    archive_from = date(2024, 10, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=5, at_most=150)
    facts = (
        "H: agency slug and shapes of the platform; transcripts under /articulos, byline of two parts",
        "H: English texts under Spanish slugs' tree, with a Spanish byline (2016, 2023)",
        "M: the list of articles ended at the start of the term (3 October 2024), 108 pages in August 2026",
    )
    unverified = (
        "the container's id in the list of articles, taken to be the section's name",
        "whether releases of former administrations are still listed",
    )
