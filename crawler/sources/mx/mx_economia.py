"""Mexico's economy ministry (SE): press releases in Spanish, some also in English."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxEconomia(GobMx):
    title = "Secretaría de Economía"
    issuers = ("mx.se",)
    agency = "se"
    listed_in = ("es", "en")
    archive_from = date(2015, 8, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=1, at_most=60)
    facts = ("H: agency slug and shapes of the platform",)
    unverified = (
        "whether the English listing is kept up",
        "whether releases of former administrations are still listed",
    )
