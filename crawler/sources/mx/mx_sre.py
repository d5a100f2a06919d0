"""Mexico's foreign ministry (SRE): press releases in Spanish, many also in English."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxSre(GobMx):
    title = "Secretaría de Relaciones Exteriores"
    issuers = ("mx.sre",)
    agency = "sre"
    listed_in = ("es", "en")
    archive_from = date(2015, 8, 1)
    every = Every(minutes=30)
    expect = PerWeek(at_least=3, at_most=120)
    facts = (
        "H: listings in both languages; the English one had 301 pages when scraped (undated)",
        "M: folio 'Comunicado No. 198', in English 'Press Release No. 056'; numbers restart every January",
    )
    unverified = (
        "whether releases of former administrations are listed (another agency's end in October 2024)",
        "joint declarations under /articulos are not crawled, only recognised when ingested",
        "robots.txt and crawl delay of www.gob.mx",
    )
