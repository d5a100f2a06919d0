"""Office of the United Kingdom's Prime Minister: news and speeches by the GOV.UK APIs."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gov_uk import GovUk


class UkPm(GovUk):
    title = "Prime Minister's Office, 10 Downing Street"
    issuers = ("gb.pm",)
    organisations = ("prime-ministers-office-10-downing-street",)
    elsewhere = ("foreign-commonwealth-development-office",)
    archive_from = date(2010, 5, 11)
    every = Every(minutes=30)
    expect = PerWeek(at_least=5, at_most=120)
    facts = (
        "H: shapes of the platform",
        "M: prime-ministers-office-10-downing-street is the organisation's slug",
    )
    unverified = ("whether reject_organisations takes several values",)
