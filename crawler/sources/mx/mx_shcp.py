"""Mexico's finance ministry (SHCP): press releases."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxShcp(GobMx):
    title = "Secretaría de Hacienda y Crédito Público"
    issuers = ("mx.shcp",)
    agency = "shcp"
    archive_from = date(2015, 8, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=1, at_most=60)
    facts = (
        "H: agency slug and shapes of the platform",
        "M: folio 'Comunicado No. NNN'; weekly releases repeat a template with other figures",
    )
    unverified = (
        "whether an English listing has entries; English texts in the Spanish listing are read",
        "whether releases of former administrations are still listed",
    )
