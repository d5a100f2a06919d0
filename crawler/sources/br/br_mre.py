"""Brazil's foreign ministry (MRE, Itamaraty): notes to the press in Portuguese, many also in English."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gov_br import GovBr


class BrMre(GovBr):
    title = "Ministério das Relações Exteriores"
    issuers = ("br.mre",)
    languages = ("pt", "en", "es")
    agency = "mre"
    folders = {
        "pt": "pt-br/canais_atendimento/imprensa/notas-a-imprensa",
        "en": "en/contact-us/press-area/press-releases",
    }
    archive_from = date(2009, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=3, at_most=80)
    facts = (
        "H: offsets up to 5580 in use; number line 'Nota à imprensa nº 146', numbers restart every January",
        "H: /en/contact-us/press-area/press-releases, answered in a test of 2026",
        "M: some notes hold two languages, or a joint text in English or Spanish only",
        "M: until 2020 at www.itamaraty.gov.br (Joomla), /pt-BR/notas-a-imprensa/<id>-<alias>: not crawled",
    )
    unverified = (
        "whether the English page prints the number; markup of the English list",
        "a Spanish list: Spanish texts are read where the Portuguese list shows them",
        "the older form of addresses with the folder's name twice (notas-a-imprensa/notas-a-imprensa/)",
    )
