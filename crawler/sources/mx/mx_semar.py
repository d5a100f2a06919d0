"""Mexico's navy ministry (SEMAR): press releases."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxSemar(GobMx):
    title = "Secretaría de Marina"
    issuers = ("mx.semar",)
    agency = "semar"
    archive_from = date(2015, 8, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=2, at_most=80)
    facts = (
        "H: agency slug and shapes of the platform",
        "L: number 'Comunicado de prensa NNN/YYYY' in the first line",
    )
    unverified = (
        "whether an English listing has entries; English texts in the Spanish listing are read",
        "whether releases of former administrations are still listed",
    )
