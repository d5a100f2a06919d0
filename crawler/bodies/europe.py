"""The countries of Europe; institutions of the European Union stand in `international`."""

from __future__ import annotations

from crawler.bodies.body import Country, body

COUNTRIES = {
    "ch": Country(
        ("Swiss", "Switzerland's"), ("of Switzerland", "der Schweiz", "de Suisse", "della Svizzera")
    ),
    "de": Country(("German", "Germany's"), ("of Germany", "Deutschlands", "d'Allemagne")),
    "es": Country(("Spanish", "Spain's"), ("of Spain", "de España", "d'Espagne")),
    "fi": Country(("Finnish", "Finland's"), ("of Finland", "of the Republic of Finland")),
    "fr": Country(("French", "France's"), ("of France", "de France", "de la République française")),
    "it": Country(("Italian", "Italy's"), ("of Italy", "d'Italia", "della Repubblica Italiana")),
    "nl": Country(("Dutch", "the Netherlands'"), ("of the Netherlands", "van Nederland")),
    "no": Country(("Norwegian", "Norway's"), ("of Norway", "Norges")),
    "pl": Country(("Polish", "Poland's"), ("of Poland", "of the Republic of Poland", "RP")),
    "ru": Country(
        ("Russian", "Russia's"),
        ("of Russia", "of the Russian Federation", "России", "Российской Федерации"),
    ),
    "se": Country(("Swedish", "Sweden's"), ("of Sweden", "Sveriges")),
    "tr": Country(("Turkish", "Türkiye's"), ("of Türkiye", "of the Republic of Türkiye", "of Turkey")),
    "ua": Country(("Ukrainian", "Ukraine's"), ("of Ukraine", "України")),
    "gb": Country(
        ("UK", "U.K.", "British", "United Kingdom"),
        ("of the United Kingdom", "of the UK", "del Reino Unido", "du Royaume-Uni"),
    ),
}

_UNITED_KINGDOM = (
    body(
        "gb.fcdo",
        "FCDO",
        "~FCO",
        en=(
            "Foreign, Commonwealth & Development Office",
            "Foreign, Commonwealth and Development Office",
            "Foreign & Commonwealth Office",
            "Foreign and Commonwealth Office",
            "~Foreign Office",
        ),
        es=(
            "Ministerio de Relaciones Exteriores, de la Commonwealth y de Desarrollo del Reino Unido",
            "Ministerio de Asuntos Exteriores del Reino Unido",
        ),
        fr="Ministère des Affaires étrangères, du Commonwealth et du Développement",
    ),
    body(
        "gb.pm",
        en=("Prime Minister's Office, 10 Downing Street", "10 Downing Street", "~Prime Minister's Office"),
        es="Oficina del Primer Ministro del Reino Unido",
        fr="Cabinet du Premier ministre du Royaume-Uni",
    ),
    body("gb.dfid", "DFID", en="Department for International Development"),
    body("gb.moj", "~MOJ", en=("Ministry of Justice of the United Kingdom", "~Ministry of Justice")),
    body("gb.phe", "PHE", en="Public Health England"),
    body("gb.home", en=("Home Office of the United Kingdom", "~Home Office")),
    body("gb.hmt", "HM Treasury", en=("HM Treasury", "His Majesty's Treasury", "Her Majesty's Treasury")),
    body("gb.mod", "~MOD", en=("Ministry of Defence of the United Kingdom", "~Ministry of Defence")),
    body("gb.cabinet", en=("Cabinet Office of the United Kingdom", "~Cabinet Office")),
    body("gb.dbt", en=("Department for Business and Trade", "Department for Business & Trade")),
    body("gb.dit", en="Department for International Trade"),
    body("gb.defra", "DEFRA", en="Department for Environment, Food & Rural Affairs"),
    body(
        "gb.desnz",
        en=("Department for Energy Security and Net Zero", "Department for Energy Security & Net Zero"),
    ),
    body("gb.beis", "BEIS", en="Department for Business, Energy & Industrial Strategy"),
    body("gb.dhsc", "DHSC", en="Department of Health and Social Care"),
    body("gb.dcms", "DCMS", en="Department for Culture, Media and Sport"),
    body("gb.dsit", "DSIT", en="Department for Science, Innovation and Technology"),
    body("gb.ago", en=("Attorney General's Office of the United Kingdom", "~Attorney General's Office")),
    body("gb.nca", en="National Crime Agency"),
    body("gb.bhc_singapore", en="British High Commission Singapore"),
    body("gb.embassy_mexico", en=("British Embassy Mexico City", "British Embassy in Mexico")),
)

_GERMANY = (
    body(
        "de.aa",
        en=("Federal Foreign Office", "~Foreign Office", "~Foreign Ministry"),
        de=("Auswärtiges Amt", "Bundesministerium des Auswärtigen"),
        fr="Ministère fédéral allemand des Affaires étrangères",
    ),
    body(
        "de.government",
        en=("Federal Government of Germany", "German Federal Government", "~Federal Government"),
        de=("Presse- und Informationsamt der Bundesregierung", "~Bundesregierung"),
        fr=("Gouvernement fédéral allemand", "~Gouvernement fédéral"),
    ),
)

_FRANCE = (
    body(
        "fr.elysee",
        en=("Presidency of the French Republic", "Élysée Palace"),
        fr=("Présidence de la République française", "Élysée", "~Présidence de la République"),
    ),
    body(
        "fr.meae",
        "MEAE",
        en=(
            "Ministry for Europe and Foreign Affairs",
            "France Diplomacy",
            "~Ministry of Foreign Affairs",
            "~Foreign Ministry",
        ),
        fr=("Ministère de l'Europe et des Affaires étrangères", "France Diplomatie", "~Quai d'Orsay"),
        es="Ministerio de Europa y de Asuntos Exteriores de Francia",
        ar="وزارة أوروبا والشؤون الخارجية",
    ),
)

_SPAIN = (
    body(
        "es.maec",
        "MAEC",
        "~MAUC",
        en=(
            "Ministry of Foreign Affairs, European Union and Cooperation",
            "~Ministry of Foreign Affairs",
            "~Foreign Ministry",
        ),
        es=(
            "Ministerio de Asuntos Exteriores, Unión Europea y Cooperación",
            "~Ministerio de Asuntos Exteriores",
        ),
    ),
    body(
        "es.moncloa",
        en=("Presidency of the Government of Spain", "La Moncloa", "~President of the Government"),
        es=("Presidencia del Gobierno de España", "~Presidencia del Gobierno", "~Gobierno de España"),
    ),
)

_SWITZERLAND = (
    body(
        "ch.council",
        en=("Swiss Federal Council", "~Federal Council"),
        de=("Schweizerischer Bundesrat", "~Der Bundesrat", "~Bundesrat"),
        fr=("Conseil fédéral suisse", "~Le Conseil fédéral", "~Conseil fédéral"),
        it=("Consiglio federale svizzero", "~Il Consiglio federale", "~Consiglio federale"),
    ),
    body(
        "ch.fdfa",
        "~EDA",
        "~DFAE",
        "~FDFA",
        en=("Federal Department of Foreign Affairs",),
        de=("Eidgenössisches Departement für auswärtige Angelegenheiten",),
        fr=("Département fédéral des affaires étrangères",),
        it=("Dipartimento federale degli affari esteri",),
    ),
    body(
        "ch.eaer",
        "~WBF",
        "~DEFR",
        "~EAER",
        en=("Federal Department of Economic Affairs, Education and Research",),
        de=("Eidgenössisches Departement für Wirtschaft, Bildung und Forschung",),
        fr=("Département fédéral de l’économie, de la formation et de la recherche",),
        it=("Dipartimento federale dell’economia, della formazione e della ricerca",),
    ),
    body(
        "ch.seco",
        "SECO",
        en="State Secretariat for Economic Affairs",
        de="Staatssekretariat für Wirtschaft",
        fr="Secrétariat d’État à l’économie",
        it="Segreteria di Stato dell’economia",
    ),
)

_ITALY = (
    body(
        "it.maeci",
        "MAECI",
        en=(
            "Ministry of Foreign Affairs and International Cooperation of Italy",
            "~Ministry of Foreign Affairs and International Cooperation",
            "~Ministry of Foreign Affairs",
        ),
        it=("Ministero degli Affari Esteri e della Cooperazione Internazionale", "Farnesina"),
    ),
    body(
        "it.government",
        en=("Presidency of the Council of Ministers of Italy", "~Italian Government"),
        it=("Presidenza del Consiglio dei Ministri", "Palazzo Chigi", "~Governo italiano"),
    ),
)

_POLAND = (
    body(
        "pl.msz",
        "~MSZ",
        en=("Ministry of Foreign Affairs of Poland", "~Ministry of Foreign Affairs"),
        pl=("Ministerstwo Spraw Zagranicznych RP", "~Ministerstwo Spraw Zagranicznych"),
    ),
)

_RUSSIA = (
    body(
        "ru.mid",
        en=("Ministry of Foreign Affairs of Russia", "~Ministry of Foreign Affairs", "~Foreign Ministry"),
        ru=("Министерство иностранных дел Российской Федерации", "МИД России", "~МИД"),
        fr="Ministère des Affaires étrangères de Russie",
        de="Außenministerium Russlands",
        es="Ministerio de Asuntos Exteriores de Rusia",
    ),
    body(
        "ru.kremlin",
        en=("President of Russia", "Presidential Executive Office of Russia", "Kremlin"),
        ru=("Президент России", "Администрация Президента России", "Кремль"),
    ),
)

_TURKEY = (
    body(
        "tr.mfa",
        en=("Ministry of Foreign Affairs of Türkiye", "~Ministry of Foreign Affairs", "~Foreign Ministry"),
        tr=("T.C. Dışişleri Bakanlığı", "~Dışişleri Bakanlığı"),
    ),
)

_UKRAINE = (
    body(
        "ua.mfa",
        en=("Ministry of Foreign Affairs of Ukraine", "~Ministry of Foreign Affairs", "~Foreign Ministry"),
        uk=("Міністерство закордонних справ України", "МЗС України", "~МЗС"),
    ),
)

_NORTH = (
    body(
        "fi.president",
        en=("President of the Republic of Finland", "Office of the President of the Republic of Finland"),
        fi=("Tasavallan presidentti", "Tasavallan presidentin kanslia"),
        sv="Republikens president",
    ),
    body(
        "nl.government",
        en=("Government of the Netherlands", "~Central government"),
        nl="Rijksoverheid",
    ),
    body(
        "nl.bz",
        "~BZ",
        en=("Ministry of Foreign Affairs of the Netherlands", "~Ministry of Foreign Affairs"),
        nl=("Ministerie van Buitenlandse Zaken",),
    ),
    body("nl.defence", en="Ministry of Defence of the Netherlands", nl="Ministerie van Defensie"),
    body(
        "nl.az",
        en="Ministry of General Affairs of the Netherlands",
        nl="Ministerie van Algemene Zaken",
    ),
    body(
        "no.government",
        en=("Government of Norway", "Norwegian Government"),
        no=("Norges regjering", "~Regjeringen"),
    ),
    body(
        "se.government",
        en=("Government of Sweden", "Government Offices of Sweden"),
        sv=("Sveriges regering", "Regeringskansliet", "~Regeringen"),
    ),
)

BODIES = (
    *_NORTH,
    *_UNITED_KINGDOM,
    *_GERMANY,
    *_FRANCE,
    *_SPAIN,
    *_SWITZERLAND,
    *_ITALY,
    *_POLAND,
    *_RUSSIA,
    *_TURKEY,
    *_UKRAINE,
)
