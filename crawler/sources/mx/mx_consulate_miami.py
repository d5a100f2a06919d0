"""Consulate General of Mexico in Miami: releases, in Spanish and some in English, in one list."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.sre_missions import SreMission


class MxConsulateMiami(SreMission):
    title = "Consulado General de México en Miami"
    issuers = ("mx.consulate_miami",)
    languages = ("es", "en")
    timezone = "America/New_York"
    mission = "consulmex.sre.gob.mx/miami"
    menus = {"es": "comunicados"}
    archive_from = date(2016, 1, 1)
    every = Every(hours=12)
    expect = PerWeek(at_least=0, at_most=20)  # no floor: missions fall silent for weeks
    facts = ("H: /miami/index.php/comunicados/412-<alias>, an English text (August 2017) among Spanish ones",)
    unverified = ("markup of lists and articles (Joomla 3 taken for granted), and the first year",)
