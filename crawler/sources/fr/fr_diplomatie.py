"""France's foreign ministry: communiqués and press briefings in French, English, Spanish and Arabic."""

from datetime import date

from crawler.declare import Address, Date, Every, Feed, Fields, Kinds, PerWeek, Polite, Text, Voice
from crawler.items import KindOfRelease, Role, Standing
from crawler.platforms.labels import usual
from crawler.source import Source


class FrDiplomatie(Source):
    title = "France Diplomatie"
    issuers = ("fr.meae",)
    languages = ("fr", "en", "es", "ar")
    timezone = "Europe/Paris"
    hosts = ("www.diplomatie.gouv.fr",)
    discover = Feed(
        url="https://www.diplomatie.gouv.fr/spip.php?page=backend-fd&lang={language}",
        languages=("fr", "en", "es", "ar"),
        kinds=False,
    )
    address = Address(
        r"diplomatie\.gouv\.fr/(?P<language>fr|en|es|ar)/(?:[^/]+/)*article/(?P<slug>[^/]+)$",
        "{language}/{slug}",
    )
    release = Fields(
        title="article h1",
        # Titles end in the day in brackets; the Arabic ones name the month twice: (7 أيار/مايو 2025).
        said=Date(
            "article h1",
            ("d MMMM y", "d 'de' MMMM 'de' y"),
            r"\((?:[^()]*[,،] )?(?P<value>\d[^()]*\d{2})\)$",
            r"\(\d[^()]*\)$",
        ),
        kind=Text("article h1", r"Communiqué conjoint|Déclaration conjointe|Point de presse|Joint statement"),
        body="article div.texte",
        drop=("article div.texte .toolbar", "article div.texte .bloc_rss"),
        alternates="ul.traductions a[hreflang]",
    )
    kinds = Kinds(KindOfRelease.COMMUNIQUE, usual(*languages))
    voices = {tag: Voice(Role.TRANSLATION, Standing.OFFICIAL) for tag in languages[1:]}
    polite = Polite(delay=5.0)  # some clients were answered 403
    archive_from = date(2007, 5, 18)
    every = Every(hours=2)
    expect = PerWeek(at_least=5, at_most=120)
    terms = "Licence ouverte 2.0, unless a page says otherwise (legal notice of diplomatie.gouv.fr)."
    facts = (
        "M: SPIP feeds spip.php?page=backend-fd, with lang; feeds of sections take id_rubrique",
        "M: /<language>/.../article/<slug>; sitemap.xml names all articles; article h1, .texte",
        "H: titles end in the day in brackets, in Arabic with both names of the month",
        "M: one generator met 403 on the English feed, another none at all",
    )
    unverified = (
        "whether articles link their translations; posting days come from the feed",
        "addresses of Spanish and Arabic articles beyond the language in the path",
    )
