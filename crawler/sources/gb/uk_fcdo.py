"""United Kingdom foreign ministry (FCDO, until 2020 FCO): news and speeches by the GOV.UK APIs."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gov_uk import GovUk


class UkFcdo(GovUk):
    title = "Foreign, Commonwealth & Development Office"
    issuers = ("gb.fcdo",)
    organisations = ("foreign-commonwealth-development-office", "foreign-commonwealth-office")
    archive_from = date(2010, 5, 12)
    every = Every(minutes=30)
    expect = PerWeek(at_least=5, at_most=150)
    facts = ("H: slugs of the organisations and shapes of the platform",)
    unverified = (
        "which other locales occur",
        "the first day: GOV.UK shows releases of the governments since May 2010",
        "a withdrawal does not move public_timestamp, so it is seen only when the document is fetched again",
    )
