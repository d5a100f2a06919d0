"""Mexico's interior ministry (SEGOB): press releases."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxSegob(GobMx):
    title = "Secretaría de Gobernación"
    issuers = ("mx.segob",)
    agency = "segob"
    archive_from = date(2015, 8, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=2, at_most=80)
    facts = ("H: agency slug and shapes of the platform",)
    unverified = (
        "whether an English listing has entries; English texts in the Spanish listing are read",
        "whether releases of former administrations are still listed",
    )
