"""Mexico's health ministry: press releases."""

from dataclasses import replace
from datetime import date

from crawler.declare import Every, PerWeek, Text
from crawler.platforms.gob_mx import GobMx


class MxSalud(GobMx):
    title = "Secretaría de Salud"
    issuers = ("mx.salud",)
    agency = "salud"
    release = replace(GobMx.release, folio=Text("h1", r"^(\d{1,4})\. "))
    archive_from = date(2013, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=3, at_most=80)
    facts = (
        "H: agency slug and shapes of the platform",
        "M: the listing had 689 pages in March 2022 and reached back past 2013",
        "L: titles open with the number ('198. ...')",
    )
    unverified = ("whether an English listing has entries; English texts in the Spanish listing are read",)
