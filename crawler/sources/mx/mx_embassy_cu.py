"""Embassy of Mexico in Cuba: notices, most of them on visas and appointments."""

from datetime import date

from crawler.declare import Every, Kinds, PerWeek
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.platforms.sre_missions import SreMission


class MxEmbassyCu(SreMission):
    title = "Embajada de México en Cuba"
    issuers = ("mx.embassy_cu",)
    languages = ("es",)
    timezone = "America/Havana"
    mission = "embamex.sre.gob.mx/cuba"
    menus = {"es": "avisos"}
    kinds = Kinds(default=KindOfRelease.ADVISORY, labels=usual("es"))
    archive_from = date(2016, 1, 1)
    every = Every(hours=12)
    expect = PerWeek(at_least=0, at_most=20)  # no floor: missions fall silent for weeks
    facts = ("H: /cuba/index.php/avisos lists notices, /cuba/index.php/avisos/182-aviso-importante is one",)
    unverified = ("markup of lists and articles (Joomla 3 taken for granted), and the first year",)
