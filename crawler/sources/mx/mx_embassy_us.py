"""Embassy of Mexico in the United States: releases of its own and of the ministry, Spanish and English."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.sre_missions import SreMission


class MxEmbassyUs(SreMission):
    title = "Embajada de México en Estados Unidos"
    issuers = ("mx.embassy_us",)
    languages = ("es", "en")
    timezone = "America/New_York"
    mission = "embamex.sre.gob.mx/eua"
    menus = {"es": "es/comunicados", "en": "en/press-releases"}
    archive_from = date(2013, 1, 1)
    every = Every(hours=6)
    expect = PerWeek(at_least=0, at_most=40)  # no floor: missions fall silent for weeks
    facts = (
        "H: article /eua/index.php/en/press-releases/press-releases-2017/1300-<alias>",
        "M: listing /eua/index.php/es/comunicados answers plain clients (March 2026)",
    )
    unverified = (
        "markup of lists and articles (Joomla 3 taken for granted), and the first year that is listed",
        "addresses without a menu path (index.php?option=com_content&view=article&id=N)",
    )
