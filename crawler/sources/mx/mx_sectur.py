"""Mexico's tourism ministry (SECTUR): press releases."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxSectur(GobMx):
    title = "Secretaría de Turismo"
    issuers = ("mx.sectur",)
    agency = "sectur"
    archive_from = date(2015, 8, 1)
    every = Every(hours=3)
    expect = PerWeek(at_least=1, at_most=40)
    facts = ("M: shapes of the platform, which is the same for all agencies",)
    unverified = (
        "the agency slug, taken from the ministry's abbreviation",
        "whether an English listing has entries; English texts in the Spanish listing are read",
        "whether releases of former administrations are still listed",
    )
