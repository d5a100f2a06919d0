"""United Kingdom interior ministry (Home Office): news and speeches by the GOV.UK APIs."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gov_uk import GovUk


class UkHome(GovUk):
    title = "Home Office"
    issuers = ("gb.home",)
    organisations = ("home-office",)
    elsewhere = ("foreign-commonwealth-development-office", "prime-ministers-office-10-downing-street")
    archive_from = date(2010, 5, 12)
    every = Every(minutes=30)
    expect = PerWeek(at_least=3, at_most=120)
    facts = (
        "H: shapes of the platform",
        "M: home-office is the organisation's slug",
    )
    unverified = ("whether reject_organisations takes several values",)
