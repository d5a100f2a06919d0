"""Brazil's foreign ministry until 2020, at www.itamaraty.gov.br: read from archives, never crawled."""

from crawler.declare import Address, Date, Fields, Kinds, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class BrItamaraty(Source):
    title = "Ministério das Relações Exteriores (até 2020)"
    issuers = ("br.mre",)
    languages = ("pt", "en", "es")
    timezone = "America/Sao_Paulo"
    hosts = ("www.itamaraty.gov.br",)
    discover = ()  # the site is gone; its pages are in web archives
    address = Address(
        r"itamaraty\.gov\.br/(?P<language>pt-BR|en|es)/(?:notas-a-imprensa|press-releases|notas-a-la-prensa)"
        r"/(?P<id>\d+)-[^/]+$",
        "{language}/{id}",
    )
    release = Fields(
        title="h1.documentFirstHeading",
        posted=Date("li.create", ("d MMMM y", "dd/MM/y"), r"(\d{1,2} [A-Z][a-zç]+ \d{4}|\d\d/\d\d/\d{4})"),
        folio=Text("p.nitfSubtitle", r"(?i)(?:nota|press release)\D{1,6}\d+"),
        body="div[itemprop='articleBody']",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual("pt", "en", "es"))
    voices = {"en": Voice(Role.TRANSLATION, Standing.OFFICIAL)}
    terms = "Creative Commons Attribution-NoDerivs 3.0 (gov.br, foot of each page)."
    facts = (
        "H: /pt-BR/notas-a-imprensa/<id>-<alias>, /en/press-releases/14622-statements-from-... (Joomla)",
        "M: h1.documentFirstHeading, .create, div[itemprop=articleBody] (2019)",
    )
    unverified = ("the form of dates; where the number stands; that a Spanish tree existed",)
