"""Organization of American States: press releases in English, Spanish and Portuguese under one number."""

from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Shared, Text
from crawler.items import KindOfRelease
from crawler.platforms.labels import usual
from crawler.source import Source

LISTS = {
    "en": "en/media_center/press_releases",
    "es": "es/centro_noticias/comunicados_prensa",
    "pt": "pt/centro_midia/notas_imprensa",
}


class IntOas(Source):
    title = "Organization of American States"
    issuers = ("int.oas",)
    languages = ("en", "es", "pt")
    timezone = "America/New_York"
    hosts = ("www.oas.org", "oas.org")
    discover = tuple(
        Listing(
            url=f"https://www.oas.org/{path}.asp?nMes={{month}}&nAnio={{year}}",
            entry="a.itemmenulink",
            link="a.itemmenulink::attr(href)",
            title="a.itemmenulink",
            language=language,
            pages=Pages.months(),
        )
        for language, path in LISTS.items()
    )
    # The letter of the number tells the language: E-105/07, C-105/07, P-105/07.
    address = Address(
        r"oas\.org/(?:en/media_center/press_release|es/centro_noticias/comunicado_prensa|pt/centro_midia/nota_imprensa)"
        r"\.asp$",
        "{sCodigo}",
        query=("sCodigo",),
    )
    shared = Shared(r"sCodigo=[ECP]-(?P<number>\d+/\d+)", "{number}")
    # No markup of a page was seen, only its text: label, title, day, paragraphs, number.
    release = Fields(
        path=r"oas\.org/(?P<language>en|es|pt)/",
        title=None,
        body="body",
        begin=r"(?:Press Release|Comunicado de Prensa|Nota à Imprensa)$",
        posted=Date(
            "p, td",
            ("MMMM d, y", "d 'de' MMMM 'de' y"),
            r"^([A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2} de [a-zç]+ de \d{4})$",
        ),
        folio=Text("body", r"(?:Reference|Referencia|Referência): [ECP]-(?P<value>\d{1,4}/\d\d)"),
        end=(r"(?:Reference|Referencia|Referência): [ECP]-",),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("en", "es", "pt"))
    archive_from = date(1997, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=1, at_most=120)
    terms = "Reproduction allowed with attribution (oas.org terms); not checked."
    facts = (
        "H: one number, another letter: E-105/07 = C-105/07, E-025/24 = P-025/24; free translations",
        "H: press_release.asp, comunicado_prensa.asp, nota_imprensa.asp ?sCodigo=<letter>-<number>/<year>",
        "M: English lists by month (?nMes=10&nAnio=2019), entries a.itemmenulink with relative links",
        "H: order of the text: label, title (capitals in old ones), day, paragraphs",
    )
    unverified = (
        "Spanish and Portuguese lists, and that they take the same parameters; months with two digits",
        "all markup of pages; the line 'Reference: E-025/24' after the text; French",
    )
