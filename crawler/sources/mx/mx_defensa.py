"""Mexico's defence ministry (SEDENA): press releases."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxDefensa(GobMx):
    title = "Secretaría de la Defensa Nacional"
    issuers = ("mx.sedena",)
    agency = "defensa"
    archive_from = date(2024, 10, 1)
    every = Every(hours=3)
    expect = PerWeek(at_least=1, at_most=60)
    facts = ("M: the agency's slug is defensa since 2024 or 2025, sedena before",)
    unverified = (
        "whether releases under the old slug (/sedena/prensa/) are still there; they are not crawled",
        "whether an English listing has entries; English texts in the Spanish listing are read",
    )
