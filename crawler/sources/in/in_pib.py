"""Press Information Bureau of India: releases of all ministries in English, Hindi and regional languages."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, PerWeek, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

PAGE = "div.innner-page-main-about-us-content-right-part"


class InPib(Source):
    title = "Press Information Bureau"
    issuers = ("in.government",)
    languages = ("en", "hi", "ur", "mr", "bn", "gu", "kn", "ml", "or", "pa", "ta", "te")
    timezone = "Asia/Kolkata"
    hosts = ("www.pib.gov.in", "pib.gov.in")
    # Regional languages are named by the releases, not listed.
    discover = Listing(
        url="https://www.pib.gov.in/allRel.aspx?reg=3&lang={language}",
        languages={"en": "1", "hi": "2"},
        since="strdate",
        until="enddate",
        day_format="dd/MM/yyyy",
        container="div.content-area",
        entry="ul.num li",
        link="a::attr(href)",
        title="a::attr(title)",
    )
    # The same release in a frame, and with region and language in the address.
    address = Address(
        r"pib\.gov\.in/PressRelease(?:Iframe)?(?:Page|Detail)\.aspx$", "{PRID}", query=("PRID",)
    )
    release = Fields(
        title="#Titleh2",
        summary="#ltrSubtitle",
        issuers="#MinistryName",
        needs=("issuers",),
        posted=Date(
            "#PrDateTime", ("d MMM y h:mma", "d MMM y"), r"\d{1,2} [A-Z]{3} \d{4}(?:\s+\d{1,2}:\d{2}[AP]M)?"
        ),
        body=PAGE,
        drop=(
            *("#MinistryName", "#PrDateTime", ".MinistryNameSubhead", ".ReleaseDateSubHeaddateTime"),
            *(f"{PAGE} > h2", f"{PAGE} > h3", f"{PAGE} > span", ".ReleaseLang"),
        ),
        # Officers sign with initials below a rule of asterisks.
        end=(r"(?:\*\s?){2,}", r"[A-Z]{2,6}(?:/[A-Z]{2,6})+$"),
        alternates="div.ReleaseLang a",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("en", "hi"))
    voices = {tag: Voice(Role.TRANSLATION, Standing.OFFICIAL) for tag in languages[1:]}
    archive_from = date(2002, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=100, at_most=1500)
    terms = "May be reproduced free of charge with the source named (copyright policy of pib.gov.in)."
    facts = (
        "H: PressReleasePage.aspx?PRID=<number>; each language has its own number; reg and lang do not count",
        "H: #MinistryName, #Titleh2, #ltrSubtitle, #PrDateTime (Posted On: 18 SEP 2026 3:43PM by PIB Delhi)",
        "H: .ReleaseLang below the text links the other languages by their names",
        "M: allRel.aspx with reg (3 Delhi), lang (1 English, 2 Hindi), strdate, enddate; h3 is the ministry",
    )
    unverified = (
        "whether strdate and enddate work without a ministry (MinCode); the page posts a form of its own",
        "ministries that are not in the table of bodies: their releases are held back until they are added",
        "which language is the original: addresses of the Prime Minister are 'English renderings'",
    )
