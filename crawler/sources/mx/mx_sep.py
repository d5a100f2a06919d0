"""Mexico's education ministry (SEP): bulletins."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxSep(GobMx):
    title = "Secretaría de Educación Pública"
    issuers = ("mx.sep",)
    agency = "sep"
    archive_from = date(2015, 8, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=3, at_most=60)
    facts = (
        "H: agency slug and shapes of the platform, from its own list of November 2025",
        "M: titles open with 'Boletín 386.'",
    )
    unverified = (
        "whether an English listing has entries; English texts in the Spanish listing are read",
        "whether releases of former administrations are still listed",
    )
