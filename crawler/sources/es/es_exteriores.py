"""Spain's foreign ministry: communiqués in Spanish and English, press notes in Spanish."""

from dataclasses import replace
from datetime import date

from crawler.declare import Address, Date, Every, Fields, Kinds, Listing, Pages, PerWeek, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source

SITE = "https://www.exteriores.gob.es"
COMMUNIQUES = Listing(
    url=f"{SITE}/{{language}}/Comunicacion/Comunicados/Paginas/index.aspx?p={{page}}",
    languages=("es", "en"),
    container="div.listado",
    entry="div.listado li",
    link="h2 a::attr(href)",
    title="h2 a",
    posted=Date("span.fecha", ("d MMM yy",)),
    pages=Pages.numbered(first=1),
)


class EsExteriores(Source):
    title = "Ministerio de Asuntos Exteriores, Unión Europea y Cooperación"
    issuers = ("es.maec",)
    languages = ("es", "en")
    timezone = "Europe/Madrid"
    hosts = ("www.exteriores.gob.es",)
    discover = (
        COMMUNIQUES,
        replace(
            COMMUNIQUES,
            url=f"{SITE}/es/Comunicacion/NotasPrensa/Paginas/index.aspx?p={{page}}",
            languages=(),
            language="es",
        ),
    )
    # SharePoint answers to Paginas and paginas alike.
    address = Address(
        r"(?i)exteriores\.gob\.es/(?P<language>es|en)/Comunicacion/(?P<section>Comunicados|NotasPrensa)/Paginas/"
        r"(?P<page>(?!index).+)\.aspx$",
        "{language}/{section}/{page}",
        lower=True,
    )
    # The page shows no day of its own: the list's counts.
    release = Fields(
        title=Text("h1", index=-1),
        # Press notes have numbers of their own: only one row of numbers can be taken.
        folio=Text("span.numero", r"^(?:Comunicado|Communiqué) (?P<value>\d+)"),
        body="div.contenido-articulo",
        end=("More information", "Más información"),
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("es", "en"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.UNOFFICIAL)}
    archive_from = date(2012, 1, 1)
    every = Every(hours=2)
    expect = PerWeek(at_least=3, at_most=60)
    terms = "Reuse of public information with the source named (Ley 37/2007)."
    facts = (
        "H: /es/Comunicacion/Comunicados and /NotasPrensa, index.aspx?p=N; the former under /en, too; no RSS",
        "M: entries '17 Nov 25' with h2 and link; files begin with YYYYMMDD; the title stands twice as h1",
        "M: English texts end in '-NON OFFICIAL TRANSLATION-' and 'More information'",
    )
    unverified = (
        "class names; whether Spanish lists write months like the English ones",
        "French pages, of which the dossier speaks",
    )
