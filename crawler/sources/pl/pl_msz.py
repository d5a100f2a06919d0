"""Poland's foreign ministry: news in Polish and English."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gov_pl import GovPl


class PlMsz(GovPl):
    title = "Ministerstwo Spraw Zagranicznych"
    issuers = ("pl.msz",)
    sections = {"pl": "dyplomacja/aktualnosci", "en": "diplomacy/news"}
    archive_from = date(2018, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=3, at_most=80)
    facts = ("H: list /web/dyplomacja/aktualnosci and the shapes of the platform",)
    unverified = (
        "the address of the English list",
        "addresses of other pages of the unit look the same: only the lists tell releases apart",
    )
