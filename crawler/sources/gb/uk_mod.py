"""United Kingdom defence ministry: news and speeches by the GOV.UK APIs."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gov_uk import GovUk


class UkMod(GovUk):
    title = "Ministry of Defence"
    issuers = ("gb.mod",)
    organisations = ("ministry-of-defence",)
    elsewhere = (
        "foreign-commonwealth-development-office",
        "home-office",
        "prime-ministers-office-10-downing-street",
    )
    archive_from = date(2010, 5, 12)
    every = Every(minutes=30)
    expect = PerWeek(at_least=3, at_most=120)
    facts = (
        "H: shapes of the platform",
        "M: ministry-of-defence is the organisation's slug",
    )
    unverified = ("whether reject_organisations takes several values",)
